import { describe, expect, it } from 'vitest';
import { brief, cashOf, countsOf, expectEveryLineUsed, parseShared } from '../../../test/broker-rows.ts';
import { itWithShared } from '../../../../tools/testing/services.ts';
import { parseBrokerFile } from './registry.ts';

describe('revolut-invest', () => {
  it('reads currency signs, decimal commas and moves within Revolut', () => {
    const { format, rows, skipped, errors } =
      parseBrokerFile(`\uFEFFDate,Ticker,Type,Quantity,Price per share,Total Amount,Currency,FX Rate
2025-09-08T07:29:03.333Z,MSFT,BUY - MARKET,"0,76672417",€26.09,€20,EUR,1
2023-08-06T09:06:58.899860Z,WBD,TRANSFER FROM A TO B,0.5,,$0,USD,1.1
2023-09-09T07:59:34.452648Z,,TRANSFER FROM A TO B,,,-$0.01,USD,0.0902
2023-09-09T07:59:34.452648Z,,CASH TOP-UP,,,lots,USD,0.0902
`);
    expect(format?.id).toBe('revolut-invest');
    expect(rows.map(brief)).toEqual([
      'BUY 2025-09-08T07:29:03.333Z MSFT 0.76672417 @ 26.09 EUR cash -20 EUR',
      'TRANSFER_OUT 2023-09-09T07:59:34.452Z cash -0.01 USD',
    ]);
    expect(skipped).toEqual([{ line: 3, reason: 'moves holdings within Revolut' }]);
    expect(errors).toEqual([
      {
        line: 5,
        column: 'Total Amount',
        value: 'lots',
        reason: 'expected an amount of money, was lots',
        severity: 'ERROR',
      },
    ]);
  });

  itWithShared('reads a statement, every line of it', () => {
    const path = 'export-to-ghostfolio/revolut-invest-export.csv';
    const { rows, errors } = parseShared(path);
    expect(errors).toEqual([]);
    expect(countsOf(rows)).toEqual({
      BUY: 3,
      DEPOSIT: 1,
      DIVIDEND: 1,
      FEE: 1,
      SELL: 1,
      SPLIT: 1,
      TRANSFER_OUT: 1,
      WITHDRAWAL: 1,
    });
    expect(cashOf(rows)).toEqual({ EUR: '-70', USD: '-30.42' });
    expectEveryLineUsed(path, ',');
  });
});

describe('revolut-crypto', () => {
  it('reads English dates with a time and adds the fee to what was paid', () => {
    const { format, rows, errors } = parseBrokerFile(`Symbol,Type,Quantity,Price,Value,Fees,Date
BTC,Buy,0.00027963,"€35,761.54",€10.00,€0.24,"Mar 8, 2022, 12:08:54 AM"
BTC,Sell,0.00001082,"86,557.95 SEK",0.93 SEK,0.01 SEK,"Jun 2, 2020, 12:10:31 PM"
BTC,Swap,1,,,,"Jun 2, 2020, 12:10:31 PM"
`);
    expect(format?.id).toBe('revolut-crypto');
    expect(rows.map(brief)).toEqual([
      'BUY 2022-03-08T00:08:54Z BTC 0.00027963 @ 35761.54 EUR cash -10.24 EUR fee 0.24',
      'SELL 2020-06-02T12:10:31Z BTC 0.00001082 @ 86557.95 SEK cash 0.92 SEK fee 0.01',
    ]);
    expect(errors.map(({ line, column }) => [line, column])).toEqual([[4, 'Type']]);
  });

  itWithShared('reads a statement, every line of it', () => {
    const path = 'export-to-ghostfolio/revolut-crypto-export.csv';
    const { rows, skipped, errors } = parseShared(path);
    expect(errors).toEqual([]);
    expect(skipped).toEqual([{ line: 9, reason: 'staked coins stay in the account' }]);
    expect(countsOf(rows)).toEqual({ BUY: 6, REWARD: 3, SELL: 1, TRANSFER_IN: 1, TRANSFER_OUT: 1 });
    expect(cashOf(rows)).toEqual({ EUR: '-20.38', SEK: '-159.01', USD: '-10.24' });
    expectEveryLineUsed(path, ',');
  });
});
