import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { hostname, userInfo } from 'node:os';
import { dirname, resolve } from 'node:path';
import type { RunningSurfaces } from './app.ts';
import { type Config, loadConfig, ROOT } from './config.ts';
import type { PageHandler } from './platform/http/pages.ts';
import { type Log, openLog } from './platform/logging/logger.ts';

const STOP_MAXIMUM_MS = 10_000;
/** Several processes may share a log folder; each has a file of its own. Of workers there may be many, each in a container. */
const LOG_NAMES = {
  all: 'server',
  api: 'api',
  web: 'web_app',
  dashboard: 'dashboard',
  visuals: 'visuals',
} as const;

/** Starts the product and prints where it is; ends the process with a clear message when it cannot. */
async function main(): Promise<void> {
  const startedAtMs = performance.now();
  const config = loadConfig();
  for (const notice of config.notices) say(`Note: ${notice}`);
  const log = await openLog(
    config.logDirectory,
    config.logLevel,
    config.role === 'worker' ? `worker-${hostname()}` : LOG_NAMES[config.surface],
  );
  const { logger } = log;
  process.on('uncaughtException', (problem) => {
    logger.fatal({ err: problem }, 'an error nobody caught');
    void end(log, () => fail(problem));
  });
  const pages = await loadPages();
  const onStep = (step: string) => say(`${step} ...`);
  const start = await starterOf(config);
  const starting = start(config, { clock: Date.now, logger, pages, onStep });
  stopOnSignal(starting, log);
  const { urls, setUpToken } = await starting.catch((problem) => {
    logger.fatal({ err: problem }, 'the start failed');
    return end(log, () => fail(problem));
  });
  const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(1);
  say(`\nAI Trading is ready after ${seconds} s.`);
  if (config.role === 'worker') say(`  Worker     ${urls.api}/health`);
  else if (urls.api) say(`  API        ${urls.api}/graphql`);
  if (urls.web) say(`  Web        ${urls.web}`);
  if (urls.dashboard) say(`  Dashboard  ${urls.dashboard}`);
  if (urls.visuals) say(`  Visuals    ${urls.visuals}`);
  if (setUpToken) {
    const page = urls.dashboard || urls.web;
    say(
      `\nThere is no account yet. Make the first one at ${page ? `${page}/setup` : 'the page /setup of the dashboard'}`,
    );
    say(`with this set-up token, which is shown only here:\n\n  ${setUpToken}\n`);
  }
  say('Ctrl-C stops it.');
}

// A process of pages alone has no need to load the database's and the API's code.
async function starterOf({ apiUrl }: Config) {
  return apiUrl ? (await import('./pages-app.ts')).startPages : (await import('./app.ts')).startApp;
}

function stopOnSignal(starting: Promise<RunningSurfaces>, log: Log): void {
  let isStopping = false;
  const stop = (signal: NodeJS.Signals) => {
    if (isStopping) process.exit(1);
    isStopping = true;
    say(`Stopping (${signal}); once more ends it at once ...`);
    log.logger.info({ signal }, 'stopping');
    setTimeout(() => process.exit(1), STOP_MAXIMUM_MS).unref();
    starting
      .then((app) => app.stop())
      .then(() => {
        log.logger.info('stopped');
        say('Stopped.');
        return end(log, () => process.exit(0));
      })
      .catch((problem) => {
        log.logger.fatal({ err: problem }, 'the stop failed');
        return end(log, () => fail(problem));
      });
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
}

async function end(log: Log, leave: () => never): Promise<never> {
  await log.close().catch(() => undefined);
  return leave();
}

async function loadPages(): Promise<PageHandler | undefined> {
  const file = resolve(ROOT, 'client/build/handler.js');
  if (!existsSync(file)) return undefined;
  return ((await import(pathToFileURL(file).href)) as { handler: PageHandler }).handler;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function fail(problem: unknown): never {
  const { code, path, message } = problem as NodeJS.ErrnoException;
  const isPermission = (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') && path;
  const advice = `The folder ${dirname(path ?? '')} may not be written by this user (${process.getuid?.() ?? userInfo().username}): change its permissions, or set DATA_DIR and LOG_DIR to folders that may (Docker: APP_UID and APP_GID to its owner).`;
  process.stderr.write(`\nAI Trading cannot run.\n${isPermission ? advice : (message ?? String(problem))}\n`);
  process.exit(1);
}

main().catch(fail);
