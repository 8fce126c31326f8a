import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseEnv } from 'node:util';
import {
  type CudaSettings,
  MEMORY_EXPECTED,
  memoryMaximumOf,
  memoryNotice,
} from '@ai-trading/compute/cuda-settings';
import { z } from 'zod';
import type { PagesSurface } from './platform/http/pages.ts';
import { isProxy } from './platform/http/trusted-proxies.ts';

/** The repository's root: relative folders are resolved against it. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** The product's version. */
export const VERSION = '0.1.0';

/** The folder that a command was called in, from which the paths it is given are meant; npm itself works in the project's. */
export const CALLED_FROM = process.env.INIT_CWD ?? '.';

/** What a listener is for. */
export type Surface = 'api' | PagesSurface;

/** How this installation runs; read once, at the start. */
export interface Config {
  /** What this process serves: everything, the API with its work, or the pages of one surface. */
  readonly surface: 'all' | Surface;
  /** Where the API is that the pages of another process talk to; null where it is this process. */
  readonly apiUrl: string | null;
  readonly host: string;
  /** Whether one must log in: always, unless only this machine can reach the listeners. */
  readonly isLoginNeeded: boolean;
  /** What seals stored secrets; null for a key in the data folder. */
  readonly secretKey: string | null;
  /** The identity provider that people may log in by, or null. */
  readonly identityProvider: {
    readonly issuer: string;
    readonly clientId: string;
    readonly clientSecret: string | null;
    readonly name: string;
    readonly linksByEmail: boolean;
    readonly createsUsers: boolean;
  } | null;
  /** Names beside this machine's own under which the listeners may be asked; null for any. */
  readonly allowedHosts: readonly string[] | null;
  /** Proxies whose word on where a request came from is taken. */
  readonly trustedProxies: readonly string[];
  readonly apiPort: number;
  readonly webPort: number;
  readonly dashboardPort: number;
  readonly visualsPort: number;
  readonly dataDirectory: string;
  /** Where bars are kept as files; what is there can be made again. */
  readonly barDirectory: string;
  /** Where files sent for an import are kept until they are used. */
  readonly uploadDirectory: string;
  readonly logDirectory: string;
  readonly modelsDirectory: string;
  /** Where backups are written, how often (0: only when asked) and how many are kept. */
  readonly backupDirectory: string;
  readonly backupHours: number;
  readonly backupsKept: number;
  /** Whether backups hold the key that seals secrets, where it is a file. */
  readonly backupHasSecretKey: boolean;
  /** Services that may be asked for prices, and the hours between two looks. */
  readonly priceProviders: readonly ('yahoo' | 'ccxt' | 'ecb')[];
  readonly priceRefreshHours: number;
  /** Days that ended runs are kept; 0 for ever. */
  readonly runRetentionDays: number;
  /** An OpenTelemetry collector that spans are sent to, or null for none. */
  readonly traceEndpoint: string | null;
  /** How alerts leave the installation. */
  readonly alerts: {
    readonly webhookHosts: readonly string[];
    readonly webhookSecret: string | null;
    readonly smtpUrl: string | null;
    readonly mailFrom: string;
  };
  /** What the import command shows to a server with logins. */
  readonly apiToken: string | null;
  /** A PostgreSQL connection URL, or null for the embedded database. */
  readonly databaseUrl: string | null;
  /** A Redis server that carries events between processes, or null for this process alone. */
  readonly redisUrl: string | null;
  /** Compute services of their own; none for worker threads in this process. */
  readonly computeUrls: readonly string[];
  /** The secret those expect. */
  readonly computeToken: string | null;
  /** Whether this process works on runs, answers questions, or both. */
  readonly role: 'both' | 'worker' | 'api';
  /** What one caller may spend in a minute, in units of the cost of operations; 0 for no limit. */
  readonly costPerMinute: number;
  /** Whether callers may read the schema. */
  readonly isIntrospectable: boolean;
  /** The documents of the web pages, which they ask for by id. */
  readonly documentsFile: string;
  readonly logLevel: string;
  readonly computeThreads: number;
  /** What may be used of GPUs. */
  readonly cuda: CudaSettings;
  /** Put the sample data into an empty installation. */
  readonly seedSamples: boolean;
  /** What to tell the person who started it. */
  readonly notices: readonly string[];
}

