import { Decimal } from '../../platform/decimal.ts';
import { describe, expect, it } from 'vitest';
import { brief, cashOf, countsOf, expectEveryLineUsed, parseShared } from '../../../test/broker-rows.ts';
import { itWithShared } from '../../../../tools/testing/services.ts';
import { grossOf } from './broker-transaction.ts';
import { parseBrokerFile } from './registry.ts';

const FILE = 'export-to-ghostfolio/avanza-export.csv';

describe('avanza', () => {
  it('reads Swedish kinds, and tells the others by their text', () => {
    const { format, rows, errors } =
      parseBrokerFile(`Datum;Konto;Typ av transaktion;Värdepapper/beskrivning;Antal;Kurs;Belopp;Transaktionsvaluta;Courtage (SEK);Valutakurs;Instrumentvaluta;ISIN;Resultat
2023-03-10;S;Köp;S&P Global;2;330,16;-7104,41;SEK;21,45;10,72655;USD;US78409V1044;
2023-03-10;S;Övrigt;Gammal fond;-3,6545;;;;;;;LU0302296149;
2022-01-27;S;Övrigt;Avkastningsskatt;;;-26;SEK;0;;;;
2024-02-27;S;Övrigt;Återbetalning Total avgift;;;1,24;SEK;;;;;
2024-02-27;S;Övrigt;Vem vet;;;1,24;SEK;;;;;
`);
    expect(format?.id).toBe('avanza');
    expect(rows.map(brief)).toEqual([
      'BUY 2023-03-10 US78409V1044 2 @ 330.16 USD cash -7104.41 SEK fee 21.45',
      'TICKER_CHANGE 2023-03-10 LU0302296149 -3.6545',
      'TAX 2022-01-27 cash -26 SEK tax 26',
      'FEE 2024-02-27 cash 1.24 SEK fee -1.24',
    ]);
    expect(errors.map(({ line, value }) => [line, value])).toEqual([[6, 'Övrigt: Vem vet']]);
  });

  itWithShared('reads transactions, every line of them', () => {
    const { rows, errors } = parseShared(FILE);
    expect(errors).toEqual([]);
    expect(countsOf(rows)).toEqual({
      BUY: 3,
      DEPOSIT: 3,
      DIVIDEND: 1,
      FEE: 2,
      INTEREST: 2,
      SELL: 1,
      TAX: 3,
      TICKER_CHANGE: 2,
      WITHDRAWAL: 3,
    });
    expect(cashOf(rows)).toEqual({ SEK: '-94340.33' });
    expectEveryLineUsed(FILE, ';');
  });

  itWithShared('has amounts that agree with price, rate and commission', () => {
    const trades = parseShared(FILE).rows.filter(({ kind }) => kind === 'BUY' || kind === 'SELL');
    for (const row of trades) {
      const worth = new Decimal(row.quantity!).times(row.price!).times(row.fxRate?.rate ?? 1);
      // The rate has five decimals.
      expect(grossOf(row).abs().minus(worth).abs().toNumber(), `line ${row.line}`).toBeLessThan(0.1);
    }
    expect(trades).toHaveLength(4);
  });
});
