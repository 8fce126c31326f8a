import { expect, it } from 'vitest';
import { placeByKey } from './keys.ts';

it('goes along a chart by keys, and not beyond its ends', () => {
  const from = (place: number, key: string, shiftKey = false) => placeByKey({ key, shiftKey }, place, 30);
  expect([from(5, 'ArrowLeft'), from(5, 'ArrowRight'), from(5, 'Home'), from(5, 'End')]).toEqual([
    4, 6, 0, 29,
  ]);
  expect([from(5, 'ArrowLeft', true), from(15, 'ArrowLeft', true), from(25, 'ArrowRight', true)]).toEqual([
    0, 5, 29,
  ]);
  expect(from(5, 'Tab')).toBeNull();
});
