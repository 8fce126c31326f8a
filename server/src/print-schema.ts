import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { ROOT } from './config.ts';
import { createSchema, printSorted } from './schema.ts';

// Writes schema.graphql at the root: run it after every change of the API.
writeFileSync(resolve(ROOT, 'schema.graphql'), printSorted(await createSchema()));
