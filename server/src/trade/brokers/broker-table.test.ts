import { expect, it } from 'vitest';
import { BrokerRow, occurrenceOf, readEach, readRecords } from './broker-table.ts';

const LOCALE = { decimalSign: '.', isDayFirst: true, timeZone: 'UTC' } as const;

it('leaves out a record with a cell that is too long, and says where it is', () => {
  const long = ' x'.repeat(5_001).trim();
  const { records, errors } = readRecords(`a,b\n1,2\n3,${long}\n4,${'y'.repeat(10_000)}\n`, ',');
  expect(records.map(({ line }) => line)).toEqual([1, 2, 4]);
  const value = `${long.slice(0, 100)}…`;
  expect(errors).toEqual([
    {
      line: 3,
      column: null,
      value,
      reason: `expected a cell of at most 10000 characters in column 2, was one of 10001: ${value}`,
      severity: 'ERROR',
    },
  ]);
});

it('shows the beginning of a number or a date that is too long, with its column and what was expected', () => {
  const row = new BrokerRow(
    { line: 7, cells: ['9'.repeat(9_000), `2024-01-02 ${'1'.repeat(9_000)}`] },
    ['n', 't'],
    LOCALE,
  );
  const reasonOf = (read: (row: BrokerRow) => unknown) => readEach([row], (one) => String(read(one))).errors;
  expect(reasonOf((one) => one.decimal('n'))).toEqual([
    {
      line: 7,
      column: 'n',
      value: `${'9'.repeat(100)}…`,
      reason: `expected a number, was ${'9'.repeat(100)}…`,
      severity: 'ERROR',
    },
  ]);
  expect(reasonOf((one) => one.time('t'))).toMatchObject([
    { column: 't', reason: `expected a date or a time, was 2024-01-02 ${'1'.repeat(89)}…` },
  ]);
});

it('refuses a long date at once', () => {
  const startMs = performance.now();
  for (const text of [`2024-01-02${' '.repeat(200_000)}\nx`, `2024-01-02 10:00${' '.repeat(200_000)}x`])
    expect(occurrenceOf(text, true, 'UTC')).toBeNull();
  expect(performance.now() - startMs).toBeLessThan(2_000);
});
