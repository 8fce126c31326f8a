import { Decimal } from '../../platform/decimal.ts';
import { describe, expect, it } from 'vitest';
import { brief, cashOf, countsOf, expectEveryLineUsed, parseShared } from '../../../test/broker-rows.ts';
import { itWithShared, sharedText } from '../../../../tools/testing/services.ts';
import { decimalOf } from './decimal-text.ts';
import { parseBrokerFile } from './registry.ts';

const DUTCH = `Datum,Tijd,Valutadatum,Product,ISIN,Omschrijving,FX,Mutatie,,Saldo,,Order Id
15-12-2022,16:55,15-12-2022,VICI,US9256521090,Valuta Creditering,"1,0624",USD,"33,90",USD,"0,00",5925d76b-
,,,,,,,,,,,b017
15-12-2022,16:55,15-12-2022,VICI,US9256521090,Valuta Debitering,,EUR,"-31,91",EUR,"0,07",5925d76b-b017
15-12-2022,16:55,15-12-2022,VICI,US9256521090,"Koop 1.500 @ 0,0226 USD",,USD,"-33,90",USD,"-33,90",5925d76b-b017
16-12-2022,09:05,15-12-2022,KO,US1912161007,Dividendbelasting,,USD,"-0,07",USD,"0,92",
16-12-2022,09:05,15-12-2022,,,Iets onbekends,,USD,"1,00",USD,"0,92",
`;
const FILE = 'export-to-ghostfolio/degiro-export.csv';

describe('degiro', () => {
  it('joins broken order ids, completes rates and reads Dutch numbers and times', () => {
    // when
    const { format, rows, skipped, errors } = parseBrokerFile(DUTCH);
    // then
    expect(format?.id).toBe('degiro');
    expect(rows.map(brief)).toEqual([
      'CURRENCY_EXCHANGE 2022-12-15T15:55:00Z US9256521090 cash 33.9 USD',
      'CURRENCY_EXCHANGE 2022-12-15T15:55:00Z US9256521090 cash -31.91 EUR',
      'BUY 2022-12-15T15:55:00Z US9256521090 1500 @ 0.0226 USD cash -33.9 USD',
      'TAX 2022-12-16T08:05:00Z US1912161007 cash -0.07 USD withheld 0.07',
    ]);
    expect(rows[0].fxRate).toEqual({ from: 'EUR', to: 'USD', rate: '1.0624' });
    expect(rows.map(({ group }) => group)).toEqual(['5925d76b-b017', '5925d76b-b017', '5925d76b-b017', null]);
    expect(skipped).toEqual([{ line: 3, reason: 'the rest of the order id above' }]);
    expect(errors).toEqual([
      {
        line: 7,
        column: 'Omschrijving',
        value: 'Iets onbekends',
        reason: 'expected a description of DEGIRO, was Iets onbekends',
        severity: 'ERROR',
      },
    ]);
  });

  it('tells of a row that breaks off', () => {
    const { rows, errors } = parseBrokerFile(DUTCH.slice(0, DUTCH.indexOf('Valuta Creditering')));
    expect(rows).toEqual([]);
    expect(errors).toMatchObject([{ line: 2, reason: 'expected a description of DEGIRO, was empty' }]);
  });

  it('takes times in the zone that it is given', () => {
    const [{ occurredAtMs }] = parseBrokerFile(DUTCH, { timeZone: 'America/New_York' }).rows;
    expect(new Date(occurredAtMs).toISOString()).toBe('2022-12-15T21:55:00.000Z');
  });

  itWithShared('reads a statement that has rows of five languages', () => {
    const { rows, errors } = parseShared(FILE);
    expect(errors).toEqual([]);
    expect(countsOf(rows)).toEqual({
      ADJUSTMENT: 5,
      BUY: 10,
      CURRENCY_EXCHANGE: 12,
      DEPOSIT: 2,
      DIVIDEND: 9,
      FEE: 13,
      REWARD: 2,
      SELL: 3,
      STOCK_DIVIDEND: 1,
      TAX: 6,
      TICKER_CHANGE: 2,
      WITHDRAWAL: 1,
    });
    expect(brief(rows[0])).toBe('DEPOSIT 2022-12-17T08:51:00Z cash 27.8 EUR');
    expect(brief(rows.at(-1)!)).toBe('DIVIDEND 2024-12-30T06:25:00Z IE00BYPC1H27 cash 0.23 USD');
    expect(brief(rows.find(({ line }) => line === 56)!)).toBe(
      'SELL 2024-04-02T07:00:00Z GB00BPQY8M80 4 @ 496 GBX cash 19.84 GBP',
    );
    expect(rows.find(({ line }) => line === 71)).toMatchObject({ kind: 'ADJUSTMENT', quantity: null });
    expectEveryLineUsed(FILE, ',');
  });

  itWithShared('agrees with the running balance of the newest days, where no row is left out', () => {
    // given lines 3 to 23, newest first; the balance before them is that of a row left out, 5.18 EUR
    const newest = parseShared(FILE).rows.filter(({ line }) => line <= 23);
    const cells = sharedText(`data/broker_exports/${FILE}`).split('\n');
    const balance = (line: number) => decimalOf(/"(-?[\d,]+)",[^"]*$/.exec(cells[line - 1])![1], ',')!;
    // when
    const cash = cashOf(newest);
    // then
    const begin = balance(23).minus('27.80');
    expect(new Decimal(cash.EUR).plus(begin).toFixed()).toBe(balance(2).toFixed());
    expect(cash.USD).toBe('0');
  });
});
