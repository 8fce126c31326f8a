import { expect, it } from 'vitest';
import { previewCsv } from './csv-mapping.ts';

const kindColumn = (text: string) =>
  previewCsv(text)!.mapping.columns.find(({ field }) => field === 'kind')?.index;

it('finds the column that says what rows are by its words, where its header is not known', () => {
  const file = 'Datum;Symbol;Art;St\u00fcck;Kurs\n02.01.2024;AAA;Kauf;10;5\n03.01.2024;AAA;Verkauf;4;6\n';
  expect(kindColumn(file)).toBe(2);
  expect(previewCsv(file)!.mapping.kinds).toEqual([
    { word: 'Kauf', kind: 'BUY' },
    { word: 'Verkauf', kind: 'SELL' },
  ]);
});

it('takes the column whose header says so before any other, and none that has other words', () => {
  expect(kindColumn('date,art,side,qty\n2024-01-02,buy,sell,1\n')).toBe(2);
  expect(kindColumn('date,symbol,what,qty\n2024-01-02,AAA,buy,1\n2024-01-03,AAA,well,1\n')).toBeUndefined();
  expect(kindColumn('date,symbol,what,qty\n2024-01-02,AAA,fee,1\n')).toBeUndefined();
  // A symbol may be called as a word is.
  expect(kindColumn('date,symbol,qty\n2024-01-02,S,1\n')).toBeUndefined();
});
