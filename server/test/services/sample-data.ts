import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../../src/config.ts';
import { DIGEST_LENGTH, keepAsTemplate } from '../embedded-database.ts';
import { startProduct } from './product.ts';

/** Makes a data folder as the first start of the built product leaves it, sample data and all: a copy of one that is made once per build. */
export async function makeSampleData(folder: string): Promise<void> {
  const template = join(tmpdir(), `ai-trading-samples-${digestOfBuild()}`);
  if (!existsSync(template)) await make(template);
  cpSync(template, folder, { recursive: true });
}

async function make(template: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'ai-trading-samples-'));
  const logs = mkdtempSync(join(tmpdir(), 'ai-trading-samples-logs-'));
  const { child, ready, ended, output } = startProduct({
    DATA_DIR: folder,
    LOG_DIR: logs,
    SEED_SAMPLES: 'true',
  });
  await ready;
  child.kill('SIGTERM');
  if ((await ended) !== 0) throw new Error(`expected the product to stop, was:\n${output()}`);
  rmSync(logs, { recursive: true });
  keepAsTemplate(folder, template);
}

function digestOfBuild(): string {
  const hash = createHash('sha256').update(JSON.stringify(process.versions));
  const folder = join(ROOT, 'server/dist');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.js'))
    .toSorted();
  for (const name of files) hash.update(name).update(readFileSync(join(folder, name)));
  for (const path of [join(ROOT, 'package-lock.json'), import.meta.filename]) hash.update(readFileSync(path));
  return hash.digest('hex').slice(0, DIGEST_LENGTH);
}
