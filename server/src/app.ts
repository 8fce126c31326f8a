import 'reflect-metadata';
import {
  type ComputeService,
  createComputeService,
  createRemoteComputeService,
  libraryStrategies,
  Models,
  withModels,
} from '@ai-trading/compute';
import type { GraphQLSchema } from 'graphql';
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { AlertDeliveryRow, AlertRow, AlertRuleRow } from './alert/alert.entity.ts';
import { AlertService } from './alert/alert.service.ts';
import { Authenticator } from './access/authenticator.ts';
import { Ownership } from './access/ownership.ts';
import { SESSION_MAXIMUM_MS, Sessions } from './access/sessions.ts';
import { createLogins } from './access/ways-in.ts';
import { ApiTokens } from './access/tokens.ts';
import { Users } from './access/users.ts';
import { BacktestService } from './backtest/backtest.service.ts';
import { SimulationBuilder } from './backtest/simulation-request.ts';
import { type Config, portOf, type Surface, VERSION } from './config.ts';
import { type Context, createContext, type Services } from './context.ts';
import { ImportService } from './market-data/import.service.ts';
import { DataSetRow, InstrumentRow } from './market-data/instrument.entity.ts';
import { PriceFeedRow } from './market-data/price-feed.entity.ts';
import { PriceFeedService } from './market-data/price-feed.service.ts';
import { ALL_PROVIDERS } from './market-data/providers/all.ts';
import type { PriceProvider } from './market-data/providers/provider.ts';
import { BarFiles } from './market-data/bar-files.ts';
import { MarketDataService } from './market-data/market-data.service.ts';
import { MIGRATIONS } from './migrations/all.ts';
import { ModelService } from './model/model.service.ts';
import { OWNERSHIP_RULES } from './ownership-rules.ts';
import { type Cache, LocalCache } from './platform/cache/cache.ts';
import { RedisCache } from './platform/cache/redis-cache.ts';
import type { Clock } from './platform/clock.ts';
import type { Database, DatabaseDefinition } from './platform/database/database.ts';
import { openEmbedded } from './platform/database/embedded.ts';
import { DirectoryLock } from './platform/database/lock.ts';
import { openPostgresql } from './platform/database/postgresql.ts';
import { Gate } from './platform/graphql/admission.ts';
import { Documents, readPersistedDocuments } from './platform/graphql/documents.ts';
import { openRateLimit } from './platform/graphql/rate-limit.ts';
import type { LoginParts } from './platform/http/caller.ts';
import { createApollo } from './platform/http/graphql.ts';
import { createHealthListener } from './platform/http/health-listener.ts';
import { createListener, type ListenerParts } from './platform/http/listener.ts';
import { observeOperations } from './platform/http/operations.ts';
import type { PageHandler } from './platform/http/pages.ts';
import { expectFree, openPort } from './platform/http/ports.ts';
import { Uploads } from './platform/http/uploads.ts';
import { TrustedProxies } from './platform/http/trusted-proxies.ts';
import { SubscriptionSockets } from './platform/http/websocket.ts';
import type { Logger } from './platform/logging/logger.ts';
import { PubSub } from './platform/pub-sub/pub-sub.ts';
import { RedisPubSub } from './platform/pub-sub/redis-pub-sub.ts';
import { BullQueue } from './platform/queue/bull-queue.ts';
import { LocalQueue, type Queue } from './platform/queue/queue.ts';
import { AccountRow } from './portfolio/account.entity.ts';
import { AccountService } from './portfolio/account.service.ts';
import { BreakdownService } from './portfolio/breakdown.service.ts';
import { CheckService } from './portfolio/check.service.ts';
import { DismissalStore } from './portfolio/dismissal.store.ts';
import { LEDGER_DOWNLOADS } from './portfolio/ledger-download.ts';
import { LedgerService } from './portfolio/ledger.service.ts';
import { TradeJournalService } from './portfolio/journal.service.ts';
import { PortfolioRow } from './portfolio/portfolio.entity.ts';
import { PublicLinks } from './portfolio/public-link.service.ts';
import { LedgerReports } from './portfolio/report.service.ts';
import { PortfolioChanges } from './portfolio/portfolio-changes.ts';
import { PortfolioService } from './portfolio/portfolio.service.ts';
import { TargetsService } from './portfolio/targets.service.ts';
import { TradeNoteRow } from './portfolio/trade-note.entity.ts';
import { TagStore } from './portfolio/tag.store.ts';
import { TransactionImportService } from './portfolio/transaction-import.service.ts';
import { MonteCarloService } from './risk/monte-carlo.service.ts';
import { SharingService } from './portfolio/sharing.service.ts';
import { RiskService } from './risk/risk.service.ts';
import { RunRow } from './run/run.entity.ts';
import { RunStore } from './run/run.store.ts';
import type { RunWorker } from './run/run.worker.ts';
import { seedSamples } from './samples/seed.ts';
import { openTracing, type Tracing } from './platform/tracing/tracing.ts';
import { createSchema } from './schema.ts';
import { scheduledTasks } from './tasks.ts';
import { createWorker } from './worker.ts';
import { secretKeyFile } from './access/vault.ts';
import { BackupService } from './system/backup.service.ts';
import { SystemService } from './system/system.service.ts';
import { FillRow } from './trade/fill.entity.ts';
import { FillStore } from './trade/fill.store.ts';
import { ImportStore } from './trade/imports/import.store.ts';
import { LedgerExport } from './trade/imports/ledger-export.ts';
import { TransactionRow, TransactionVoidRow } from './trade/transaction.entity.ts';
import { TransactionStore } from './trade/transaction.store.ts';

