import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadConfig, parseConfig, ROOT } from './config.ts';

// The environment file of the Docker guide, as its readers have it.
const GUIDE = {
  POSTGRES_DB: 'ai_trading',
  POSTGRES_USER: 'ai_trading',
  POSTGRES_PASSWORD: 'changeme',
  HOST: '0.0.0.0',
  PORT: '8050',
  DASH_DEBUG: 'true',
  FLASK_ENV: 'development',
  FLASK_DEBUG: '1',
  API_URL: 'http://dashboard:8000',
  NVIDIA_VISIBLE_DEVICES: 'all',
  OMP_NUM_THREADS: '8',
  PYTORCH_CUDA_ALLOC_CONF: 'max_split_size_mb:512',
};

describe('the configuration', () => {
  it('has a default for everything', () => {
    expect(parseConfig({})).toMatchObject({
      host: '127.0.0.1',
      apiPort: 8000,
      webPort: 5000,
      dashboardPort: 8050,
      dataDirectory: `${ROOT}data`,
      logDirectory: `${ROOT}logs`,
      modelsDirectory: `${ROOT}models`,
      databaseUrl: null,
      logLevel: 'info',
      notices: [],
    });
  });

  it('accepts the whole file of the guide, on loopback and without a database server', () => {
    const config = parseConfig(GUIDE);
    expect(config).toMatchObject({
      host: '127.0.0.1',
      dashboardPort: 8050,
      databaseUrl: null,
      logLevel: 'debug',
      computeThreads: 8,
    });
    const notices = config.notices.join('\n');
    for (const name of [
      'HOST=0.0.0.0',
      'DASH_DEBUG',
      'API_URL',
      'NVIDIA_VISIBLE_DEVICES',
      'PYTORCH_CUDA_ALLOC_CONF',
    ]) {
      expect(notices).toContain(name);
    }
    expect(notices).not.toContain('changeme');
  });

  it('names every bad variable, its value and what was expected in one message', () => {
    const bad = {
      API_PORT: 'eighty',
      WEB_PORT: '70000',
      OMP_NUM_THREADS: '0',
      LOG_LEVEL: 'loud',
      REDIS_URL: 'localhost:6379',
      COMPUTE_URL: 'http://gpu',
      DATABASE_URL: 'mysql://x',
    };
    let message = '';
    try {
      parseConfig(bad);
    } catch (problem) {
      message = (problem as Error).message;
    }
    const lines = message
      .split('\n')
      .slice(1)
      .map((line) => line.trim());
    expect(lines.toSorted()).toEqual([
      'API_PORT: expected a port from 0 to 65535, was "eighty"',
      'COMPUTE_URL: expected no value, because computing happens in this process, was "http://gpu"',
      'DATABASE_URL: expected a URL such as postgresql://user:password@host:5432/database, was "mysql://x"',
      'LOG_LEVEL: expected trace, debug, info, warn, error or fatal, was "loud"',
      'OMP_NUM_THREADS: expected a whole number from 1 to 1024, was "0"',
      'REDIS_URL: expected a URL such as redis://host:6379, was "localhost:6379"',
      'WEB_PORT: expected a port from 0 to 65535, was "70000"',
    ]);
  });

  it.each([
    [{ DATABASE_URL: 'postgres://a:b@c:1/d' }, 'postgres://a:b@c:1/d'],
    [
      { POSTGRES_HOST: 'db', POSTGRES_PASSWORD: 'p@ss/word' },
      'postgresql://ai_trading:p%40ss%2Fword@db:5432/ai_trading',
    ],
    [{ POSTGRES_DB: 'x', POSTGRES_USER: 'y', POSTGRES_PASSWORD: 'z', POSTGRES_PORT: '1' }, null],
  ])('selects the database by %o', (environment, url) => {
    expect(parseConfig(environment).databaseUrl).toBe(url);
  });

  it('takes DASHBOARD_PORT before its alias PORT', () => {
    expect(parseConfig({ PORT: '9000' }).dashboardPort).toBe(9000);
    expect(parseConfig({ PORT: '9000', DASHBOARD_PORT: '9001' }).dashboardPort).toBe(9001);
  });

  it('wants three different ports, or any free ones', () => {
    expect(() => parseConfig({ API_PORT: '9000', WEB_PORT: '9000', PORT: '9000' })).toThrow(
      /WEB_PORT: expected another port than API_PORT, was "9000"\n {2}PORT: expected another port than API_PORT, was "9000"/,
    );
    expect(parseConfig({ API_PORT: '0', WEB_PORT: '0', PORT: '0' })).toMatchObject({
      apiPort: 0,
      webPort: 0,
      dashboardPort: 0,
    });
  });

  it('treats an empty variable as one that is not set', () => {
    expect(parseConfig({ API_PORT: '', HOST: '', DATABASE_URL: '' })).toMatchObject({
      apiPort: 8000,
      databaseUrl: null,
    });
  });

  it('lets LOG_LEVEL win over the debug flags', () => {
    expect(parseConfig({ FLASK_DEBUG: '1', LOG_LEVEL: 'warn' }).logLevel).toBe('warn');
    expect(parseConfig({ FLASK_DEBUG: '0', DASH_DEBUG: 'false' }).logLevel).toBe('info');
  });

  it('reads a file under the environment, which wins', () => {
    const folder = mkdtempSync(join(tmpdir(), 'ai-trading-config-'));
    const file = join(folder, '.env');
    writeFileSync(file, '# ports\nAPI_PORT=9000\nWEB_PORT="9001" # quoted\n');
    expect(loadConfig({ API_PORT: '9009' }, file)).toMatchObject({ apiPort: 9009, webPort: 9001 });
    rmSync(folder, { recursive: true });
    expect(loadConfig({}, file).apiPort).toBe(8000);
  });

  it('keeps absolute folders and cannot be changed', () => {
    const config = parseConfig({ DATA_DIR: '/srv/data' });
    expect(config.dataDirectory).toBe('/srv/data');
    expect(Object.isFrozen(config)).toBe(true);
  });
});
