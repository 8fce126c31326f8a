import { Decimal } from '../../platform/decimal.ts';
import { describe, expect, it } from 'vitest';
import {
  brief,
  cashOf,
  countsOf,
  balancesOf,
  expectEveryLineUsed,
  parseShared,
} from '../../../test/broker-rows.ts';
import { itWithShared, sharedRows } from '../../../../tools/testing/services.ts';
import { parseBrokerFile } from './registry.ts';

const BINANCE = 'User_ID,UTC_Time,Account,Operation,Coin,Change,Remark\n';

describe('binance', () => {
  it('makes one trade of the rows of one second, with fees by coin', () => {
    const { format, rows, skipped, errors } =
      parseBrokerFile(`${BINANCE}1,2020-11-20 22:18:01,Spot,Fee,USDT,-1.15756,
1,2020-11-20 22:18:01,Spot,Sell,USDT,1157.56,
1,2020-11-20 22:18:01,Spot,Sell,DAR,-336.5,
1,2020-11-20 22:18:01,Spot,Fee,BNB,-3.605E-05,
1,2020-11-20 22:18:02,Spot,Binance Convert,EUR,-10,
1,2020-11-20 22:18:02,Spot,Binance Convert,USD,11,
1,2020-11-20 22:18:03,Spot,Simple Earn Flexible Subscription,BUSD,-1,
1,2020-11-20 22:18:04,Spot,Withdraw,EUR,-1,Withdraw fee is included
1,2020-11-20 22:18:05,Spot,ABC,EUR,-1,
1,2020-11-20 22:18:06,Spot,Buy,ETH,1,
1,2020-11-20 22:18:06,Spot,Buy,BTC,1,
1,2020-11-20 22:18:06,Spot,Transaction Spend,EUR,-9,
`);
    expect(format?.id).toBe('binance');
    expect(rows.map(brief)).toEqual([
      'SELL 2020-11-20T22:18:01Z DAR 336.5 cash 1156.40244 USDT fee 1.15756',
      'FEE 2020-11-20T22:18:01Z DAR cash -0.00003605 BNB fee 0.00003605',
      'CURRENCY_EXCHANGE 2020-11-20T22:18:02Z cash 11 USD',
      'CURRENCY_EXCHANGE 2020-11-20T22:18:02Z cash -10 EUR',
      'WITHDRAWAL 2020-11-20T22:18:04Z cash -1 EUR',
    ]);
    expect(skipped).toContainEqual({ line: 8, reason: 'moves coins within Binance' });
    expect(errors.map(({ line, column }) => [line, column])).toEqual([
      [10, 'Operation'],
      [11, 'Coin'],
      [12, 'Coin'],
      [13, 'Coin'],
    ]);
  });

  itWithShared('reads a history whose balances are the sums of its changes', () => {
    const path = 'rotki/binance_history.csv';
    const { rows, skipped, errors } = parseShared(path);
    expect(countsOf(rows)).toEqual({
      ADJUSTMENT: 2,
      BUY: 13,
      DEPOSIT: 2,
      FEE: 12,
      REWARD: 10,
      SELL: 9,
      TRANSFER_IN: 1,
      TRANSFER_OUT: 1,
    });
    // No time, no coin, an unknown operation, and one second in which two coins were bought for euros.
    expect([...new Set(errors.map(({ line }) => line))]).toEqual([
      5, 6, 42, 186, 187, 188, 189, 190, 191, 192, 193, 194,
    ]);
    expectEveryLineUsed(path, ',');
    const internal = new Set(
      skipped.filter(({ reason }) => reason.startsWith('moves')).map(({ line }) => line),
    );
    const failed = new Set(errors.map(({ line }) => line));
    const sums: Record<string, Decimal> = {};
    for (const [index, cells] of sharedRows(`data/broker_exports/${path}`).entries()) {
      const line = index + 2;
      if (internal.has(line) || failed.has(line)) continue;
      sums[cells[4]] = (sums[cells[4]] ?? new Decimal(0)).plus(cells[5]);
    }
    expect(balancesOf(rows)).toEqual(
      Object.fromEntries(Object.entries(sums).map(([coin, sum]) => [coin, sum.toFixed()])),
    );
  });
});