/** All tables and their changes. */
export const DATABASE: DatabaseDefinition = {
  entities: [
    InstrumentRow,
    DataSetRow,
    RunRow,
    PortfolioRow,
    AccountRow,
    FillRow,
    TransactionRow,
    TransactionVoidRow,
    TradeNoteRow,
    AlertRuleRow,
    AlertRow,
    AlertDeliveryRow,
    PriceFeedRow,
  ],
  migrations: MIGRATIONS,
};

const RUNS_AT_ONCE = 2;

/** What decides how an application is put together, beside its configuration. */
export interface AppOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Draws the web pages; without it those listeners say that nothing is built. */
  readonly pages?: PageHandler;
  /** Opens another database than the configured one, for tests. */
  readonly openDatabase?: () => Promise<Database>;
  /** Sources of prices; all that there are when left out. Which may be asked is a setting. */
  readonly providers?: readonly PriceProvider[];
  /** Told of every step of the start. */
  readonly onStep?: (step: string) => void;
}

/** What runs in this process. */
export interface RunningSurfaces {
  /** Where each surface is; empty where another process serves it. */
  readonly urls: Readonly<Record<Surface, string>>;
  /** What the first account is made with; null where there is one, or none is needed. */
  readonly setUpToken: string | null;
  stop(): Promise<void>;
}

/** A running installation. */
export interface App extends RunningSurfaces {
  readonly services: Services;
  readonly database: Database;
  readonly uploads: Uploads;
}

