import { Decimal } from '../../platform/decimal.ts';
import { describe, expect, it } from 'vitest';
import { brief, cashOf, countsOf, expectEveryLineUsed, parseShared } from '../../../test/broker-rows.ts';
import { itWithShared } from '../../../../tools/testing/services.ts';
import { grossOf } from './broker-transaction.ts';
import { parseBrokerFile } from './registry.ts';

const HEADER =
  'Title,Type,Timestamp,Account Currency,Total Amount,Buy / Sell,Ticker,ISIN,Stamp Duty,Quantity,Order ID,' +
  'Instrument Currency,Price per Share,FX Rate,Base FX Rate,FX Fee Amount,Dividend Eligible Quantity,' +
  'Dividend Amount Per Share,Dividend Gross Distribution Amount,Dividend Withheld Tax Amount';

describe('freetrade', () => {
  it('reads orders, free shares and dividends of both currencies', () => {
    const { format, rows, skipped, errors } = parseBrokerFile(`${HEADER}
Nvidia,ORDER,2024-01-24T15:16:15.350Z,GBP,1996.75,BUY,NVDA,US67066G1040,0.00,4.1,O1,USD,617.4,1.2695,1.2745,7.76,,,,
Free,FREESHARE_ORDER,2024-01-21T15:14:54.175Z,GBP,4.95,BUY,VWRL,IE00B3RBWM25,0.00,1,O2,GBP,4.9477,,,,,,,
Apple,DIVIDEND,2024-02-15T17:39:00.000Z,GBP,6.78,,AAPL,US0378331005,,,,USD,,,0.79485569,0.00,41.83,0.24,10.04,1.51
Land,PROPERTY,2024-02-15T17:39:00.000Z,GBP,0.80,,LAND,GB00BYW0PQ60,,,,GBP,,,,,10,0.1,1.00,0.20
January,MONTHLY_STATEMENT,2024-03-01T00:00:00.000Z,,,,,,,,,,,,,,,,,
Odd,ORDER,2024-03-01T00:00:00.000Z,GBP,1,HOLD,LAND,GB00BYW0PQ60,,1,O3,GBP,1,,,,,,,
`);
    expect(format?.id).toBe('freetrade');
    expect(rows.map(brief)).toEqual([
      'BUY 2024-01-24T15:16:15.350Z NVDA US67066G1040 4.1 @ 617.4 USD cash -1996.75 GBP fee 7.76',
      'REWARD 2024-01-21T15:14:54.175Z VWRL IE00B3RBWM25 1 @ 4.9477 GBP',
      'DIVIDEND 2024-02-15T17:39:00Z AAPL US0378331005 41.83 @ 0.24 USD cash 6.78 GBP',
      'DIVIDEND 2024-02-15T17:39:00Z LAND GB00BYW0PQ60 10 @ 0.1 GBP cash 0.8 GBP withheld 0.2',
    ]);
    expect(rows[0].fxRate).toEqual({ from: 'GBP', to: 'USD', rate: '1.2745' });
    expect(rows[2]).toMatchObject({
      fxRate: { from: 'USD', to: 'GBP', rate: '0.79485569' },
      original: { currency: 'USD', gross: '10.04', withholding: '1.51' },
    });
    expect(skipped).toEqual([{ line: 6, reason: 'a document' }]);
    expect(errors.map(({ line, column }) => [line, column])).toEqual([[7, 'Buy / Sell']]);
  });

  itWithShared('reads two feeds, as many rows other than deposits as published', () => {
    const path = 'export-to-ghostfolio/freetrade-export.csv';
    const { rows, errors } = parseShared(path);
    expect(errors).toEqual([]);
    expect(rows.filter(({ kind }) => kind !== 'DEPOSIT' && kind !== 'WITHDRAWAL')).toHaveLength(9);
    expect(cashOf(rows)).toEqual({ GBP: '-9435.63' });
    expectEveryLineUsed(path, ',');
    const other = parseShared('capital-gains-calculator/freetrade.csv');
    expect(other.errors).toEqual([]);
    expect(countsOf(other.rows)).toEqual({
      BUY: 10,
      DEPOSIT: 1,
      DIVIDEND: 2,
      INTEREST: 1,
      REWARD: 1,
      SELL: 2,
    });
  });

  itWithShared('has totals that agree with price, rate, fee and duty to the penny', () => {
    const trades = [
      ...parseShared('export-to-ghostfolio/freetrade-export.csv').rows,
      ...parseShared('capital-gains-calculator/freetrade.csv').rows,
    ].filter(({ kind }) => kind === 'BUY' || kind === 'SELL');
    for (const row of trades) {
      const worth = new Decimal(row.quantity!).times(row.price!).div(row.fxRate?.rate ?? 1);
      expect(grossOf(row).abs().minus(worth).abs().lessThanOrEqualTo('0.011'), `line ${row.line}`).toBe(true);
    }
    expect(trades).toHaveLength(15);
  });
});
