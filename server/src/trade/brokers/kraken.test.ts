import { describe, expect, it } from 'vitest';
import { balancesOf, brief } from '../../../test/broker-rows.ts';
import { parseBrokerFile } from './registry.ts';

/** By Kraken's description of its ledgers. */
const LEDGERS = `"txid","refid","time","type","subtype","aclass","asset","amount","fee","balance"
"","Q1","2021-01-04 10:00:00","deposit","","currency","ZEUR",1000.0000,0.0000,""
"L1","Q1","2021-01-04 10:01:00","deposit","","currency","ZEUR",1000.0000,0.0000,1000.0000
"L2","T1","2021-01-05 11:00:00.1234","trade","","currency","ZEUR",-500.0000,0.8000,499.2000
"L3","T1","2021-01-05 11:00:00.1234","trade","","currency","XXBT",0.0200000000,0,0.0200000000
"L4","S1","2021-02-05 11:00:00","staking","","currency","DOT.S",1.5,0.1,1.4
"L5","T2","2021-02-06 11:00:00","spend","","currency","XXBT",-0.0050000000,0,0.0150000000
"L6","T2","2021-02-06 11:00:00","receive","","currency","XETH",0.0700000000,0.0001000000,0.0699000000
"L7","W1","2021-02-07 11:00:00","withdrawal","","currency","XXBT",-0.0100000000,0.0001500000,0.0048500000
"L8","W2","2021-02-08 11:00:00","withdrawal","","currency","ZEUR",-100,1,398.2
"L9","E1","2021-02-09 11:00:00","earn","autoallocation","currency","DOT",-1,0,0.4
"L10","T3","2021-02-09 11:00:00","trade","","currency","DOT",-1,0,0.4
"L11","X1","2021-02-09 11:00:00","unheard","","currency","DOT",-1,0,0.4
`;

describe('kraken', () => {
  it('joins the rows of a trade and agrees with the running balances', () => {
    const { format, rows, skipped, errors } = parseBrokerFile(LEDGERS);
    expect(format?.id).toBe('kraken');
    expect(rows.map(brief)).toEqual([
      'DEPOSIT 2021-01-04T10:01:00Z cash 1000 EUR',
      'BUY 2021-01-05T11:00:00.123Z BTC 0.02 cash -500.8 EUR fee 0.8',
      'REWARD 2021-02-05T11:00:00Z DOT 1.4',
      'BUY 2021-02-06T11:00:00Z ETH 0.07 cash -0.005 BTC',
      'FEE 2021-02-06T11:00:00Z ETH cash -0.0001 ETH fee 0.0001',
      'TRANSFER_OUT 2021-02-07T11:00:00Z BTC 0.01015',
      'WITHDRAWAL 2021-02-08T11:00:00Z cash -101 EUR fee 1',
    ]);
    expect(balancesOf(rows)).toEqual({ BTC: '0.00485', DOT: '1.4', ETH: '0.0699', EUR: '398.2' });
    expect(skipped).toEqual([
      { line: 2, reason: 'not yet booked' },
      { line: 5, reason: 'part of the trade in line 4' },
      { line: 8, reason: 'part of the trade in line 7' },
      { line: 11, reason: 'moves coins within Kraken' },
    ]);
    expect(errors.map(({ line, column }) => [line, column])).toEqual([
      [12, 'refid'],
      [13, 'type'],
    ]);
  });
});
