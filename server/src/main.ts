import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { resolve } from 'node:path';
import { startApp } from './app.ts';
import { type Config, loadConfig, ROOT } from './config.ts';
import type { PageHandler } from './platform/http/listener.ts';
import { createLogger } from './platform/logging/logger.ts';

const STOP_MAXIMUM_MS = 10_000;

/** Starts the product and prints where it is; ends the process with a clear message when it cannot. */
async function main(): Promise<void> {
  const startedAtMs = performance.now();
  const config = loadConfig();
  for (const notice of config.notices) say(`Note: ${notice}`);
  const logger = await createLogger(config.logDirectory, config.logLevel);
  const app = await startApp(config, {
    clock: Date.now,
    logger,
    pages: await loadPages(config),
    onStep: (step) => say(`${step} ...`),
  });
  say('');
  say(`AI Trading is ready after ${((performance.now() - startedAtMs) / 1000).toFixed(1)} s.`);
  say(`  API        ${app.urls.api}/graphql`);
  say(`  Web        ${app.urls.web}`);
  say(`  Dashboard  ${app.urls.dashboard}`);
  say('Ctrl-C stops it.');
  let isStopping = false;
  const stop = (signal: NodeJS.Signals) => {
    if (isStopping) process.exit(1);
    isStopping = true;
    say(`Stopping (${signal}) ...`);
    setTimeout(() => process.exit(1), STOP_MAXIMUM_MS).unref();
    app.stop().then(
      () => {
        say('Stopped.');
        process.exit(0);
      },
      (problem) => fail(problem),
    );
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
}

async function loadPages(_config: Config): Promise<PageHandler | undefined> {
  const file = resolve(ROOT, 'client/build/handler.js');
  if (!existsSync(file)) return undefined;
  return ((await import(pathToFileURL(file).href)) as { handler: PageHandler }).handler;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function fail(problem: unknown): never {
  const { code, path } = problem as NodeJS.ErrnoException;
  const isPermission = (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') && path;
  const message = isPermission
    ? `${path} may not be written by this user: change its permissions, or set DATA_DIR and LOG_DIR to folders that may.`
    : problem instanceof Error
      ? problem.message
      : String(problem);
  process.stderr.write(`\nAI Trading cannot run.\n${message}\n`);
  process.exit(1);
}

main().catch(fail);
