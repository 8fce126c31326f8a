import { describe, expect, it } from 'vitest';
import { brief, expectEveryLineUsed, parseShared } from '../../../test/broker-rows.ts';
import { itWithShared } from '../../../../tools/testing/services.ts';
import { parseBrokerFile } from './registry.ts';

const HEADER =
  'Date,Way,Base amount,Base currency (name),Base type,Quote amount,Quote currency,Exchange,Sent/Received from,Sent to,Fee amount,Fee currency (name),Broker,Notes';

describe('delta', () => {
  it('adds fees to what was paid, and refuses those of another currency for shares', () => {
    const { format, rows, errors } = parseBrokerFile(`${HEADER}
2023-05-08 15:00:00-04:00,BUY,5,AAPL,STOCK,1250,USD,Nasdaq,,,2,USD,eToro,
2023-05-08 15:00:00-04:00,SELL,5,AAPL,STOCK,1250,USD,Nasdaq,,,2,EUR,eToro,
2023-05-08 15:00:00-04:00,SWAP,5,AAPL,STOCK,1250,USD,Nasdaq,,,2,EUR,eToro,
`);
    expect(format?.id).toBe('delta');
    expect(rows.map(brief)).toEqual(['BUY 2023-05-08T19:00:00Z AAPL 5 cash -1252 USD fee 2']);
    expect(errors.map(({ line, column }) => [line, column])).toEqual([
      [3, 'Fee currency (name)'],
      [4, 'Way'],
    ]);
  });

  itWithShared('reads an example of every way', () => {
    const path = 'export-to-ghostfolio/delta-export.csv';
    const { rows, errors } = parseShared(path);
    expect(errors).toEqual([]);
    expect(rows.map(brief)).toEqual([
      'BUY 2023-06-02T20:06:47Z ETH 10 cash -0.6 BTC',
      'FEE 2023-06-02T20:06:47Z ETH cash -0.1 BNB fee 0.1',
      'SELL 2023-06-01T23:31:54Z SOL 100 cash 0.88 ETH',
      'TRANSFER_OUT 2023-05-26T06:08:15Z DOT 0.1',
      'TRANSFER_IN 2023-05-09T18:51:31Z BTC 0.001',
      'BUY 2023-05-08T19:00:00Z AAPL 5 cash -1250 USD',
      'DEPOSIT 2023-05-08T19:00:00Z cash 5000 USD',
      'DIVIDEND 2023-05-08T19:00:00Z AAPL cash 2 USD fee 0.5',
    ]);
    expectEveryLineUsed(path, ',');
  });
});