/** The variable with the port of a process that serves one surface. */
const PORTS = {
  api: 'API_PORT',
  web: 'WEB_PORT',
  dashboard: 'DASHBOARD_PORT',
  visuals: 'VISUALS_PORT',
} as const;

type Environment = Readonly<Record<string, string | undefined>>;

const port = (fallback: number) => z.coerce.number('a number').int().min(0).max(65_535).default(fallback);

const flag = (fallback: 'true' | 'false') =>
  z
    .enum(['true', 'false', '1', '0'])
    .default(fallback)
    .transform((value) => value === 'true' || value === '1');

const names = () =>
  z
    .string()
    .regex(/^[\w.:[\]-]+(\s*,\s*[\w.:[\]-]+)*$/)
    .transform((text) => text.toLowerCase().split(/\s*,\s*/));

const PROXIES_EXPECTED =
  'addresses, networks, names of hosts, loopback or uniquelocal, with commas between them';

const COMPUTE_EXPECTED = 'URLs without a name and a password (COMPUTE_TOKEN is the secret)';
const hasNoPassword = (url: string) => !URL.canParse(url) || new URL(url).username === '';

const schema = z.object({
  SURFACE: z.enum(['all', 'api', 'web', 'dashboard', 'visuals']).default('all'),
  API_URL: z.url({ protocol: /^http$/ }).optional(),
  LOGIN: z.enum(['required', 'none']).optional(),
  SECRET_KEY: z.string().min(32).optional(),
  OIDC_ISSUER: z.url({ protocol: /^https?$/ }).optional(),
  OIDC_CLIENT_ID: z.string().min(1).optional(),
  OIDC_CLIENT_SECRET: z.string().min(1).optional(),
  OIDC_NAME: z.string().min(1).max(60).default('Single sign-on'),
  OIDC_LINK_BY_EMAIL: flag('false'),
  OIDC_CREATE_USERS: flag('false'),
  ALLOWED_HOSTS: names().default([]),
  TRUSTED_PROXIES: z
    .string()
    .transform((text) => text.trim().split(/\s*,\s*/))
    .pipe(z.array(z.string().refine(isProxy, PROXIES_EXPECTED)))
    .default(['loopback']),
  HOST: z.string().min(1).default('127.0.0.1'),
  API_PORT: port(8000),
  WEB_PORT: port(5000),
  DASHBOARD_PORT: port(8050),
  VISUALS_PORT: port(8501),
  DATA_DIR: z.string().min(1).default('data'),
  UPLOAD_DIR: z.string().min(1).optional(),
  LOG_DIR: z.string().min(1).default('logs'),
  MODELS_DIR: z.string().min(1).default('models'),
  PRICE_PROVIDERS: z
    .string()
    .transform((list) => list.toLowerCase().split(/\s*,\s*/))
    .pipe(z.array(z.enum(['yahoo', 'ccxt', 'ecb'])))
    .default([]),
  PRICE_REFRESH_HOURS: z.coerce.number().min(0.1).max(720).default(12),
  RUN_RETENTION_DAYS: z.coerce.number().int().min(0).max(36_500).default(0),
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url({ protocol: /^https?$/ }).optional(),
  ALERT_WEBHOOK_HOSTS: names().default([]),
  ALERT_WEBHOOK_SECRET: z.string().min(16).optional(),
  SMTP_URL: z.url({ protocol: /^smtps?$/ }).optional(),
  MAIL_FROM: z.string().min(1).default('AI Trading <ai-trading@localhost>'),
  BACKUP_DIR: z.string().min(1).optional(),
  BACKUP_HOURS: z.coerce.number().min(0).max(8_760).default(24),
  BACKUP_KEEP: z.coerce.number().int().min(1).max(1_000).default(7),
  BACKUP_SECRET_KEY: flag('true'),
  API_TOKEN: z.string().min(1).optional(),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  POSTGRES_HOST: z.string().min(1).optional(),
  POSTGRES_PORT: port(5432),
  POSTGRES_DB: z.string().min(1).default('ai_trading'),
  POSTGRES_USER: z.string().min(1).default('ai_trading'),
  POSTGRES_PASSWORD: z.string().default(''),
  REDIS_URL: z.url({ protocol: /^rediss?$/ }).optional(),
  COMPUTE_URL: z
    .string()
    .transform((list) => list.split(',').map((url) => url.trim()))
    .pipe(z.array(z.url({ protocol: /^https?$/ }).refine(hasNoPassword, COMPUTE_EXPECTED)))
    .optional(),
  COMPUTE_TOKEN: z.string().min(1).optional(),
  WORKER: z.enum(['both', 'only', 'none']).default('both'),
  COST_PER_MINUTE: z.coerce.number().int().min(0).default(2_000_000),
  INTROSPECTION: flag('true'),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal']).optional(),
  PYTORCH_CUDA_ALLOC_CONF: z
    .string()
    .refine((allocation) => memoryMaximumOf(allocation) > 0, MEMORY_EXPECTED)
    .optional(),
  OMP_NUM_THREADS: z.coerce.number().int().min(1).max(1024).optional(),
  SEED_SAMPLES: flag('true'),
});

