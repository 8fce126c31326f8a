import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { openServiceLog } from './log.ts';

const folder = mkdtempSync(join(tmpdir(), 'ai-trading-compute-log-'));

afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

it.each([
  ['a log folder', join(folder, 'made', 'here'), [`compute-${hostname()}.1.log`]],
  ['none', null, []],
])('tells the console everything, with %s a file too', async (_case, directory, files) => {
  const printed = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const log = await openServiceLog(directory);
  log.say('It listens.');
  log.say('It stops.');
  await log.close();
  expect(printed.mock.calls.map(([line]) => line)).toEqual(['It listens.\n', 'It stops.\n']);
  expect(directory === null ? [] : readdirSync(directory)).toEqual(files);
  const lines = files.flatMap((file) => readFileSync(join(directory!, file), 'utf8').trim().split('\n'));
  expect(lines.map((line) => JSON.parse(line).msg)).toEqual(
    files.length > 0 ? ['It listens.', 'It stops.'] : [],
  );
});