/** Puts everything together and starts it; the only place that knows every part. */
export async function startApp(config: Config, options: AppOptions): Promise<App> {
  const { clock, logger, onStep = () => undefined } = options;
  const tracing = config.traceEndpoint
    ? openTracing(config.traceEndpoint, `ai-trading-${config.role}`, VERSION)
    : null;
  const lock = config.databaseUrl || options.openDatabase ? null : new DirectoryLock(config.dataDirectory);
  const stops: (() => Promise<void> | void)[] = [() => lock?.release(), () => tracing?.close()];
  const stop = async () => {
    for (const one of stops.splice(0).toReversed()) await one();
  };
  try {
    for (const surface of surfacesOf(config)) await expectFree(portOf(config, surface));
    onStep(config.databaseUrl ? 'Connecting to PostgreSQL' : 'Opening the embedded database');
    const database = await (options.openDatabase?.() ??
      (config.databaseUrl
        ? openPostgresql(config.databaseUrl, DATABASE, logger)
        : openEmbedded(config.dataDirectory, DATABASE)));
    stops.push(() => database.close());
    onStep('Bringing the database up to date');
    await database.migrate();
    const models = new Models(config.modelsDirectory);
    const compute = withModels(openCompute(config), models);
    stops.push(() => compute.close());
    const uploads = new Uploads(config.uploadDirectory, clock);
    const pubSub = config.redisUrl ? await RedisPubSub.connect(config.redisUrl, logger) : new PubSub();
    stops.push(() => pubSub.close());
    const queue = config.redisUrl ? await BullQueue.connect(config.redisUrl, logger) : new LocalQueue();
    stops.push(() => queue.close());
    const cache = config.redisUrl ? new RedisCache(config.redisUrl, VERSION, logger) : new LocalCache();
    stops.push(() => cache.close());
    const parts = { database, compute, models, pubSub, queue, cache, uploads, tracing };
    const { services, worker } = createServices(config, options, parts);
    stops.push(() => services.logins.close());
    await services.runs.recover(lock !== null);
    await services.runs.relay();
    if (config.role !== 'api') {
      worker.start(RUNS_AT_ONCE);
      stops.push(() => worker.stop());
      const scheduler = scheduledTasks(config, options, services, database);
      scheduler.start();
      stops.push(() => scheduler.stop());
    }
    if (config.seedSamples && config.role !== 'worker')
      await seedSamples(services, database, uploads, clock, onStep);
    const setUpToken = config.role === 'worker' ? null : await services.logins.prepareSetUp();
    onStep('Opening the listeners');
    const urls = await (config.role === 'worker'
      ? listenForHealth(config, options, services, stops)
      : listen(config, options, services, parts, stops));
    lock?.announce(urls.api);
    return { services, database, uploads, urls, setUpToken, stop };
  } catch (problem) {
    await stop();
    throw problem;
  }
}

/** What services are made of, and stands for something outside. */
interface Parts {
  readonly database: Database;
  readonly compute: ComputeService;
  readonly models: Models;
  readonly pubSub: PubSub;
  readonly queue: Queue;
  readonly cache: Cache;
  readonly uploads: Uploads;
  readonly tracing: Tracing | null;
}

function openCompute({ computeUrls, computeToken, computeThreads, cuda }: Config): ComputeService {
  return computeUrls.length > 0
    ? createRemoteComputeService({ urls: computeUrls, token: computeToken })
    : createComputeService({ threads: computeThreads, startsEarly: true, cuda });
}

