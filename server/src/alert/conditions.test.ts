import { describe, expect, it } from 'vitest';
import { dependencyFinding, drawdownFinding, priceFinding, valueAtRiskFinding } from './conditions.ts';

describe('conditions of alerts', () => {
  it.each([
    [[100, 120, 108], 0.1, true, 'Mine is 10 % below its peak (limit 10 %)'],
    [[100, 120, 108.6], 0.1, false, 'Mine is 9.5 % below its peak (limit 10 %)'],
    [[100, 110, 120], 0.1, false, 'Mine is 0 % below its peak (limit 10 %)'],
  ])('compares the fall of %j with a limit of %d', (levels, limit, isMet, message) => {
    expect(drawdownFinding('Mine', Float64Array.from(levels), limit)).toMatchObject({ isMet, message });
  });

  it('compares the newest loss with the value at risk before it', () => {
    const levels = Float64Array.of(90, 100, 96);
    expect(valueAtRiskFinding('Mine', levels, 0.03, 0.95)).toMatchObject({
      isMet: true,
      message: 'Mine lost 4 % in one step, its value at risk at 95 % is 3 %',
    });
    expect(valueAtRiskFinding('Mine', levels, 0.041, 0.95)?.isMet).toBe(false);
    expect(valueAtRiskFinding('Mine', Float64Array.of(90, 100), 0.03, 0.95)?.isMet).toBe(false);
  });

  it.each([
    ['above', 100, true],
    ['above', 99.99, false],
    ['below', 100, true],
    ['below', 100.01, false],
  ] as const)('takes a price %s 100: %d', (side, price, isMet) => {
    expect(priceFinding('AAA', price, side, 100)).toEqual({
      isMet,
      value: price,
      message: `AAA is at ${price}, ${side} 100`,
    });
  });

  it('names the parts that do not answer', () => {
    const parts = [
      { name: 'database', state: 'UP', detail: 'fine' },
      { name: 'events', state: 'DEGRADED', detail: 'Redis is away' },
    ];
    expect(dependencyFinding(parts)).toEqual({ isMet: true, value: 1, message: 'events: Redis is away' });
    expect(dependencyFinding(parts.slice(0, 1)).isMet).toBe(false);
  });

  it('says nothing where there is nothing to say it of', () => {
    const none = new Float64Array(0);
    expect(drawdownFinding('Mine', none, 0.1)).toBeNull();
    expect(valueAtRiskFinding('Mine', Float64Array.of(1, 2), null, 0.95)).toBeNull();
    expect(priceFinding('AAA', null, 'above', 1)).toBeNull();
  });
});
