import { createHash } from 'node:crypto';
import { buildSchema } from 'graphql';
import { describe, expect, it } from 'vitest';
import { Documents } from './documents.ts';

const schema = buildSchema('type Query { word(of: String): String }');
const hashOf = (text: string) => createHash('sha256').update(text).digest('hex');
const OWN = 'query Own { word }';

describe('documents', () => {
  it('are parsed once', () => {
    const documents = new Documents(schema, new Map());
    const first = documents.prepare('{ word }');
    expect(documents.prepare('{ word }')).toBe(first);
    expect(documents.find(hashOf('{ word }'))).toBe(first);
  });

  it('that are wrong are told and not kept', () => {
    const documents = new Documents(schema, new Map());
    expect(documents.prepare('{ wor }')).toMatchObject([
      { message: 'Cannot query field "wor" on type "Query".' },
    ]);
    expect(documents.prepare('{ wor')).toMatchObject([{ message: expect.stringMatching(/^Syntax Error/) }]);
    expect(documents.find(hashOf('{ wor }'))).toBeUndefined();
  });

  it('go when there are too many, those last that were asked last, and persisted ones never', () => {
    const documents = new Documents(schema, new Map([[`sha256:${hashOf(OWN)}`, OWN]]));
    const large = (name: string) => `{ word(of: "${name.repeat(200_000)}") }`;
    documents.prepare(documents.textOf(`sha256:${hashOf(OWN)}`)!);
    for (const name of ['a', 'b']) documents.prepare(large(name));
    expect(documents.find(hashOf(large('a')))).toBeDefined();
    documents.prepare(large('c'));
    expect(['a', 'b', 'c'].map((name) => documents.find(hashOf(large(name))) !== undefined)).toEqual([
      true,
      false,
      true,
    ]);
    expect(documents.find(hashOf(OWN))).toBeDefined();
    documents.prepare(`{ word(of: "${'d'.repeat(600_000)}") }`);
    expect(documents.find(hashOf(large('c')))).toBeUndefined();
  });
});