function createServices(
  config: Config,
  options: AppOptions,
  parts: Parts,
): { services: Services; worker: RunWorker } {
  const { clock } = options;
  const { database, compute, models, pubSub, queue, cache, uploads } = parts;
  const runs = new RunStore(database, pubSub, queue, clock);
  const relay = () => runs.relay();
  const market = createMarket(config, options, parts, runs);
  const { marketData, imports, priceFeeds } = market;
  const transactions = new TransactionStore(database, clock);
  const importStore = new ImportStore(database);
  const portfolios = new PortfolioService(database, marketData, transactions, clock);
  const ledger = new LedgerService(database, transactions, clock, relay);
  const tags = new TagStore(database, clock, relay);
  const dismissals = new DismissalStore(database, clock);
  const builder = new SimulationBuilder(marketData, compute, libraryStrategies());
  const backtests = new BacktestService(database, runs, builder, clock);
  const system = new SystemService(database, compute, pubSub, queue, clock, systemSettingsOf(config, clock));
  const announce = (id: string) => pubSub.publish('access', { id });
  const sessions = new Sessions(database, clock, announce);
  const tokens = new ApiTokens(database, clock, announce);
  const reports = new LedgerReports(portfolios, ledger, clock);
  const waysIn = createLogins(config, database, sessions, options.logger, clock);
  const services: Services = {
    ...waysIn,
    sessions,
    authenticator: new Authenticator(config.isLoginNeeded, sessions, tokens),
    tokens,
    users: new Users(database, clock, announce),
    sharing: new SharingService(database, clock, announce),
    publicLinks: new PublicLinks(database, portfolios, reports, marketData, waysIn.logins.limiter, clock),
    ownership: new Ownership(database, OWNERSHIP_RULES),
    ...market,
    fills: new FillStore(database),
    portfolios,
    portfolioChanges: new PortfolioChanges(database, pubSub),
    ledger,
    breakdowns: new BreakdownService(portfolios, ledger, marketData, tags),
    tags,
    transactionImports: new TransactionImportService(
      database,
      portfolios,
      imports,
      importStore,
      transactions,
      uploads,
      clock,
    ),
    ledgerExport: new LedgerExport(database),
    checks: new CheckService(portfolios, ledger, transactions, marketData, dismissals, priceFeeds, clock),
    accounts: new AccountService(database, transactions, portfolios, ledger, reports, clock, relay),
    reports,
    journal: new TradeJournalService(database, portfolios, reports, marketData, clock, relay),
    targets: new TargetsService(database, portfolios, ledger, reports, marketData, clock, relay),
    backtests,
    risk: new RiskService(compute),
    monteCarlo: new MonteCarloService(portfolios, marketData, compute, cache),
    models: new ModelService(models, uploads),
    alerts: new AlertService(database, portfolios, config.alerts, clock),
    runs,
    system,
    backups: new BackupService(database, backupSettingsOf(config), clock),
    compute,
    pubSub,
  };
  return { services, worker: createWorker(options, parts, services, { transactions, importStore, builder }) };
}

function createMarket(
  { barDirectory, priceProviders, priceRefreshHours }: Config,
  { clock, providers = ALL_PROVIDERS }: AppOptions,
  { database, uploads }: Parts,
  runs: RunStore,
): Pick<Services, 'marketData' | 'imports' | 'priceFeeds'> {
  const marketData = new MarketDataService(database, new BarFiles(barDirectory), clock);
  const imports = new ImportService(database, runs, uploads, clock);
  const settings = {
    providers: providers.filter(({ name }) => (priceProviders as readonly string[]).includes(name)),
    refreshHours: priceRefreshHours,
  };
  const priceFeeds = new PriceFeedService(database, marketData, imports, uploads, settings, clock);
  return { marketData, imports, priceFeeds };
}

function systemSettingsOf({ dataDirectory, notices, computeUrls }: Config, clock: Clock) {
  const computeKind =
    computeUrls.length > 0
      ? `compute services at ${computeUrls.join(', ')}`
      : 'worker threads in this process';
  return { version: VERSION, dataDirectory, notices, startedAtMs: clock(), computeKind };
}

function backupSettingsOf(config: Config) {
  const { backupDirectory, backupHours, backupsKept, modelsDirectory, dataDirectory } = config;
  const how = { directory: backupDirectory, everyHours: backupHours, keep: backupsKept };
  const key = config.backupHasSecretKey ? secretKeyFile(dataDirectory) : null;
  return { ...how, modelsDirectory, secretKeyFile: key, version: VERSION };
}

/** A process that only works answers on the API's port how it is. */
async function listenForHealth(
  config: Config,
  { logger }: AppOptions,
  services: Services,
  stops: (() => Promise<void> | void)[],
): Promise<App['urls']> {
  const { allowedHosts } = config;
  const { authenticate } = loginOf(config, services);
  const health = () => healthOf(services);
  const metrics = createMetrics(services, () => ({ count: 0, bytesHeld: 0 }));
  const listener = createHealthListener({ health, metrics, logger, allowedHosts, authenticate });
  stops.push(() => listener.close());
  return { api: await openPort(listener, portOf(config, 'api')), web: '', dashboard: '', visuals: '' };
}

async function healthOf({ system }: Services): Promise<{ isUp: boolean; body: Record<string, unknown> }> {
  const { state, components } = await system.health();
  return { isUp: state !== 'DOWN', body: { state, version: VERSION, components } };
}

