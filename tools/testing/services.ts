import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { fileURLToPath } from 'node:url';
import { it } from 'vitest';

const SHARED = fileURLToPath(new URL('../../../shared/', import.meta.url));

/**
 * A test that needs something this machine may lack: it is skipped with the reason in its name, or,
 * where REQUIRE_SERVICES=1 promises the thing, fails.
 */
export function itNeeds(isThere: boolean, what: string): typeof it {
  if (isThere) return it;
  if (process.env.REQUIRE_SERVICES !== '1') return skipping(what);
  return like((name) =>
    it(name, () => {
      throw new Error(`expected ${what} under REQUIRE_SERVICES=1, was absent`);
    }),
  );
}

/** A test with a tool that no installation promises, such as a compiler: skipped with the reason where it is absent. */
export function itWhere(isThere: boolean, what: string): typeof it {
  return isThere ? it : skipping(what);
}

/** A test over the reference data beside the checkout, which is not part of the product. */
export const itWithShared: typeof it = existsSync(SHARED) ? it : skipping('the shared reference data');

/** A slow test: run under RUN_SLOW_TESTS=1. */
export const itSlow: typeof it = process.env.RUN_SLOW_TESTS === '1' ? it : skipping('RUN_SLOW_TESTS=1');

function skipping(what: string): typeof it {
  return like((name) => it.skip(`${name} [skipped: needs ${what}]`, () => undefined));
}

/** Something that is called like `it`, in a table too, and declares one test by its name. */
function like(declareTest: (name: string) => void): typeof it {
  const each = () => declareTest;
  return Object.assign(declareTest, { each }) as unknown as typeof it;
}

/** A text file of the reference data, unpacked where it ends in .gz. */
export function sharedText(path: string): string {
  const bytes = readFileSync(SHARED + path);
  return (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8').replace(/^\uFEFF/, '');
}

/** Where a file of the reference data lies. */
export function sharedFile(path: string): string {
  return SHARED + path;
}

/** Rows of a CSV of the reference data, without its header. */
export function sharedRows(path: string): string[][] {
  return sharedText(path)
    .trim()
    .split(/\r?\n/)
    .slice(1)
    .map((line) => line.split(','));
}
