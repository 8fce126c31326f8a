import { describe, expect, it } from 'vitest';
import { ruleText } from './rule-text.ts';

describe('ruleText', () => {
  it.each([
    [
      { kind: 'DRAWDOWN', threshold: 0.1, portfolio: { name: 'Mine' } },
      'Mine falls 10.00% or more below its peak',
    ],
    [{ kind: 'PRICE_BELOW', threshold: 95.5, instrument: { symbol: 'AAA' } }, 'AAA at 95.5 or below'],
    [{ kind: 'RUN_FINISHED' }, 'A run has ended'],
  ] as const)('says of %j', (rule, text) => {
    expect(ruleText(rule)).toBe(text);
  });
});
