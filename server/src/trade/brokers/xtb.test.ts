import { describe, expect, it } from 'vitest';
import { brief, countsOf, expectEveryLineUsed, parseShared } from '../../../test/broker-rows.ts';
import { itWithShared } from '../../../../tools/testing/services.ts';
import { parseBrokerFile } from './registry.ts';

const SAMPLE = `ID;Type;Time;Symbol;Comment;Amount
1;Stocks/ETF purchase;12.04.2024 13:01:45;SPYL.DE;OPEN BUY 34/42.5658 @ 11.7480;-399.43
2;Stocks/ETF sale;12.01.2024 13:01:45;SPYL.DE;CLOSE BUY 34 @ 11.7480;399.43
3;Dividend;12.07.2024 11:00:27;SPYL.DE;SPYL.DE USD 0.6600/ SHR;1.21
4;Withholding tax;12.07.2024 11:00:27;SPYL.DE;SPYL.DE USD WHT 15%;-0.33
5;Free funds interests tax;07.05.2024 09:36:50;;Free-funds Interest Tax 2024-04;-2
6;Stocks/ETF sale;12.04.2024 13:01:45;SPYL.DE;who knows;399.43
7;Unheard;12.04.2024 13:01:45;;;1
`;

describe('xtb', () => {
  it('reads orders out of the comments, in the currency that is given', () => {
    const { format, rows, errors } = parseBrokerFile(SAMPLE, { currency: 'EUR' });
    expect(format?.id).toBe('xtb');
    expect(rows.map(brief)).toEqual([
      'BUY 2024-04-12T11:01:45Z SPYL.DE 34 @ 11.748 null cash -399.43 EUR',
      'SELL 2024-01-12T12:01:45Z SPYL.DE 34 @ 11.748 null cash 399.43 EUR',
      'DIVIDEND 2024-07-12T09:00:27Z SPYL.DE @ 0.66 USD cash 1.21 EUR',
      'TAX 2024-07-12T09:00:27Z SPYL.DE cash -0.33 EUR withheld 0.33',
      'TAX 2024-05-07T07:36:50Z cash -2 EUR tax 2',
    ]);
    expect(errors.map(({ line, column }) => [line, column])).toEqual([
      [7, 'Comment'],
      [8, 'Type'],
    ]);
    expect(parseBrokerFile(SAMPLE).rows[0].currency).toBeNull();
  });

  itWithShared('reads cash operations in two languages, every line of them', () => {
    const path = 'export-to-ghostfolio/xtb-export.csv';
    const { rows, skipped, errors } = parseShared(path);
    expect(countsOf(rows)).toEqual({
      ADJUSTMENT: 3,
      BUY: 15,
      DEPOSIT: 5,
      DIVIDEND: 7,
      INTEREST: 3,
      SELL: 2,
      SPIN_OFF: 1,
      TAX: 6,
      TRANSFER_IN: 1,
      WITHDRAWAL: 1,
    });
    expect(skipped).toEqual([{ line: 30, reason: 'no amount' }]);
    expect(errors.map(({ line, value }) => [line, value])).toEqual([[43, '010.09.2024 20:49:02']]);
    expectEveryLineUsed(path, ';');
  });
});
