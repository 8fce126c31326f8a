import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseEnv } from 'node:util';
import { z } from 'zod';

/** The repository's root: relative folders are resolved against it. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** How this installation runs; read once, at the start. */
export interface Config {
  readonly host: string;
  readonly apiPort: number;
  readonly webPort: number;
  readonly dashboardPort: number;
  readonly dataDirectory: string;
  readonly logDirectory: string;
  readonly modelsDirectory: string;
  /** A PostgreSQL connection URL, or null for the embedded database. */
  readonly databaseUrl: string | null;
  /** A Redis server that carries events between processes, or null for this process alone. */
  readonly redisUrl: string | null;
  readonly logLevel: string;
  readonly computeThreads: number;
  /** Put the sample data into an empty installation. */
  readonly seedSamples: boolean;
  /** What to tell the person who started it. */
  readonly notices: readonly string[];
}

type Environment = Readonly<Record<string, string | undefined>>;

const port = (fallback: number) => z.coerce.number('a number').int().min(0).max(65_535).default(fallback);

const schema = z.object({
  HOST: z.string().min(1).default('127.0.0.1'),
  API_PORT: port(8000),
  WEB_PORT: port(5000),
  DASHBOARD_PORT: port(8050),
  DATA_DIR: z.string().min(1).default('data'),
  LOG_DIR: z.string().min(1).default('logs'),
  MODELS_DIR: z.string().min(1).default('models'),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  POSTGRES_HOST: z.string().min(1).optional(),
  POSTGRES_PORT: port(5432),
  POSTGRES_DB: z.string().min(1).default('ai_trading'),
  POSTGRES_USER: z.string().min(1).default('ai_trading'),
  POSTGRES_PASSWORD: z.string().default(''),
  REDIS_URL: z.url({ protocol: /^rediss?$/ }).optional(),
  COMPUTE_URL: z.undefined().optional(),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal']).optional(),
  OMP_NUM_THREADS: z.coerce.number().int().min(1).max(1024).optional(),
  SEED_SAMPLES: z.enum(['true', 'false']).default('true'),
});

const EXPECTED: Readonly<Record<string, string>> = {
  DATABASE_URL: 'a URL such as postgresql://user:password@host:5432/database',
  REDIS_URL: 'a URL such as redis://host:6379',
  COMPUTE_URL: 'no value, because computing happens in this process',
  LOG_LEVEL: 'trace, debug, info, warn, error or fatal',
  OMP_NUM_THREADS: 'a whole number from 1 to 1024',
  SEED_SAMPLES: 'true or false',
};

/** Reads the environment, with the file .env at the root under it: what is set in both comes from the environment. */
export function loadConfig(environment: Environment = process.env, file = resolve(ROOT, '.env')): Config {
  const fromFile = existsSync(file) ? parseEnv(readFileSync(file, 'utf8')) : {};
  return parseConfig({ ...fromFile, ...environment });
}

/** Validates the environment; one error names every bad variable, its value and what was expected. */
export function parseConfig(environment: Environment): Config {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  // PORT is the guide's name for the dashboard's port.
  const alias = given.PORT !== undefined && given.DASHBOARD_PORT === undefined ? 'PORT' : 'DASHBOARD_PORT';
  const parsed = schema
    .superRefine(expectDistinctPorts)
    .safeParse({ ...given, DASHBOARD_PORT: given[alias] });
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => {
      const name = issue.path[0] === 'DASHBOARD_PORT' ? alias : String(issue.path[0]);
      const expected =
        issue.code === 'custom'
          ? issue.message
          : (EXPECTED[name] ?? (name.endsWith('PORT') ? 'a port from 0 to 65535' : issue.message));
      return `  ${name}: expected ${expected}, was ${JSON.stringify(environment[name])}`;
    });
    throw new Error(`The environment (or .env) has values that cannot be used:\n${lines.join('\n')}`);
  }
  const values = parsed.data;
  const host = loopbackOnly(values.HOST);
  return Object.freeze({
    host,
    apiPort: values.API_PORT,
    webPort: values.WEB_PORT,
    dashboardPort: values.DASHBOARD_PORT,
    dataDirectory: resolve(ROOT, values.DATA_DIR),
    logDirectory: resolve(ROOT, values.LOG_DIR),
    modelsDirectory: resolve(ROOT, values.MODELS_DIR),
    databaseUrl: databaseUrl(values),
    redisUrl: values.REDIS_URL ?? null,
    logLevel: values.LOG_LEVEL ?? (isDebugAsked(given) ? 'debug' : 'info'),
    computeThreads: values.OMP_NUM_THREADS ?? availableParallelism(),
    seedSamples: values.SEED_SAMPLES === 'true',
    notices: noticesOf(given, values.HOST, host),
  });
}

function expectDistinctPorts(values: z.infer<typeof schema>, context: z.RefinementCtx): void {
  const names = ['API_PORT', 'WEB_PORT', 'DASHBOARD_PORT'] as const;
  names.forEach((name, index) => {
    const other = names
      .slice(0, index)
      .find((earlier) => values[earlier] === values[name] && values[name] !== 0);
    if (other) context.addIssue({ code: 'custom', path: [name], message: `another port than ${other}` });
  });
}

function databaseUrl(values: z.infer<typeof schema>): string | null {
  if (values.DATABASE_URL) return values.DATABASE_URL;
  if (!values.POSTGRES_HOST) return null;
  const user = encodeURIComponent(values.POSTGRES_USER);
  const password = encodeURIComponent(values.POSTGRES_PASSWORD);
  const place = `${values.POSTGRES_HOST}:${values.POSTGRES_PORT}/${values.POSTGRES_DB}`;
  return `postgresql://${user}:${password}@${place}`;
}

// Without accounts there is no login, so no other machine may reach the listeners.
function loopbackOnly(host: string): string {
  return ['127.0.0.1', '::1', 'localhost'].includes(host) ? host : '127.0.0.1';
}

function isDebugAsked(given: Environment): boolean {
  const isOn = (name: string) => ['1', 'true', 'yes', 'on'].includes((given[name] ?? '').toLowerCase());
  return isOn('DASH_DEBUG') || isOn('FLASK_DEBUG') || given.FLASK_ENV === 'development';
}

function noticesOf(given: Environment, asked: string, host: string): string[] {
  const notices: string[] = [];
  if (asked !== host) {
    notices.push(
      `HOST=${asked} would open this installation to the network, which needs accounts; listening on ${host} only.`,
    );
  }
  if (isDebugAsked(given))
    notices.push(
      'A debug flag is set (DASH_DEBUG, FLASK_DEBUG or FLASK_ENV): the log level is debug unless LOG_LEVEL says otherwise.',
    );
  const unused = ['API_URL', 'NVIDIA_VISIBLE_DEVICES', 'PYTORCH_CUDA_ALLOC_CONF'].filter(
    (name) => given[name],
  );
  if (unused.length > 0) notices.push(`Set but without effect in this version: ${unused.join(', ')}.`);
  return notices;
}
