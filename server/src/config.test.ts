import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
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

  it('accepts the whole file of the guide, with logins and without a database server', () => {
    const config = parseConfig(GUIDE);
    expect(config).toMatchObject({
      host: '0.0.0.0',
      isLoginNeeded: true,
      dashboardPort: 8050,
      databaseUrl: null,
      logLevel: 'debug',
      computeThreads: 8,
      cuda: { visibleDevices: 'all', memoryMaximumBytes: 512 * 2 ** 20 },
    });
    expect(config.notices).toEqual([
      'A debug flag is set (DASH_DEBUG, FLASK_DEBUG or FLASK_ENV): the log level is debug unless LOG_LEVEL says otherwise.',
      'API_URL is set but without effect here: the API is in this process.',
      "PYTORCH_CUDA_ALLOC_CONF: a sweep or a simulation holds at most 512 MiB of a GPU's memory.",
    ]);
  });

  it('accepts the example, with every line of it in effect', () => {
    const example = readFileSync(`${ROOT}.env.example`, 'utf8');
    expect(parseConfig(parseEnv(example))).toMatchObject({ host: '0.0.0.0', dashboardPort: 8050 });
    const all = parseConfig(parseEnv(example.replace(/^#(?=[A-Z_]+=)/gm, '')));
    expect(all).toMatchObject({ apiPort: 8000, computeThreads: 8, logLevel: 'info', databaseUrl: null });
  });

  it('names every bad variable, its value and what was expected in one message', () => {
    const bad = {
      API_PORT: 'eighty',
      WEB_PORT: '70000',
      OMP_NUM_THREADS: '0',
      LOG_LEVEL: 'loud',
      PYTORCH_CUDA_ALLOC_CONF: 'max_split_size_mb:half',
      REDIS_URL: 'localhost:6379',
      COMPUTE_URL: 'http://gpu:8100, gpu',
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
      'COMPUTE_URL: expected URLs such as http://host:8100, with commas between them, was "http://gpu:8100, gpu"',
      'DATABASE_URL: expected a URL such as postgresql://user:password@host:5432/database, was "mysql://x"',
      'LOG_LEVEL: expected trace, debug, info, warn, error or fatal, was "loud"',
      'OMP_NUM_THREADS: expected a whole number from 1 to 1024, was "0"',
      'PYTORCH_CUDA_ALLOC_CONF: expected max_split_size_mb:N with a whole number of MiB from 1, was "max_split_size_mb:half"',
      'REDIS_URL: expected a URL such as redis://host:6379, was "localhost:6379"',
      'WEB_PORT: expected a port from 0 to 65535, was "70000"',
    ]);
  });

  it('tells no secret where it names a bad variable', () => {
    const secret = 'hunter2';
    const bad = {
      SECRET_KEY: secret,
      ALERT_WEBHOOK_SECRET: secret,
      DATABASE_URL: `mysql://owner:${secret}@db/trading`,
      REDIS_URL: `http://:p/,${secret}@redis:6379`,
      SMTP_URL: `smtp.example.com:${secret}@587`,
      COMPUTE_URL: `http://gpu:8100, ftp://me:${secret}@gpu:8100`,
    };
    expect(() => parseConfig(bad)).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining(secret) }),
    );
    expect(() => parseConfig(bad)).toThrow(
      /SECRET_KEY: expected at least 32 characters, was a text of 7 characters\n.*was "\*\*\*@db\/trading"/s,
    );
    expect(() => parseConfig(bad)).toThrow('was "http://gpu:8100, ***@gpu:8100"');
  });

  it('wants no password in the address of a compute service, which could not be asked then', () => {
    expect(() => parseConfig({ COMPUTE_URL: 'http://one:8100, http://me:hunter2@two:8100' })).toThrow(
      /COMPUTE_URL: expected URLs without a name and a password \(COMPUTE_TOKEN is the secret\), was "http:\/\/one:8100, \*\*\*@two:8100"$/,
    );
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

  it('computes in this process or by services with a secret', () => {
    expect(parseConfig({})).toMatchObject({ computeUrls: [], computeToken: null });
    const given = { COMPUTE_URL: 'http://one:8100, https://two', COMPUTE_TOKEN: 'secret' };
    expect(parseConfig(given)).toMatchObject({
      computeUrls: ['http://one:8100', 'https://two'],
      computeToken: 'secret',
    });
  });

  it('divides API and work only where both see the same runs', () => {
    const shared = { DATABASE_URL: 'postgres://a:b@c:1/d', REDIS_URL: 'redis://e' };
    const roles = ['both', 'only', 'none'].map((WORKER) => parseConfig({ ...shared, WORKER }).role);
    expect(roles).toEqual(['both', 'worker', 'api']);
    expect(parseConfig({}).role).toBe('both');
    for (const missing of [
      { ...shared, REDIS_URL: '' },
      { ...shared, DATABASE_URL: '' },
    ]) {
      expect(() => parseConfig({ ...missing, WORKER: 'none' })).toThrow(
        'WORKER: expected both, unless DATABASE_URL (or POSTGRES_HOST) and REDIS_URL are set, was "none"',
      );
    }
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

  it('gives PORT to the one surface that a process serves', () => {
    const api = { API_URL: 'http://api:8000' };
    expect(parseConfig({ SURFACE: 'api', PORT: '9000' })).toMatchObject({
      apiPort: 9000,
      dashboardPort: 8050,
    });
    expect(parseConfig({ SURFACE: 'web', PORT: '9000', ...api }).webPort).toBe(9000);
    expect(parseConfig({ SURFACE: 'dashboard', PORT: '9000', ...api }).dashboardPort).toBe(9000);
    expect(parseConfig({ SURFACE: 'visuals', PORT: '9000', ...api }).visualsPort).toBe(9000);
    expect(parseConfig({ SURFACE: 'visuals', ...api })).toMatchObject({
      visualsPort: 8501,
      apiUrl: 'http://api:8000',
    });
    // The ports of other processes are on other machines.
    expect(parseConfig({ SURFACE: 'api', DASHBOARD_PORT: '5000' })).toMatchObject({ dashboardPort: 5000 });
  });

  it('wants to know where the API is that is another process', () => {
    expect(() => parseConfig({ SURFACE: 'web' })).toThrow(
      '  API_URL: expected a URL such as http://api:8000, because SURFACE=web has the API in another process, was undefined',
    );
    expect(parseConfig({ SURFACE: 'web', API_URL: 'http://other:1' })).toMatchObject({
      apiUrl: 'http://other:1',
      notices: [],
    });
    const guide = parseConfig({ SURFACE: 'dashboard', API_URL: 'http://dashboard:8000' });
    expect(guide.apiUrl).toBe('http://api:8000');
    expect(guide.notices.join()).toContain('using http://api:8000');
    expect(parseConfig({ SURFACE: 'api', API_URL: 'http://api:8000' }).apiUrl).toBeNull();
  });

  it('needs logins as soon as another machine may reach it, and any name will do then', () => {
    expect(parseConfig({})).toMatchObject({ isLoginNeeded: false, allowedHosts: [] });
    expect(parseConfig({ LOGIN: 'required' })).toMatchObject({ isLoginNeeded: true, allowedHosts: null });
    expect(parseConfig({ HOST: '0.0.0.0' })).toMatchObject({
      host: '0.0.0.0',
      isLoginNeeded: true,
      allowedHosts: null,
      trustedProxies: ['loopback'],
      notices: [],
    });
    expect(() => parseConfig({ TRUSTED_PROXIES: 'loopback, 10.0.0.0/33' })).toThrow(
      'TRUSTED_PROXIES: expected addresses, networks, names of hosts, loopback or uniquelocal, with commas between them, was "loopback, 10.0.0.0/33"',
    );
    const proxied = { ALLOWED_HOSTS: 'trading.lan, Desk.lan', TRUSTED_PROXIES: '10.0.0.0/8, ::1' };
    expect(parseConfig(proxied)).toMatchObject({
      host: '127.0.0.1',
      isLoginNeeded: true,
      allowedHosts: ['trading.lan', 'desk.lan'],
      trustedProxies: ['10.0.0.0/8', '::1'],
    });
    expect(parseConfig({ ...proxied, LOGIN: 'none' })).toMatchObject({
      isLoginNeeded: false,
      notices: [
        'LOGIN=none with ALLOWED_HOSTS=trading.lan, desk.lan: whoever a proxy lets through may read and change everything.',
      ],
    });
  });

  it('refuses to go without logins where another machine may reach it', () => {
    expect(() => parseConfig({ HOST: '0.0.0.0', LOGIN: 'none' })).toThrow(
      'LOGIN: expected required with HOST=0.0.0.0: without logins only this machine may reach it (HOST=127.0.0.1), was "none"',
    );
    expect(() => parseConfig({ ALLOWED_HOSTS: '*' })).toThrow(
      /ALLOWED_HOSTS: expected names separated by commas.*was "\*"/,
    );
    expect(parseConfig({ TRUSTED_NETWORK: 'true' }).notices).toEqual([
      'TRUSTED_NETWORK has no effect any more: other machines may reach what HOST opens, by a login.',
    ]);
  });

  it('warns of the password of the example where a server is used', () => {
    const password = { POSTGRES_PASSWORD: 'changeme' };
    expect(parseConfig(password).notices).toEqual([]);
    expect(parseConfig({ ...password, POSTGRES_HOST: 'db' }).notices).toEqual([
      'POSTGRES_PASSWORD is the one of the example: choose one of your own.',
    ]);
  });

  it('keeps uploads with the data unless they have a folder of their own', () => {
    expect(parseConfig({ DATA_DIR: '/d' }).uploadDirectory).toBe('/d/uploads');
    expect(parseConfig({ DATA_DIR: '/d', UPLOAD_DIR: '/u' }).uploadDirectory).toBe('/u');
  });

  it('treats an empty variable as one that is not set', () => {
    expect(parseConfig({ API_PORT: '', HOST: '', DATABASE_URL: '' })).toMatchObject({
      apiPort: 8000,
      databaseUrl: null,
    });
  });

  it('limits what callers may spend and read, unless told otherwise', () => {
    const { costPerMinute, isIntrospectable } = parseConfig({});
    expect([costPerMinute, isIntrospectable]).toEqual([2_000_000, true]);
    const told = parseConfig({ COST_PER_MINUTE: '0', INTROSPECTION: 'false' });
    expect([told.costPerMinute, told.isIntrospectable]).toEqual([0, false]);
    expect(() => parseConfig({ COST_PER_MINUTE: '-1' })).toThrow(
      'COST_PER_MINUTE: expected a whole number from 0, which is no limit, was "-1"',
    );
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

describe('an identity provider', () => {
  it('is none until it is named', () => {
    expect(parseConfig({}).identityProvider).toBeNull();
  });

  it('neither links by e-mail address nor makes users unless told so', () => {
    const environment = { OIDC_ISSUER: 'https://login.example.com', OIDC_CLIENT_ID: 'trading' };
    expect(parseConfig(environment).identityProvider).toEqual({
      issuer: 'https://login.example.com',
      clientId: 'trading',
      clientSecret: null,
      name: 'Single sign-on',
      linksByEmail: false,
      createsUsers: false,
    });
  });

  it('is told with both its issuer and a client', () => {
    expect(() => parseConfig({ OIDC_ISSUER: 'https://login.example.com' })).toThrow(
      'OIDC_CLIENT_ID: expected a value, because OIDC_ISSUER is set, was undefined',
    );
    expect(() => parseConfig({ OIDC_CLIENT_ID: 'trading' })).toThrow(
      'OIDC_ISSUER: expected a value, because OIDC_CLIENT_ID is set, was undefined',
    );
  });

  it('is warned about where others may listen', () => {
    const notices = (OIDC_ISSUER: string) =>
      parseConfig({ OIDC_ISSUER, OIDC_CLIENT_ID: 'trading' }).notices.filter((one) => one.includes('OIDC'));
    expect(notices('http://login.example.com')).toEqual([
      'OIDC_ISSUER=http://login.example.com: whoever listens between this machine and it can log in as anybody; use https.',
    ]);
    expect(notices('http://localhost:8080')).toEqual([]);
    expect(notices('https://login.example.com')).toEqual([]);
  });
});
