import { describe, expect, it } from 'vitest';
import { brief, cashOf, countsOf, expectEveryLineUsed, parseShared } from '../../../test/broker-rows.ts';
import { itWithShared } from '../../../../tools/testing/services.ts';
import { parseBrokerFile } from './registry.ts';

describe('rabobank', () => {
  it('reads Dutch numbers and times, and the tax that was withheld of a dividend', () => {
    const { format, rows, errors } =
      parseBrokerFile(`\uFEFFPortefeuille;Naam;Datum;Type mutatie;Valuta mutatie;Volume;Koers;Valuta koers;Valuta kosten €;Waarde;Bedrag;Isin code;Tijd;Beurs
1;Fonds;08-02-2024;Koop Fondsen;EUR;1.872,6;84,2637 ;EUR;1,5;157,79;-159,29;NL0014857104;11:46:03.004;Clearstream
1;Fonds;28-11-2023;Contant dividend;EUR;60,5563;1,331559 ;EUR;0;80,63;68,54;NL0014065450;;
1;;24-01-2024;Storting / opname;EUR;0;0,00 ;EUR;0;0,00;-250,00;;;
1;;24-01-2024;Iets;EUR;0;0,00 ;EUR;0;0,00;-250,00;;;
`);
    expect(format?.id).toBe('rabobank');
    expect(rows.map(brief)).toEqual([
      'BUY 2024-02-08T10:46:03.004Z NL0014857104 1872.6 @ 84.2637 EUR cash -159.29 EUR fee 1.5',
      'DIVIDEND 2023-11-28 NL0014065450 60.5563 @ 1.331559 EUR cash 68.54 EUR withheld 12.09',
      'WITHDRAWAL 2024-01-24 cash -250 EUR',
    ]);
    expect(errors.map(({ line, column }) => [line, column])).toEqual([[5, 'Type mutatie']]);
  });

  itWithShared('reads mutations, as many rows other than deposits as published', () => {
    const path = 'export-to-ghostfolio/rabobank-export.csv';
    const { rows, errors } = parseShared(path);
    expect(errors).toEqual([]);
    expect(countsOf(rows)).toEqual({ BUY: 5, DEPOSIT: 2, DIVIDEND: 2, FEE: 1, INTEREST: 1, SELL: 1 });
    expect(rows.filter(({ kind }) => kind !== 'DEPOSIT')).toHaveLength(10);
    expect(cashOf(rows)).toEqual({ EUR: '121.3' });
    expectEveryLineUsed(path, ';');
  });
});
