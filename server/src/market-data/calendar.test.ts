import { describe, expect, it } from 'vitest';
import { isTimeZone, sessionClose } from './calendar.ts';

describe('time zones', () => {
  it.each([
    ['UTC', true],
    ['America/New_York', true],
    ['Mars', false],
    ['', false],
  ])('%j is one: %s, asked for once or by every row of a file', (zone, isOne) => {
    const startedAtMs = performance.now();
    let count = 0;
    for (let row = 0; row < 100_000; row += 1) if (isTimeZone(zone) === isOne) count += 1;
    expect(count).toBe(100_000);
    expect(performance.now() - startedAtMs).toBeLessThan(1_000);
  });

  it('of more names than are remembered are told apart as well', () => {
    for (let name = 0; name < 1_500; name += 1) expect(isTimeZone(`Zone${name}`)).toBe(false);
    expect([isTimeZone('Europe/Berlin'), isTimeZone('Zone0')]).toEqual([true, false]);
  });
});

describe('the end of a session', () => {
  it.each([
    ['XNYS', '2024-07-01T20:00:00.000Z'],
    ['NONE', '2024-07-02T00:00:00.000Z'],
  ])('of %s', (calendar, iso) => {
    expect(new Date(sessionClose(2024, 7, 1, calendar)).toISOString()).toBe(iso);
  });
});