const EXPECTED: Readonly<Record<string, string>> = {
  SURFACE: 'all, api, web, dashboard or visuals',
  API_URL: 'a URL such as http://api:8000',
  LOGIN: 'required or none',
  SECRET_KEY: 'at least 32 characters',
  OIDC_ISSUER: 'a URL such as https://login.example.com',
  OIDC_NAME: 'a name of at most 60 characters',
  OIDC_LINK_BY_EMAIL: 'true or false',
  OIDC_CREATE_USERS: 'true or false',
  ALLOWED_HOSTS: 'names separated by commas, such as trading.example',
  TRUSTED_PROXIES: PROXIES_EXPECTED,
  DATABASE_URL: 'a URL such as postgresql://user:password@host:5432/database',
  REDIS_URL: 'a URL such as redis://host:6379',
  COMPUTE_URL: 'URLs such as http://host:8100, with commas between them',
  WORKER: 'both, only or none',
  COST_PER_MINUTE: 'a whole number from 0, which is no limit',
  INTROSPECTION: 'true or false',
  PRICE_PROVIDERS: 'some of yahoo, ccxt and ecb, separated by commas',
  PRICE_REFRESH_HOURS: 'a number of hours from 0.1 to 720',
  RUN_RETENTION_DAYS: 'a whole number of days from 0 (for ever) to 36500',
  OTEL_EXPORTER_OTLP_ENDPOINT: 'a URL such as http://localhost:4318',
  ALERT_WEBHOOK_HOSTS: 'names separated by commas, such as hooks.example.com',
  ALERT_WEBHOOK_SECRET: 'at least 16 characters',
  SMTP_URL: 'a URL such as smtp://user:password@mail.example.com:587',
  BACKUP_HOURS: 'a number of hours from 0 (never) to 8760',
  BACKUP_KEEP: 'a whole number from 1 to 1000',
  BACKUP_SECRET_KEY: 'true or false',
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
  // PORT is the guide's name for the dashboard's port; where one surface is served, it is that one's.
  const ported = PORTS[given.SURFACE as keyof typeof PORTS] ?? PORTS.dashboard;
  const alias = given.PORT !== undefined && given[ported] === undefined ? 'PORT' : ported;
  const parsed = schema
    .superRefine(expectDistinctPorts)
    .superRefine(expectSharedTruth)
    .superRefine(expectApi)
    .superRefine(expectLogin)
    .superRefine(expectIdentityProvider)
    .safeParse({ ...given, [ported]: given[alias] });
  if (!parsed.success) {
    const nameOf = ([name]: readonly PropertyKey[]) => (name === ported ? alias : String(name));
    const lines = parsed.error.issues.map((issue) => problemOf(issue, nameOf(issue.path), environment));
    throw new Error(`The environment (or .env) has values that cannot be used:\n${lines.join('\n')}`);
  }
  const values = parsed.data;
  const dataDirectory = resolve(ROOT, values.DATA_DIR);
  const isLoginNeeded = needsLogin(values);
  return Object.freeze({
    surface: values.SURFACE,
    apiUrl: hasApiElsewhere(values) ? apiUrlOf(values.API_URL!) : null,
    host: values.HOST,
    isLoginNeeded,
    secretKey: values.SECRET_KEY ?? null,
    identityProvider: identityProviderOf(values),
    allowedHosts: isLoginNeeded && values.ALLOWED_HOSTS.length === 0 ? null : values.ALLOWED_HOSTS,
    trustedProxies: values.TRUSTED_PROXIES,
    apiPort: values.API_PORT,
    webPort: values.WEB_PORT,
    dashboardPort: values.DASHBOARD_PORT,
    visualsPort: values.VISUALS_PORT,
    dataDirectory,
    barDirectory: resolve(dataDirectory, 'bars'),
    uploadDirectory: values.UPLOAD_DIR ? resolve(ROOT, values.UPLOAD_DIR) : resolve(dataDirectory, 'uploads'),
    logDirectory: resolve(ROOT, values.LOG_DIR),
    modelsDirectory: resolve(ROOT, values.MODELS_DIR),
    backupDirectory: values.BACKUP_DIR ? resolve(ROOT, values.BACKUP_DIR) : resolve(dataDirectory, 'backups'),
    backupHours: values.BACKUP_HOURS,
    backupsKept: values.BACKUP_KEEP,
    backupHasSecretKey: values.BACKUP_SECRET_KEY,
    priceProviders: values.PRICE_PROVIDERS,
    priceRefreshHours: values.PRICE_REFRESH_HOURS,
    runRetentionDays: values.RUN_RETENTION_DAYS,
    traceEndpoint: values.OTEL_EXPORTER_OTLP_ENDPOINT ?? null,
    alerts: {
      webhookHosts: values.ALERT_WEBHOOK_HOSTS,
      webhookSecret: values.ALERT_WEBHOOK_SECRET ?? null,
      smtpUrl: values.SMTP_URL ?? null,
      mailFrom: values.MAIL_FROM,
    },
    apiToken: values.API_TOKEN ?? null,
    databaseUrl: databaseUrl(values),
    redisUrl: values.REDIS_URL ?? null,
    computeUrls: values.COMPUTE_URL ?? [],
    computeToken: values.COMPUTE_TOKEN ?? null,
    role: ROLES[values.WORKER],
    costPerMinute: values.COST_PER_MINUTE,
    isIntrospectable: values.INTROSPECTION,
    documentsFile: resolve(ROOT, 'client/src/lib/graphql/generated/persisted-documents.json'),
    logLevel: values.LOG_LEVEL ?? (isDebugAsked(given) ? 'debug' : 'info'),
    computeThreads: values.OMP_NUM_THREADS ?? availableParallelism(),
    cuda: cudaOf(given),
    seedSamples: values.SEED_SAMPLES,
    notices: noticesOf(given, values),
  });
}

