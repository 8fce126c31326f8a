import { Decimal } from '../../platform/decimal.ts';
import { describe, expect, it } from 'vitest';
import { brief, cashOf, countsOf, expectEveryLineUsed, parseShared } from '../../../test/broker-rows.ts';
import { itWithShared, sharedText } from '../../../../tools/testing/services.ts';
import { parseBrokerFile } from './registry.ts';

const HEADER =
  'Date;Category;"Asset Name";ISIN;"Number of Shares";"Asset Currency";"Currency Rate";"Asset Price in CHF";"Cash Flow";Balance';
const VESTED = 'export-to-ghostfolio/finpension-bvg-export.csv';
const PILLAR = 'export-to-ghostfolio/finpension-3a-export.csv';

/** What the column Balance states, by the line of the file. */
function statedBalances(path: string): Map<number, string> {
  const lines = sharedText(`data/broker_exports/${path}`).trim().split(/\r?\n/);
  return new Map(
    lines.slice(1).map((line, index) => [index + 2, new Decimal(line.split(';').at(-1)!).toFixed()]),
  );
}

describe('finpension', () => {
  it('tells purchases from sales by their sign, and states the rate of other currencies', () => {
    const { format, rows, errors } = parseBrokerFile(`\uFEFF${HEADER}
2024-10-29;"Portfolio Transaction";"Fund A";CH0429081620;-0.002;USD;0.9;1694.58;3.38916;3.26
2023-07-11;Buy;"Fund B";CH0189956813;0.001;CHF;1.000000;821.8;-0.8218;16.4
2023-07-11;Joke;;;;CHF;1;;1;1
`);
    expect(format?.id).toBe('finpension');
    expect(rows.map(brief)).toEqual([
      'SELL 2024-10-29 CH0429081620 0.002 @ 1694.58 CHF cash 3.38916 CHF',
      'BUY 2023-07-11 CH0189956813 0.001 @ 821.8 CHF cash -0.8218 CHF',
    ]);
    expect(rows.map(({ fxRate }) => fxRate)).toEqual([{ from: 'USD', to: 'CHF', rate: '0.9' }, null]);
    expect(errors.map(({ line, column }) => [line, column])).toEqual([[4, 'Category']]);
  });

  itWithShared('agrees with the running balance of every line of an account', () => {
    const { rows, errors } = parseShared(VESTED);
    expect(errors).toEqual([]);
    expect(countsOf(rows)).toEqual({ BUY: 2, DEPOSIT: 1, DIVIDEND: 2, FEE: 4, INTEREST: 2 });
    const stated = statedBalances(VESTED);
    for (const [index, { line }] of rows.entries())
      expect(cashOf(rows.slice(index)).CHF, `line ${line}`).toBe(stated.get(line));
    expectEveryLineUsed(VESTED, ';');
  });

  itWithShared('agrees with the running balance of another between two rows left out', () => {
    const { rows, errors } = parseShared(PILLAR);
    expect(errors).toEqual([]);
    expect(countsOf(rows)).toEqual({ BUY: 11, DEPOSIT: 1, DIVIDEND: 7, FEE: 2, INTEREST: 1, SELL: 4 });
    const stated = statedBalances(PILLAR);
    const between = rows.filter(({ line }) => line >= 3 && line <= 24);
    const before = new Decimal(stated.get(25)!);
    for (const [index, { line }] of between.entries())
      expect(before.plus(cashOf(between.slice(index)).CHF).toFixed(), `line ${line}`).toBe(stated.get(line));
    expectEveryLineUsed(PILLAR, ';');
  });
});
