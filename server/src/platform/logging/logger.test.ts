import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openLog } from './logger.ts';

describe('the log', () => {
  let directory: string;
  beforeEach(() => {
    directory = join(mkdtempSync(join(tmpdir(), 'ai-trading-log-')), 'made', 'here');
    vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  });
  afterEach(() => {
    vi.restoreAllMocks();
    rmSync(join(directory, '../..'), { recursive: true, force: true });
  });

  it('has every line of its level in a file of the folder once it is closed, without secrets', async () => {
    const { logger, close } = await openLog(directory, 'info');
    logger.debug('hidden');
    logger.info({ password: 'hush', request: { headers: { authorization: 'hush' } }, rows: 3 }, 'imported');
    logger.child({ requestId: 'r1' }).error({ err: new Error('broken') }, 'failed');
    await close();
    const [name] = readdirSync(directory);
    expect(name).toMatch(/^server.*\.log$/);
    const text = readFileSync(join(directory, name), 'utf8');
    const lines = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map(({ msg }) => msg)).toEqual(['imported', 'failed']);
    expect(lines[0]).toMatchObject({ level: 30, rows: 3, password: '[Redacted]' });
    expect(lines[1]).toMatchObject({ requestId: 'r1', err: { message: 'broken' } });
    expect(text).not.toContain('hush');
  });

  it('has a file of its own in a folder that processes share', async () => {
    const logs = await Promise.all(['api', 'web'].map((name) => openLog(directory, 'info', name)));
    for (const { close } of logs) await close();
    expect(readdirSync(directory).toSorted()).toEqual(['api.1.log', 'web.1.log']);
  });
});