function problemOf(issue: z.core.$ZodIssue, name: string, environment: Environment): string {
  const expected =
    issue.code === 'custom'
      ? issue.message
      : (EXPECTED[name] ?? (name.endsWith('PORT') ? 'a port from 0 to 65535' : issue.message));
  return `  ${name}: expected ${expected}, was ${shown(name, environment[name])}`;
}

/** What may only be counted where a problem is told: logs keep it. */
const SECRETS = ['SECRET_KEY', 'OIDC_CLIENT_SECRET', 'ALERT_WEBHOOK_SECRET', 'API_TOKEN', 'COMPUTE_TOKEN'];

/** A value as it may be in a log: without secrets, and without what stands before the host of an address. */
function shown(name: string, value: string | undefined): string | undefined {
  if (value !== undefined && SECRETS.includes(name)) return `a text of ${value.length} characters`;
  const beforeHost = name === 'COMPUTE_URL' ? /[^\s,]*@/g : /^.*@/gs;
  return JSON.stringify(value?.replaceAll(beforeHost, '***@'));
}

function cudaOf(given: Environment): CudaSettings {
  return {
    visibleDevices: given.NVIDIA_VISIBLE_DEVICES || 'all',
    memoryMaximumBytes: memoryMaximumOf(given.PYTORCH_CUDA_ALLOC_CONF),
  };
}

