import { parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { shortened, textProblem } from './texts.ts';

const plain = parse('query ($name: String) { one(name: $name) }');
const messageOf = (...args: Parameters<typeof textProblem>) => textProblem(...args)?.message;

describe('the texts of an operation', () => {
  it.each([
    ['none', null],
    ['ordinary ones', { name: 'Ærø ‮שלום 💥 \n\t', list: ['a', 1, null, { b: true }] }],
  ])('may be %s', (_what, variables) => {
    expect(textProblem(plain, variables)).toBeNull();
  });

  it.each([
    [{ name: 'a\u0000b' }, 'variables.name, was "a\\u0000b"'],
    [{ input: { tags: ['x', '\ud800y'] } }, 'variables.input.tags.1, was "\\ud800y"'],
    [{ input: [{ id: '\udc00' }] }, 'variables.input.0.id, was "\\udc00"'],
    [{ name: `${'x'.repeat(50)}\u0000` }, `variables.name, was "${'x'.repeat(40)}"…`],
  ])('are refused with their place: %o', (variables, rest) => {
    expect(messageOf(plain, variables)).toBe(`expected text of whole characters without U+0000 in ${rest}`);
  });

  it('are refused in a document too, each time', () => {
    const document = parse('{ one(name: "a\\u0000") }');
    const expected = 'expected text of whole characters without U+0000 in the document, was "a\\u0000"';
    expect([messageOf(document, {}), messageOf(document, {})]).toEqual([expected, expected]);
  });

  it('may be nested deeper than a stack', () => {
    let deep: unknown = '\u0000';
    for (let level = 0; level < 200_000; level += 1) deep = [deep];
    expect(messageOf(plain, { deep })).toMatch(/ in variables\.deep(\.0){90,110}, was "\\u0000"$/);
  });
});

describe('a message', () => {
  it('has 1,000 characters and no more', () => {
    const most = 'x'.repeat(1_000);
    expect(shortened(most)).toBe(most);
    expect(shortened(`${'a'.repeat(600)}${'b'.repeat(600)}`)).toBe(`${'a'.repeat(500)}…${'b'.repeat(499)}`);
    expect(shortened(`${'x'.repeat(499)}💥${most}`)).toBe(`${'x'.repeat(499)}\ufffd…${'x'.repeat(499)}`);
  });
});
