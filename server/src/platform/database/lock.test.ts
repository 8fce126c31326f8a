import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DirectoryInUse, DirectoryLock, liveHolder } from './lock.ts';

const LOCK = new URL('./lock.ts', import.meta.url).href;
const HOLD = `const { DirectoryLock } = await import(${JSON.stringify(LOCK)});
try { new DirectoryLock(process.argv[1]).announce('http://127.0.0.1:1'); console.log('held'); setInterval(() => {}, 1000); }
catch (problem) { console.log(problem.name); process.exit(1); }`;

describe('the lock of a data directory', () => {
  let directory: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'ai-trading-lock-'));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  async function holdElsewhere() {
    const child = spawn(process.execPath, ['--input-type=module', '-e', HOLD, directory], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = await once(child.stdout, 'data');
    const end = async () => {
      child.kill('SIGKILL');
      await once(child, 'exit');
    };
    return { child, said: String(line).trim(), end };
  }

  it('refuses a second process and says who holds it and what to do', async () => {
    const other = await holdElsewhere();
    try {
      expect(() => new DirectoryLock(directory)).toThrow(DirectoryInUse);
      expect(() => new DirectoryLock(directory)).toThrow(
        new RegExp(`process ${other.child.pid}.*DATA_DIR`, 's'),
      );
      expect(liveHolder(directory)).toMatchObject({ pid: other.child.pid, apiUrl: 'http://127.0.0.1:1' });
    } finally {
      await other.end();
    }
  });

  it('is refused by the other process too', async () => {
    const lock = new DirectoryLock(directory);
    const other = await holdElsewhere();
    expect(other.said).toBe('DirectoryInUse');
    lock.release();
  });

  it('replaces the lock of a process that was killed', async () => {
    const other = await holdElsewhere();
    await other.end();
    expect(liveHolder(directory)).toBeNull();
    const lock = new DirectoryLock(directory);
    expect(JSON.parse(readFileSync(join(directory, 'database.lock'), 'utf8'))).toMatchObject({
      pid: process.pid,
    });
    lock.release();
    expect(existsSync(join(directory, 'database.lock'))).toBe(false);
  });

  it('tells a process from a former one with the same identifier', async () => {
    const other = await holdElsewhere();
    const file = join(directory, 'database.lock');
    writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), startedAt: '1' }));
    expect(liveHolder(directory)).toBeNull();
    new DirectoryLock(directory).release();
    await other.end();
  });

  it('refuses a second one in the same process', () => {
    const lock = new DirectoryLock(directory);
    expect(() => new DirectoryLock(directory)).toThrow(DirectoryInUse);
    lock.release();
    new DirectoryLock(directory).release();
  });

  it('gives a directory to one of ten processes that ask at once', async () => {
    const stale = { pid: 2 ** 22 + 1, startedAt: '1', host: hostname() };
    writeFileSync(join(directory, 'database.lock'), JSON.stringify(stale));
    const asked = await Promise.all(Array.from({ length: 10 }, holdElsewhere));
    const said = asked.map((one) => one.said);
    await Promise.all(asked.filter((one) => one.child.exitCode === null).map((one) => one.end()));
    expect(said.filter((word) => word === 'held')).toHaveLength(1);
  });

  it('believes a process of another machine while it touches the file, and no longer', () => {
    const file = join(directory, 'database.lock');
    writeFileSync(file, JSON.stringify({ pid: 1, startedAt: '1', host: 'another' }));
    expect(() => new DirectoryLock(directory)).toThrow(/process 1 on another/);
    const longAgo = new Date(Date.now() - 60_000);
    utimesSync(file, longAgo, longAgo);
    new DirectoryLock(directory).release();
    expect(readdirSync(directory)).toEqual([]);
  });
});