/** Where a surface of this process is to listen. */
export function portOf({ host, apiPort, webPort, dashboardPort, visualsPort }: Config, surface: Surface) {
  const places = {
    api: { host, port: apiPort, variable: 'API_PORT' },
    web: { host, port: webPort, variable: 'WEB_PORT' },
    dashboard: { host, port: dashboardPort, variable: 'DASHBOARD_PORT (or PORT)' },
    visuals: { host, port: visualsPort, variable: 'VISUALS_PORT' },
  };
  return places[surface];
}

function hasApiElsewhere({ SURFACE }: Pick<z.infer<typeof schema>, 'SURFACE'>): boolean {
  return SURFACE !== 'all' && SURFACE !== 'api';
}

function expectApi(values: z.infer<typeof schema>, context: z.RefinementCtx): void {
  if (hasApiElsewhere(values) && !values.API_URL) {
    const message = `${EXPECTED.API_URL}, because SURFACE=${values.SURFACE} has the API in another process`;
    context.addIssue({ code: 'custom', path: ['API_URL'], message });
  }
}

function expectDistinctPorts(values: z.infer<typeof schema>, context: z.RefinementCtx): void {
  if (values.SURFACE !== 'all') return;
  const names = ['API_PORT', 'WEB_PORT', 'DASHBOARD_PORT'] as const;
  names.forEach((name, index) => {
    const other = names
      .slice(0, index)
      .find((earlier) => values[earlier] === values[name] && values[name] !== 0);
    if (other) context.addIssue({ code: 'custom', path: [name], message: `another port than ${other}` });
  });
}

const ROLES = { both: 'both', only: 'worker', none: 'api' } as const;

// Processes that share the work must see the same runs and hear of each other.
function expectSharedTruth(values: z.infer<typeof schema>, context: z.RefinementCtx): void {
  if (values.WORKER === 'both' || (databaseUrl(values) && values.REDIS_URL)) return;
  const message = 'both, unless DATABASE_URL (or POSTGRES_HOST) and REDIS_URL are set';
  context.addIssue({ code: 'custom', path: ['WORKER'], message });
}

function databaseUrl(values: z.infer<typeof schema>): string | null {
  if (values.DATABASE_URL) return values.DATABASE_URL;
  if (!values.POSTGRES_HOST) return null;
  const user = encodeURIComponent(values.POSTGRES_USER);
  const password = encodeURIComponent(values.POSTGRES_PASSWORD);
  const place = `${values.POSTGRES_HOST}:${values.POSTGRES_PORT}/${values.POSTGRES_DB}`;
  return `postgresql://${user}:${password}@${place}`;
}

const isLoopback = (host: string) => ['127.0.0.1', '::1', 'localhost'].includes(host);

// A name of its own says that a proxy passes on what others ask.
function needsLogin({ LOGIN, HOST, ALLOWED_HOSTS }: z.infer<typeof schema>): boolean {
  return LOGIN ? LOGIN === 'required' : !isLoopback(HOST) || ALLOWED_HOSTS.length > 0;
}