async function listen(
  config: Config,
  { logger, pages }: AppOptions,
  services: Services,
  { uploads, tracing }: Parts,
  stops: (() => Promise<void> | void)[],
): Promise<App['urls']> {
  const schema = await createSchema();
  const metrics = createMetrics(services, () => sockets);
  const gate = openGate(config, schema, logger, stops);
  const apollo = createApollo<Context>(schema, gate, logger, [
    observeOperations(metrics, logger),
    ...(tracing ? [tracing.operations] : []),
  ]);
  await apollo.start();
  stops.push(() => apollo.stop());
  const proxies = new TrustedProxies(config.trustedProxies);
  stops.push(() => proxies.close());
  const login = { ...loginOf(config, services), proxies };
  const sockets = new SubscriptionSockets<Context>(schema, gate, {
    login,
    createContext: (caller, signal) => createContext(services, caller, signal),
    logger,
  });
  void watchAccess(sockets, services.pubSub);
  const health = () => healthOf(services);
  const parts: ListenerParts<Context> = {
    apollo,
    gate,
    login,
    createContext: (caller) => createContext(services, caller),
    sockets,
    uploads,
    downloads: LEDGER_DOWNLOADS,
    metrics,
    logger,
    allowedHosts: config.allowedHosts,
    health,
  };
  const urls = { api: '', web: '', dashboard: '', visuals: '' };
  const dashboardPort = () => (urls.dashboard ? Number(new URL(urls.dashboard).port) : config.dashboardPort);
  const listeners = surfacesOf(config).map((surface) => ({
    surface,
    listener: createListener(parts, { surface, pages, dashboardPort }),
  }));
  stops.push(async () => {
    const closing = listeners.map(({ listener }) => listener.close());
    await sockets.close();
    await Promise.all(closing);
  });
  for (const { surface, listener } of listeners) {
    urls[surface] = await openPort(listener, portOf(config, surface));
  }
  return urls;
}

// Ends with the messages.
async function watchAccess(sockets: SubscriptionSockets<Context>, pubSub: PubSub): Promise<void> {
  for await (const { id } of pubSub.subscribe('access')) sockets.accessChanged(id);
}

function loginOf({ isIntrospectable }: Config, { authenticator }: Services): LoginParts {
  return {
    authenticate: (credentials) => authenticator.authenticate(credentials),
    sessionMaximumMs: SESSION_MAXIMUM_MS,
    mayIntrospect: isIntrospectable,
  };
}

function openGate(
  { redisUrl, costPerMinute, documentsFile }: Config,
  schema: GraphQLSchema,
  logger: Logger,
  stops: (() => Promise<void> | void)[],
): Gate {
  const documents = new Documents(schema, readPersistedDocuments(documentsFile));
  const rates = costPerMinute > 0 ? openRateLimit(costPerMinute, redisUrl, logger) : null;
  if (rates) stops.push(() => rates.close());
  return new Gate(schema, documents, rates);
}

function surfacesOf({ surface, role }: Config): readonly Surface[] {
  if (role === 'worker') return ['api'];
  return surface === 'all' ? ['api', 'web', 'dashboard'] : [surface];
}

function createMetrics(
  { system }: Services,
  sockets: () => { readonly count: number; readonly bytesHeld: number },
): Registry {
  const metrics = new Registry();
  collectDefaultMetrics({ register: metrics });
  new Gauge({
    name: 'ai_trading_runs',
    help: 'Runs by where they stand.',
    labelNames: ['status'],
    registers: [metrics],
    async collect() {
      const { runsQueued, runsRunning } = await system.count();
      this.set({ status: 'queued' }, runsQueued);
      this.set({ status: 'running' }, runsRunning);
    },
  });
  new Gauge({
    name: 'ai_trading_websockets',
    help: 'Websockets that are connected.',
    registers: [metrics],
    collect() {
      this.set(sockets().count);
    },
  });
  new Gauge({
    name: 'ai_trading_websocket_bytes_held',
    help: 'Bytes that wait for clients of websockets to read them.',
    registers: [metrics],
    collect() {
      this.set(sockets().bytesHeld);
    },
  });
  return metrics;
}
