import { expect, it } from 'vitest';
import { cashLeft, draftOf, emptyLine, inputOf, ordersCsv } from './targets.ts';

it('begins with what is held, in whole percents that leave the rest to cash', () => {
  const { lines } = draftOf(null, [
    { symbol: 'AAA', weight: 0.3339 },
    { symbol: 'BBB', weight: -0.1 },
  ]);
  expect(lines.map(({ symbol, weight }) => [symbol, weight])).toEqual([
    ['AAA', '33'],
    ['BBB', '0'],
  ]);
  expect(cashLeft(lines)).toBe(0.67);
});

it('turns percentages into fractions and back', () => {
  const lines = [
    { ...emptyLine(), symbol: ' AAA ', weight: '33.3', band: '12,5' },
    { ...emptyLine(), what: 'CLASS' as const, assetClass: 'BOND' as const, buySymbol: 'CCC', weight: '7' },
    emptyLine(),
  ];
  expect(inputOf(draftOf(null, [])).lotMethod).toBeNull();
  const input = inputOf({ ...draftOf(null, []), lines, cashBand: '2', costBps: '', minimumTrade: ' ' });
  expect(input).toMatchObject({
    lines: [
      { symbol: 'AAA', weight: 0.333, band: 0.125, bandKind: 'ABSOLUTE' },
      { assetClass: 'BOND', buySymbol: 'CCC', weight: 0.07, band: 0.05 },
    ],
    cashBand: 0.02,
    costBps: 0,
    minimumTrade: '0',
  });
  expect(cashLeft(lines)).toBe(0.597);
  const [first, second] = draftOf(
    {
      version: 1,
      cashWeight: 0.597,
      cashBand: 0.02,
      cashMinimum: '5',
      costFixed: '0',
      costBps: 3,
      minimumTrade: '0',
      units: 'WHOLE',
      goal: 'BAND',
      lotMethod: 'HIFO',
      lines: [
        {
          assetClass: null,
          weight: 0.333,
          band: 0.125,
          bandKind: 'RELATIVE',
          instrument: { symbol: 'AAA' },
          buyInstrument: null,
        },
        {
          assetClass: 'BOND',
          weight: 0.07,
          band: 0.05,
          bandKind: 'ABSOLUTE',
          instrument: null,
          buyInstrument: { symbol: 'CCC' },
        },
      ],
    },
    [],
  ).lines;
  expect(first).toMatchObject({ what: 'INSTRUMENT', symbol: 'AAA', weight: '33.3', band: '12.5' });
  expect(second).toMatchObject({ what: 'CLASS', assetClass: 'BOND', buySymbol: 'CCC', weight: '7' });
});

it('writes orders as CSV', () => {
  const order = {
    side: 'SELL' as const,
    instrument: { symbol: 'AAA', name: 'A' },
    quantity: '32',
    price: '100.5',
    quotePrice: '100.5',
    exchangeRate: '1',
    value: '3216',
    cost: '1',
    accountId: null,
    gain: '5',
    lots: [],
  };
  expect(ordersCsv([order], 'USD')).toBe(
    'side,symbol,quantity,price,value,cost,currency\nSELL,AAA,32,100.5,3216,1,USD\n',
  );
});
