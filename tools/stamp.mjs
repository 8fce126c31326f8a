import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const SKIPPED = new Set(['node_modules', 'dist', 'build', '.svelte-kit', 'generated', 'data']);

/** A hash over the names and contents of files and folders, so that a step runs again only when they changed. */
export function hashOf(root, paths) {
  const hash = createHash('sha256');
  for (const path of paths) feed(hash, join(root, path));
  return hash.digest('hex');
}

function feed(hash, path) {
  if (!existsSync(path)) return;
  if (!statSync(path).isDirectory()) {
    hash.update(path).update(readFileSync(path));
    return;
  }
  for (const name of readdirSync(path).sort()) if (!SKIPPED.has(name)) feed(hash, join(path, name));
}

/** Runs a step unless its stamp says that it was done for the same hash. */
export async function onceFor(stamp, hash, outputs, step) {
  const isDone =
    existsSync(stamp) && readFileSync(stamp, 'utf8') === hash && outputs.every((path) => existsSync(path));
  if (isDone) return;
  await step();
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, hash);
}
