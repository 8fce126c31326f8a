import { describe, expect, it } from 'vitest';
import { brief, cashOf, countsOf, expectEveryLineUsed, parseShared } from '../../../test/broker-rows.ts';
import { itWithShared } from '../../../../tools/testing/services.ts';
import { parseBrokerFile } from './registry.ts';

const SAMPLE = `"datetime";"date";"time";"price";"shares";"amount";"tax";"fee";"realizedgains";"type";"broker";"assettype";"identifier";"wkn";"originalcurrency";"currency";"fxrate";"holding";"holdingname"
"2024-06-04T12:04:00.000Z";"04.06.2024";"14:04:00";263;6;1.578;14,83;1;;"Sell";"trade_republic";"Security";"DE0008404005";"840400";"USD";"EUR";1,08;;"Allianz"
"2024-06-04T12:04:00.000Z";"04.06.2024";"14:04:00";50000;0,1;5000;0;0;;"TransferIn";"";"Crypto";"BTC";"";;"EUR";;;"Bitcoin"
"2024-06-04T12:04:00.000Z";"04.06.2024";"14:04:00";1;1;1;0;0;;"Joke";"";"Crypto";"BTC";"";;"EUR";;;"Bitcoin"
`;

describe('parqet', () => {
  it('takes tax and fee off the amount, and moves no cash with a transfer', () => {
    const { format, rows, errors } = parseBrokerFile(SAMPLE);
    expect(format?.id).toBe('parqet');
    expect(rows.map(brief)).toEqual([
      'SELL 2024-06-04T12:04:00Z DE0008404005 6 @ 263 EUR cash 1562.17 EUR fee 1 tax 14.83',
      'TRANSFER_IN 2024-06-04T12:04:00Z BTC 0.1 @ 50000 EUR',
    ]);
    expect(rows[0].fxRate).toEqual({ from: 'EUR', to: 'USD', rate: '1.08' });
    expect(errors.map(({ line, column }) => [line, column])).toEqual([[4, 'type']]);
  });

  itWithShared('reads activities, every line of them', () => {
    const path = 'export-to-ghostfolio/parqet-export.csv';
    const { rows, errors } = parseShared(path);
    expect(errors).toEqual([]);
    expect(countsOf(rows)).toEqual({ BUY: 18, DIVIDEND: 7, SELL: 2 });
    expect(cashOf(rows)).toEqual({ EUR: '-1284.21' });
    expectEveryLineUsed(path, ';');
  });
});
