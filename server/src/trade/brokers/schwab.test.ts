import { Decimal } from '../../platform/decimal.ts';
import { describe, expect, it } from 'vitest';
import { brief, cashOf, countsOf, expectEveryLineUsed, parseShared } from '../../../test/broker-rows.ts';
import { itWithShared } from '../../../../tools/testing/services.ts';
import { grossOf } from './broker-transaction.ts';
import { parseBrokerFile } from './registry.ts';

const SAMPLE = `"Date","Action","Symbol","Description","Quantity","Price","Fees & Comm","Amount"
"07/15/2024 as of 07/12/2024","Stock Split","AVGO","BROADCOM INC","9","","",""
"08/22/2023","Sell","FIHBX","FEDERATED HERMES","1,592.199","$8.46","$10.00","$13,460.00"
"05/22/2023","Journaled Shares","DGLRX","BNY MELLON","-877","$22.91","",""
"09/06/2024","Foreign Tax Paid","IBN","ICICI BANK","","","","-$1.30"
"13/45/2024","Buy","IBN","ICICI BANK","1","$1","","-$1.00"
"09/06/2024","Mystery","IBN","ICICI BANK","","","","-$1.30"
"Transactions Total","","","","","","","$13,457.70"
`;
const FILE = 'export-to-ghostfolio/schwab-export.csv';

describe('schwab', () => {
  it('reads American dates and dollars, and takes the day on which a late row took effect', () => {
    const { format, rows, skipped, errors } = parseBrokerFile(SAMPLE);
    expect(format?.id).toBe('schwab');
    expect(rows.map(brief)).toEqual([
      'SPLIT 2024-07-12 AVGO 9',
      'SELL 2023-08-22 FIHBX 1592.199 @ 8.46 USD cash 13460 USD fee 10',
      'TRANSFER_OUT 2023-05-22 DGLRX 877 @ 22.91 USD',
      'TAX 2024-09-06 IBN cash -1.3 USD withheld 1.3',
    ]);
    expect(skipped).toEqual([{ line: 8, reason: 'a total' }]);
    expect(errors.map(({ line, column, reason }) => [line, column, reason])).toEqual([
      [6, 'Date', 'expected a date or a time, was 13/45/2024'],
      [7, 'Action', 'expected an action of Schwab such as Buy or Cash Dividend, was Mystery'],
    ]);
  });

  itWithShared('reads two years of one account, every line of it', () => {
    const { rows, skipped, errors } = parseShared(FILE);
    expect(errors).toEqual([]);
    expect(skipped).toHaveLength(1);
    expect(countsOf(rows)).toEqual({
      BUY: 41,
      CASH_IN_LIEU: 1,
      DIVIDEND: 43,
      FEE: 11,
      INTEREST: 5,
      MERGER: 4,
      SELL: 2,
      SPIN_OFF: 1,
      SPLIT: 3,
      STOCK_DIVIDEND: 1,
      TAX: 1,
      TICKER_CHANGE: 2,
      TRANSFER_IN: 1,
      TRANSFER_OUT: 1,
      WITHDRAWAL: 2,
    });
    expect(brief(rows[0])).toBe('BUY 2023-11-01 SPY 1.6531 @ 420.1 USD cash -694.48 USD');
    expect(brief(rows.at(-1)!)).toBe('CASH_IN_LIEU 2024-10-10 SCHB cash 5.49 USD');
    // The sum of the column Amount by another program, the total left out.
    expect(cashOf(rows)).toEqual({ USD: '400074.19' });
    expectEveryLineUsed(FILE, ',');
  });

  itWithShared.each([FILE, 'capital-gains-calculator/schwab_2023.csv'])(
    'has quantity times price within the rounding of both in %s',
    (path) => {
      const trades = parseShared(path).rows.filter(({ kind }) => kind === 'BUY' || kind === 'SELL');
      for (const row of trades) {
        const [quantity, price] = [new Decimal(row.quantity!), new Decimal(row.price!)];
        const rounding = quantity.times('0.005').plus(price.times('0.0005')).plus('0.005');
        const difference = grossOf(row).abs().minus(quantity.times(price)).abs();
        expect(difference.lessThanOrEqualTo(rounding), `line ${row.line}`).toBe(true);
      }
      expect(trades.length).toBeGreaterThan(5);
    },
  );
});
