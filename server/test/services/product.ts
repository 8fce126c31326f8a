import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { ROOT } from '../../src/config.ts';

/** The product as a process of its own. */
export interface Product {
  readonly child: ChildProcess;
  /** All it has printed. */
  output(): string;
  /** Resolves with the URLs, empty for what it does not serve, once it is ready; rejects with its output where it ends before. */
  readonly ready: Promise<{ api: string; web: string; dashboard: string }>;
  /** Resolves with the exit code once it has ended. */
  readonly ended: Promise<number | null>;
}

/**
 * Starts the built product (`npm run build`) as `npm start` does, with these variables and none of the caller's that it
 * reads; ports are free ones unless given.
 */
export function startProduct(
  variables: Record<string, string>,
  user: { uid?: number; gid?: number } = {},
): Product {
  const { PATH, HOME } = process.env;
  const ports = { API_PORT: '0', WEB_PORT: '0', PORT: '0', SEED_SAMPLES: 'false', OMP_NUM_THREADS: '1' };
  const child = spawn(process.execPath, [builtFile('main.js')], {
    ...user,
    cwd: ROOT,
    env: { PATH, HOME, MALLOC_ARENA_MAX: '2', ...ports, ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  const ended = new Promise<number | null>((done) => child.on('close', (code) => done(code)));
  const ready = new Promise<{ api: string; web: string; dashboard: string }>((done, fail) => {
    const take = (chunk: Buffer) => {
      text += chunk;
      if (!text.includes('Ctrl-C stops it.')) return;
      const url = (name: string) => new RegExp(`^ {2}${name} +(http:\\S+)$`, 'm').exec(text)?.[1] ?? '';
      done({ api: url('API').replace('/graphql', ''), web: url('Web'), dashboard: url('Dashboard') });
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    void ended.then((code) =>
      fail(new Error(`expected the product to start, was an end with ${code}:\n${text}`)),
    );
  });
  ready.catch(() => undefined);
  return { child, output: () => text, ready, ended };
}

/** A file of the built server; throws where nothing is built. */
export function builtFile(name: string): string {
  const file = resolve(ROOT, 'server/dist', name);
  if (!existsSync(file)) throw new Error(`expected ${file}, which npm run build makes, was none`);
  return file;
}
