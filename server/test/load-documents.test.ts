import { parse, validate } from 'graphql';
import { expect, it } from 'vitest';
import { ACTIONS, SAMPLE_PORTFOLIO } from '../bench/users-data.ts';
import { createSchema } from '../src/schema.ts';

it('knows everything that the users of the load ask for', async () => {
  const schema = await createSchema();
  const documents = [SAMPLE_PORTFOLIO, ...ACTIONS.map(([, document]) => document)];
  expect(documents.flatMap((document) => validate(schema, parse(document)))).toEqual([]);
});
