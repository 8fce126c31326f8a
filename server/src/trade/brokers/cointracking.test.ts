import { describe, expect, it } from 'vitest';
import { brief, countsOf, expectEveryLineUsed, parseShared } from '../../../test/broker-rows.ts';
import { itWithShared } from '../../../../tools/testing/services.ts';
import { parseBrokerFile } from './registry.ts';

describe('cointracking', () => {
  it('takes the currency beside each amount, and a fee as part of what was paid', () => {
    const { format, rows, errors } =
      parseBrokerFile(`"Type","Buy","Cur.","Sell","Cur.","Fee","Cur.","Exchange","Group","Comment","Date","Tx-ID"
"Trade","0.0055","BTC","500.0","EUR","19.0","EUR","Kraken","","","18.01.2025 10:12:27","x1"
"Trade","1","ETH","0.05","BTC","0.1","BNB","Kraken","","","2025-01-18 10:12:27",""
"Withdrawal","-","","0.001","ETH","0.0001","ETH","Wallet","","","20.09.2019 13:00:00",""
"Trade","0.0","BTC","10.99","ADS","","","Kraken","","","24.08.2019 23:01:59",""
`);
    expect(format?.id).toBe('cointracking');
    expect(rows.map(brief)).toEqual([
      'BUY 2025-01-18T10:12:27Z BTC 0.0055 cash -500 EUR fee 19',
      'BUY 2025-01-18T10:12:27Z ETH 1 cash -0.05 BTC',
      'TRANSFER_OUT 2019-09-20T13:00:00Z ETH 0.001',
    ]);
    expect(rows[0]).toMatchObject({ externalId: 'x1', account: 'Kraken' });
    expect(errors.map(({ line, column }) => [line, column])).toEqual([[5, 'Buy']]);
  });

  itWithShared('reads two lists, every line of them', () => {
    const path = 'export-to-ghostfolio/cointracking-export.csv';
    const { rows, errors } = parseShared(path);
    expect(errors).toEqual([]);
    expect(countsOf(rows)).toEqual({ BUY: 2, REWARD: 1, SELL: 1, TRANSFER_IN: 1, TRANSFER_OUT: 1 });
    expectEveryLineUsed(path, ',');
    const other = parseShared('rotki/cointracking_trades_list.csv');
    expect(countsOf(other.rows)).toEqual({ BUY: 1, REWARD: 5, TRANSFER_IN: 3, TRANSFER_OUT: 2 });
    // Nothing was bought.
    expect(other.errors.map(({ line, column }) => [line, column])).toEqual([[10, 'Buy']]);
  });
});