describe('coinbase-pro', () => {
  it('refuses a trade that lacks a match, and types that it does not know', () => {
    const { format, rows, errors } =
      parseBrokerFile(`Portfolio,Type,Timestamp,Amount,Balance,Amount/balance unit,Transfer id,Trade id,Order id
default,match,2018-03-15T10:55:12.843Z,52.3,52.3,ETH,,10201,o1
default,fee,2018-03-15T10:55:12.843Z,-0.1,52.2,ETH,,10201,o1
default,rebate,2018-03-16T10:55:12.843Z,-0.1,52.2,ETH,,,
default,deposit,2018-03-16T10:55:12.843Z,100,100,EUR,t1,,
`);
    expect(format?.id).toBe('coinbase-pro');
    expect(rows.map(brief)).toEqual(['DEPOSIT 2018-03-16T10:55:12.843Z cash 100 EUR']);
    expect(errors.map(({ line, reason }) => [line, reason])).toEqual([
      [2, 'expected two matches of a trade, was match, fee'],
      [3, 'expected two matches of a trade, was match, fee'],
      [4, 'expected deposit, withdrawal, or a match of a trade, was rebate'],
    ]);
  });

  itWithShared('agrees with the running balance of each coin after every trade', () => {
    const path = 'rotki/coinbasepro.csv';
    const { rows, errors } = parseShared(path);
    expect(errors).toEqual([]);
    expect(countsOf(rows)).toEqual({ BUY: 5, TRANSFER_IN: 4, TRANSFER_OUT: 2 });
    expectEveryLineUsed(path, ',');
    const cells = sharedRows(`data/broker_exports/${path}`);
    const starts = [...rows.map(({ line }) => line), cells.length + 2];
    for (const [index] of rows.entries()) {
      // given the lines up to the next transaction
      const stated: Record<string, string> = {};
      for (const [, , , , balance, coin] of cells.slice(0, starts[index + 1] - 2))
        stated[coin] = new Decimal(balance).toFixed();
      // then
      expect(balancesOf(rows.slice(0, index + 1))).toEqual(stated);
    }
  });
});

