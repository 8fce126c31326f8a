import { describe, expect, it } from 'vitest';
import { storable, storableJson } from './storable.ts';

describe('what a database keeps', () => {
  it('is a text without U+0000 and halves of characters', () => {
    expect(storable('a\u0000b💥\ud83d')).toBe('ab💥\ufffd');
  });

  it.each([
    [
      { text: 'a\u0000b', list: ['\udca5', 1, null] },
      { text: 'ab', list: ['\ufffd', 1, null] },
    ],
    // Texts that look like what is taken out of JSON stay as they are.
    [{ text: '\\u0000', other: '\\ud83d', whole: '💥' }, null],
    [
      { text: '\\u0000', other: '\u0000' },
      { text: '\\u0000', other: '' },
    ],
  ])('is %j as JSON', (value, expected) => {
    expect(JSON.parse(storableJson(value))).toEqual(expected ?? value);
  });
});
