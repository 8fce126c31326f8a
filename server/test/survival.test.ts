import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const folders: string[] = [];
const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ai-trading-survival-'));
  folders.push(folder);
  return folder;
}

/** Starts a real server process from its sources; resolves with its API once it is ready, or with what it printed once it ended. */
async function start(
  folder: string,
  more: Record<string, string> = {},
): Promise<{ child: ChildProcess; api: string; output: string; code: number | null }> {
  const args = ['--conditions=source', '--import=tsx/esm', join(ROOT, 'server/src/main.ts')];
  const environment = {
    API_PORT: '0',
    WEB_PORT: '0',
    PORT: '0',
    SEED_SAMPLES: 'false',
    DATA_DIR: folder,
    LOG_DIR: join(folder, 'logs'),
    TSX_TSCONFIG_PATH: join(ROOT, 'server/tsconfig.json'),
    ...more,
  };
  const child = spawn(process.execPath, args, { cwd: ROOT, env: { PATH: process.env.PATH, ...environment } });
  children.push(child);
  let output = '';
  return new Promise((resolve) => {
    const read = (chunk: Buffer) => {
      output += chunk.toString();
      const api = /API\s+(http:\S+)\/graphql/.exec(output)?.[1];
      if (api && output.includes('Ctrl-C')) resolve({ child, api, output, code: null });
    };
    child.stdout!.on('data', read);
    child.stderr!.on('data', read);
    child.on('close', (code) => resolve({ child, api: '', output, code }));
  });
}

async function query(api: string, document: string, variables = {}): Promise<any> {
  const response = await fetch(`${api}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: document, variables }),
  });
  const { data, errors } = (await response.json()) as { data: any; errors?: unknown };
  if (errors) throw new Error(JSON.stringify(errors));
  return data;
}

async function until<Result>(look: () => Promise<Result | null>): Promise<Result> {
  for (;;) {
    const found = await look();
    if (found !== null) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const bars = `Date,Close\n${Array.from({ length: 1500 }, (_, t) => `${new Date(Date.UTC(2015, 0, 1 + t)).toISOString().slice(0, 10)},${100 + 30 * Math.sin(t / 20)}`).join('\n')}`;

describe('a server', () => {
  it(
    'killed in the middle of a sweep does it again after the next start, once and with the same result',
    { timeout: 120_000 },
    async () => {
      const folder = newFolder();
      const first = await start(folder);
      const { importBars } = await query(
        first.api,
        'mutation($input: ImportBarsInput!) { importBars(input: $input) { run { id } } }',
        { input: { idempotencyKey: 'import-bars-1', symbol: 'W', content: bars } },
      );
      await until(async () =>
        (
          await query(first.api, 'query($id: ID!) { importRun(id: $id) { status } }', {
            id: importBars.run.id,
          })
        ).importRun.status === 'SUCCEEDED'
          ? true
          : null,
      );
      const axes = [
        { parameter: 'fast', from: 2, to: 100, step: 1 },
        { parameter: 'slow', from: 20, to: 120, step: 1 },
      ];
      // Interest keeps the sweep on the reference, which is slow enough to be killed in the middle.
      const costs = { cashRate: 0.01 };
      const input = { idempotencyKey: 'the-sweep-1', strategyId: 'sma-cross', symbol: 'W', axes, costs };
      const START = 'mutation($input: StartSweepInput!) { startSweep(input: $input) { run { id } } }';
      const { startSweep } = await query(first.api, START, { input });
      const { id } = startSweep.run;
      const SWEEP =
        'query($id: ID!) { sweep(id: $id) { status attempt setsDone best { index sharpe } surface(metric: SHARPE) } }';
      await until(async () => ((await query(first.api, SWEEP, { id })).sweep.setsDone > 0 ? true : null));
      first.child.kill('SIGKILL');
      const second = await start(folder);
      const sweep = await until(async () => {
        const found = (await query(second.api, SWEEP, { id })).sweep;
        return found.status === 'SUCCEEDED' || found.status === 'FAILED' ? found : null;
      });
      expect(sweep).toMatchObject({ status: 'SUCCEEDED', attempt: 2, setsDone: 99 * 101 });
      expect((await query(second.api, START, { input })).startSweep.run.id).toBe(id);
      const other = (await query(second.api, START, { input: { ...input, idempotencyKey: 'the-sweep-2' } }))
        .startSweep.run.id;
      const again = await until(async () => {
        const found = (await query(second.api, SWEEP, { id: other })).sweep;
        return found.status === 'SUCCEEDED' ? found : null;
      });
      expect(again.surface).toBe(sweep.surface);
      expect((await query(second.api, '{ sweeps(first: 10) { totalCount } }')).sweeps.totalCount).toBe(2);
      second.child.kill('SIGTERM');
      expect(await new Promise((resolve) => second.child.on('close', resolve))).toBe(0);
    },
  );
});