describe('coinbase', () => {
  it('reads titles above the header, conversions and sales', () => {
    const { format, rows, errors } = parseBrokerFile(`
Transactions
User,Jane Doe,id
ID,Timestamp,Transaction Type,Asset,Quantity Transacted,Price Currency,Price at Transaction,Subtotal,Total (inclusive of fees and/or spread),Fees and/or Spread,Notes
a1,2024-12-05 06:33:40 UTC,Convert,BTC,0.00363125,EUR,€96847.40,€338.92698,€351.66322,,Converted 0.00363125 BTC to 156.145683 XRP
a2,2024-12-05 06:33:40 UTC,Sell,BTC,-0.5,EUR,€100,€50,€49,€1,Sold
a3,2024-12-05 06:33:40 UTC,Deposit,EUR,70,EUR,€1,€70,€70,€0,
a4,2024-12-05 06:33:40 UTC,Convert,BTC,0.1,EUR,€1,€1,€1,,no idea
a5,2024-12-05 06:33:40 UTC,Burn,BTC,0.1,EUR,€1,€1,€1,,
`);
    expect(format?.id).toBe('coinbase');
    expect(rows.map(brief)).toEqual([
      'SELL 2024-12-05T06:33:40Z BTC 0.00363125 @ 96847.4 EUR cash 338.92698 EUR fee 12.73624',
      'BUY 2024-12-05T06:33:40Z XRP 156.145683 cash -338.92698 EUR',
      'SELL 2024-12-05T06:33:40Z BTC 0.5 @ 100 EUR cash 49 EUR fee 1',
      'DEPOSIT 2024-12-05T06:33:40Z @ 1 EUR cash 70 EUR',
    ]);
    expect(rows.slice(0, 2).map(({ group }) => group)).toEqual(['a1', 'a1']);
    expect(errors.map(({ line, column }) => [line, column])).toEqual([
      [8, 'Notes'],
      [9, 'Transaction Type'],
    ]);
  });

  itWithShared('reads a history, every line of it', () => {
    const path = 'export-to-ghostfolio/coinbase-export.csv';
    const { rows, errors } = parseShared(path);
    expect(errors).toEqual([]);
    expect(countsOf(rows)).toEqual({ BUY: 4, REWARD: 2, SELL: 2, TRANSFER_IN: 1, TRANSFER_OUT: 1 });
    expect(cashOf(rows)).toEqual({ EUR: '-70', USD: '-70' });
    expect(balancesOf(rows)).toEqual({
      BTC: new Decimal('0.00166779').times(2).minus('0.00363125').toFixed(),
      ETH: new Decimal('0.000037835729')
        .plus('0.000022652183')
        .plus('0.180914809326')
        .minus('0.17305191')
        .toFixed(),
      ETH2: new Decimal('0.17305191').minus('0.180914809326').toFixed(),
      EUR: '-70',
      USD: '-70',
      XRP: '156.145683',
    });
    expectEveryLineUsed(path, ',');
  });
});

describe('bitvavo', () => {
  it('reads the zone of each line, and fees of another coin', () => {
    const { format, rows, skipped, errors } =
      parseBrokerFile(`Timezone,Date,Time,Type,Currency,Amount,Quote Currency,Quote Price,Received / Paid Currency,Received / Paid Amount,Fee currency,Fee amount,Status,Transaction ID,Address
Europe/Amsterdam,2023-07-30,11:36:46.620,buy,ETH,0.0053543,EUR,1862.8,EUR,-10.00,EUR,0.02600996,Completed,t1,
Asia/Tokyo,2023-07-30,11:36:46,sell,ETH,-1,EUR,1800,EUR,1800,BNB,0.1,Completed,t2,
Europe/Amsterdam,2023-07-30,11:36:46.620,buy,ETH,1,EUR,1862.8,EUR,-10.00,EUR,0,Cancelled,t3,
Nowhere,2023-07-30,11:36:46.620,buy,ETH,1,EUR,1862.8,EUR,-10.00,EUR,0,Completed,t4,
`);
    expect(format?.id).toBe('bitvavo');
    expect(rows.map(brief)).toEqual([
      'BUY 2023-07-30T09:36:46.620Z ETH 0.0053543 @ 1862.8 EUR cash -10 EUR fee 0.02600996',
      'SELL 2023-07-30T02:36:46Z ETH 1 @ 1800 EUR cash 1800 EUR',
      'FEE 2023-07-30T02:36:46Z ETH cash -0.1 BNB fee 0.1',
    ]);
    expect(skipped).toEqual([{ line: 4, reason: 'has the status Cancelled' }]);
    expect(errors.map(({ line, column }) => [line, column])).toEqual([[5, 'Timezone']]);
  });

  itWithShared('reads a year, every line of it, that ends with no money', () => {
    const path = 'export-to-ghostfolio/bitvavo-export.csv';
    const { rows, errors } = parseShared(path);
    expect(errors).toEqual([]);
    expect(countsOf(rows)).toEqual({
      BUY: 10,
      DEPOSIT: 6,
      REWARD: 9,
      SELL: 2,
      TRANSFER_IN: 1,
      TRANSFER_OUT: 5,
      WITHDRAWAL: 1,
    });
    expect(cashOf(rows)).toEqual({ EUR: '0' });
    expectEveryLineUsed(path, ',');
  });
});
