import { describe, expect, it } from 'vitest';
import { brief, cashOf, countsOf, expectEveryLineUsed, parseShared } from '../../../test/broker-rows.ts';
import { itWithShared } from '../../../../tools/testing/services.ts';
import { parseBrokerFile } from './registry.ts';

describe('etoro', () => {
  it('reads amounts in brackets, with spaces and with either decimal sign', () => {
    const { format, rows, errors } =
      parseBrokerFile(`Date,Type,Details,Amount,Units,Realized Equity Change,Realized Equity,Balance,Position ID,Asset type,NWA
18/05/2020 04:09:41,Open Position,NKE/USD," 1 200,00 ",65.359477," 0,00 "," 1 757,95 "," 1 157,95 ",624957573,CFD," 0,00 "
19/05/2020 00:51:22,Overnight fee,Daily,"(0,31)",-,"(0,31)"," 1 791,84 "," 1 091,84 ",624957573,CFD," 0,00 "
20/05/2020 00:51:22,Gift,Daily,1,-,1,1,1,-,,0
`);
    expect(format?.id).toBe('etoro');
    expect(rows.map(brief)).toEqual([
      'BUY 2020-05-18T04:09:41Z NKE 65.359477 cash -1200 USD',
      'FEE 2020-05-19T00:51:22Z cash -0.31 USD fee 0.31',
    ]);
    expect(rows[0]).toMatchObject({ group: '624957573', description: 'Open Position, NKE/USD, CFD' });
    expect(errors.map(({ line, column }) => [line, column])).toEqual([[4, 'Type']]);
  });

  it('takes the fee of its conversion out of what was withdrawn, and reads the balance after it', () => {
    const { rows, balances } =
      parseBrokerFile(`Date,Type,Details,Amount,Units,Realized Equity Change,Realized Equity,Balance,Position ID,Asset type,NWA
03/01/2024 13:09:09,Withdrawal Conversion Fee,-,-1.36,-,0.00,50,0.00,-,,0.00
03/01/2024 13:09:09,Withdraw Request,-,-100.11,-,-100.11,50,0.00,-,,0.00
04/01/2024 13:09:09,Withdraw Request,-,-2,-,-2,48,"(2,00)",-,,0.00
`);
    expect(rows.map(brief)).toEqual([
      'FEE 2024-01-03T13:09:09Z cash -1.36 USD fee 1.36',
      'WITHDRAWAL 2024-01-03T13:09:09Z cash -98.75 USD',
      'WITHDRAWAL 2024-01-04T13:09:09Z cash -2 USD',
    ]);
    expect(balances?.map(({ line, asset, amount }) => [line, asset, amount])).toEqual([
      [2, 'USD', '0'],
      [3, 'USD', '0'],
      [4, 'USD', '-2'],
    ]);
  });

  itWithShared('reads an account activity, every line of it, as many rows as published', () => {
    const path = 'export-to-ghostfolio/etoro-export.csv';
    const { rows, skipped, errors } = parseShared(path);
    expect(errors).toEqual([]);
    expect(rows).toHaveLength(27);
    expect(skipped).toEqual([{ line: 6, reason: 'no amount' }]);
    expect(countsOf(rows)).toEqual({
      BUY: 5,
      DIVIDEND: 11,
      FEE: 4,
      INTEREST: 1,
      SELL: 4,
      TAX: 1,
      WITHDRAWAL: 1,
    });
    expect(cashOf(rows)).toEqual({ USD: '-104.12' });
    expect(brief(rows[0])).toBe('INTEREST 2024-01-01T05:50:54Z cash 0.08 USD');
    expect(brief(rows.at(-1)!)).toBe('TAX 2025-07-10T15:15:01Z HNKE cash -6.97 USD tax 6.97');
    expectEveryLineUsed(path, ',');
  });
});