// Without a login whoever reaches a listener may do everything, so no other machine may.
function expectLogin({ LOGIN, HOST }: z.infer<typeof schema>, context: z.RefinementCtx): void {
  if (LOGIN !== 'none' || isLoopback(HOST)) return;
  const message = `required with HOST=${HOST}: without logins only this machine may reach it (HOST=127.0.0.1)`;
  context.addIssue({ code: 'custom', path: ['LOGIN'], message });
}

function expectIdentityProvider(
  { OIDC_ISSUER, OIDC_CLIENT_ID }: z.infer<typeof schema>,
  context: z.RefinementCtx,
): void {
  if ((OIDC_ISSUER === undefined) === (OIDC_CLIENT_ID === undefined)) return;
  const [missing, given] =
    OIDC_ISSUER === undefined ? ['OIDC_ISSUER', 'OIDC_CLIENT_ID'] : ['OIDC_CLIENT_ID', 'OIDC_ISSUER'];
  context.addIssue({ code: 'custom', path: [missing], message: `a value, because ${given} is set` });
}

function identityProviderOf(values: z.infer<typeof schema>): Config['identityProvider'] {
  const { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: clientId } = values;
  if (!issuer || !clientId) return null;
  return {
    issuer,
    clientId,
    clientSecret: values.OIDC_CLIENT_SECRET ?? null,
    name: values.OIDC_NAME,
    linksByEmail: values.OIDC_LINK_BY_EMAIL,
    createsUsers: values.OIDC_CREATE_USERS,
  };
}

function isDebugAsked(given: Environment): boolean {
  const isOn = (name: string) => ['1', 'true', 'yes', 'on'].includes((given[name] ?? '').toLowerCase());
  return isOn('DASH_DEBUG') || isOn('FLASK_DEBUG') || given.FLASK_ENV === 'development';
}

// The guide's earlier version served the API from the dashboard's container.
function apiUrlOf(asked: string): string {
  return isGuidesApi(asked) ? 'http://api:8000' : asked;
}

function isGuidesApi(asked: string | undefined): boolean {
  return asked !== undefined && /^http:\/\/dashboard:8000\/?$/.test(asked);
}

function noticesOf(given: Environment, values: z.infer<typeof schema>): string[] {
  const notices: string[] = [];
  if (!needsLogin(values) && values.ALLOWED_HOSTS.length > 0)
    notices.push(
      `LOGIN=none with ALLOWED_HOSTS=${values.ALLOWED_HOSTS.join(', ')}: whoever a proxy lets through may read and change everything.`,
    );
  if (values.OIDC_ISSUER?.startsWith('http:') && !isLoopback(new URL(values.OIDC_ISSUER).hostname))
    notices.push(
      `OIDC_ISSUER=${values.OIDC_ISSUER}: whoever listens between this machine and it can log in as anybody; use https.`,
    );
  if (given.TRUSTED_NETWORK)
    notices.push(
      'TRUSTED_NETWORK has no effect any more: other machines may reach what HOST opens, by a login.',
    );
  if (isDebugAsked(given))
    notices.push(
      'A debug flag is set (DASH_DEBUG, FLASK_DEBUG or FLASK_ENV): the log level is debug unless LOG_LEVEL says otherwise.',
    );
  if (hasApiElsewhere(values) && isGuidesApi(values.API_URL))
    notices.push(`API_URL=${values.API_URL}: the API has a container of its own; using http://api:8000.`);
  if (given.POSTGRES_PASSWORD === 'changeme' && databaseUrl(values))
    notices.push('POSTGRES_PASSWORD is the one of the example: choose one of your own.');
  if (given.API_URL && !hasApiElsewhere(values))
    notices.push('API_URL is set but without effect here: the API is in this process.');
  const memory = memoryNotice(given.PYTORCH_CUDA_ALLOC_CONF);
  if (memory)
    notices.push(
      values.COMPUTE_URL
        ? 'PYTORCH_CUDA_ALLOC_CONF is for the compute services: set it where they run.'
        : memory,
    );
  return notices;
}
