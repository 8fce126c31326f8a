import { expect, it } from 'vitest';
import { choiceFor, choiceInputs } from './choices.ts';

const suggestion = {
  symbol: 'AAPL',
  name: 'Apple',
  currency: 'USD',
  assetClass: 'EQUITY',
  isin: 'US0378331005',
} as const;

it('sends what was chosen, and nothing for what is open', () => {
  const choices = {
    open: choiceFor({ suggestion }),
    named: { ...choiceFor({ suggestion }), what: 'OTHER' },
    left: { ...choiceFor({ suggestion }), what: 'SKIP' },
    mapped: { ...choiceFor({ suggestion }), what: 'ins_1' },
    made: { ...choiceFor({ suggestion }), what: 'CREATE', symbol: 'AAPL.DE' },
  };
  expect(choiceInputs(choices)).toEqual([
    { key: 'left', action: 'SKIP' },
    { key: 'mapped', action: 'MAP', instrumentId: 'ins_1' },
    { key: 'made', action: 'CREATE', instrument: { ...suggestion, symbol: 'AAPL.DE' } },
  ]);
});
