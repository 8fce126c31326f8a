import { Decimal } from '../../platform/decimal.ts';
import { describe, expect, it } from 'vitest';
import { brief, countsOf, expectEveryLineUsed, parseShared } from '../../../test/broker-rows.ts';
import { itWithShared, sharedRows } from '../../../../tools/testing/services.ts';
import { parseBrokerFile } from './registry.ts';

describe('vanguard-uk', () => {
  it('reads what happened out of the details', () => {
    const { format, rows, errors } = parseBrokerFile(`Date,Details,Amount,Balance
09/03/2022,"Bought 1,550 Foo ETF Distributing (FOO)",-14982.06,17.94
01/10/2022,Bought .9232 U.S. Equity Index Fund - Accumulation,-1000,423.59
29/07/2022,Reversal of DIV: FOO.XLON.GB @ GBP 0.3106,-170.83,523
15/10/2022,Account fee cleared,25.0,23.59
15/10/2022,Something,25.0,23.59
`);
    expect(format?.id).toBe('vanguard-uk');
    expect(rows.map(brief)).toEqual([
      'BUY 2022-03-09 FOO 1550 cash -14982.06 GBP',
      'BUY 2022-10-01 0.9232 cash -1000 GBP',
      'DIVIDEND 2022-07-29 FOO @ 0.3106 GBP cash -170.83 GBP',
      'FEE 2022-10-15 cash 25 GBP fee -25',
    ]);
    expect(rows[1].name).toBe('U.S. Equity Index Fund - Accumulation');
    expect(errors.map(({ line, column }) => [line, column])).toEqual([[6, 'Details']]);
  });

  itWithShared('agrees with the running balance of every line', () => {
    const path = 'capital-gains-calculator/vanguard_cash.csv';
    const { rows, errors } = parseShared(path);
    expect(errors).toEqual([]);
    expect(countsOf(rows)).toEqual({
      BUY: 4,
      DEPOSIT: 4,
      DIVIDEND: 4,
      FEE: 4,
      INTEREST: 1,
      SELL: 1,
      WITHDRAWAL: 1,
    });
    const stated = sharedRows(`data/broker_exports/${path}`).map((cells) =>
      new Decimal(cells.at(-1)!).toFixed(),
    );
    let balance = new Decimal(0);
    const balances = rows.map(({ amount }) => (balance = balance.plus(amount)).toFixed());
    expect(balances).toEqual(stated);
    expectEveryLineUsed(path, ',');
  });
});
