import { Decimal } from '../../platform/decimal.ts';
import { describe, expect, it } from 'vitest';
import { brief, cashOf, countsOf, expectEveryLineUsed, parseShared } from '../../../test/broker-rows.ts';
import { itWithShared, sharedText } from '../../../../tools/testing/services.ts';
import { parseBrokerFile } from './registry.ts';

const FILE = 'export-to-ghostfolio/swissquote-export.csv';

describe('swissquote', () => {
  it('reads trades with costs, and cash rows without their quantity of 1', () => {
    const { format, rows, errors } =
      parseBrokerFile(`Date;Order #;Transaction;Symbol;Name;ISIN;Quantity;Unit price;Costs;Accrued Interest;Net Amount;Balance;Currency
10-08-2022 15:30:02;113947121;Buy;ORFN;ORPHAN;US8863645383;200.0;19.85;5.96;0.00;-3975.96;168660.08;USD
30-06-2022 18:01:13;00000000;Custody Fees;;;;1.0;50.00;3.85;0.00;-53.85;28197.90;CHF
30-06-2022 18:01:13;00000000;Magic;;;;1.0;50.00;3.85;0.00;-53.85;28197.90;CHF
`);
    expect(format?.id).toBe('swissquote');
    expect(rows.map(brief)).toEqual([
      'BUY 2022-08-10T13:30:02Z ORFN US8863645383 200 @ 19.85 USD cash -3975.96 USD fee 5.96',
      'FEE 2022-06-30T16:01:13Z cash -53.85 CHF fee 53.85',
    ]);
    expect(rows.map(({ externalId }) => externalId)).toEqual(['113947121', null]);
    expect(errors.map(({ line, column }) => [line, column])).toEqual([[4, 'Transaction']]);
  });

  itWithShared('agrees with the running balances wherever no row is left out', () => {
    const { rows, errors } = parseShared(FILE);
    expect(errors).toEqual([]);
    expect(countsOf(rows)).toEqual({
      BUY: 5,
      CURRENCY_EXCHANGE: 4,
      DIVIDEND: 3,
      FEE: 1,
      INTEREST: 1,
      SELL: 5,
      WITHDRAWAL: 2,
    });
    expectEveryLineUsed(FILE, ';');
    expect(cashOf(rows)).toEqual({ CHF: '62020.99', EUR: '2481.97', USD: '39220.25' });
    const stated = sharedText(`data/broker_exports/${FILE}`)
      .trim()
      .split('\n')
      .map((text) => new Decimal(/;(-?[\d.]+);[A-Z]{3}$/.exec(text)?.[1] ?? 0));
    // The newest first: the balance of a line is that of the next one of its currency and its own amount.
    const agreeing = rows.filter(({ line, currency, amount }, index) => {
      const before = rows.slice(index + 1).find((other) => other.currency === currency);
      return before && stated[before.line - 1].plus(amount).equals(stated[line - 1]);
    });
    expect(agreeing.map(({ line }) => line)).toEqual([2, 3, 4, 6, 8, 9, 10, 11, 12, 14, 18, 19]);
  });

  itWithShared('has net amounts that are quantity times price and costs', () => {
    for (const row of parseShared(FILE).rows.filter(({ kind }) => kind === 'BUY' || kind === 'SELL')) {
      const worth = new Decimal(row.quantity!).times(row.price!);
      const net = row.kind === 'BUY' ? worth.negated() : worth;
      expect(net.minus(row.fee).minus(row.amount).abs().toNumber(), `line ${row.line}`).toBeLessThan(0.006);
    }
  });
});
