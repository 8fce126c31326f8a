/**
 * Times the ledger at several sizes: the first valuation history, what a transaction that is added
 * takes to be seen, and how long `/health` waits meanwhile. The history after the addition is first
 * compared with one that is worked out anew.
 *
 * Usage: npm run bench:ledger -- [--write] [rows ...]
 */
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import pino from 'pino';
import { type App, DATABASE, startApp } from '../src/app.ts';
import { parseConfig } from '../src/config.ts';
import { BarFiles } from '../src/market-data/bar-files.ts';
import { MarketDataService } from '../src/market-data/market-data.service.ts';
import { openEmbedded } from '../src/platform/database/embedded.ts';

const SIZES = [1_000, 5_000, 50_000, 200_000];
const YEARS = 20;
const DAY_MS = 86_400_000;
const FIRST_MS = Date.UTC(2004, 0, 1);
const ADDITIONS = 5;
const INSTRUMENTS = 500;
const TRADING_DAYS = YEARS * 252;
const HEADS = ['rows', 'prices', 'first history', 'processor time', 'read after write', '/health at most'];

// The first answers make connections and load what requests need, for which no ledger is to blame.
const HEALTH_WATCHER = `
const { parentPort, workerData: url } = require('node:worker_threads');
let isOver = false;
let longestMs = 0;
parentPort.on('message', () => (isOver = true));
(async () => {
  for (let asked = -2; !isOver; asked += 1) {
    const startedMs = performance.now();
    await (await fetch(url)).text();
    if (asked >= 0) longestMs = Math.max(longestMs, performance.now() - startedMs);
    if (asked === 0) parentPort.postMessage('watching');
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  parentPort.postMessage(longestMs);
  parentPort.close();
})();`;

interface Measured {
  readonly rows: number;
  /** Of a process that has read nothing yet: what the history needs of prices, from files. */
  readonly pricesMs: number;
  readonly firstMs: number;
  /** Of all threads, on which a machine that others use has no influence. */
  readonly firstCpuMs: number;
  readonly afterWriteMs: number;
  readonly healthMs: number;
}

const words = process.argv.slice(2);
const sizes = words.filter((word) => word !== '--write').map(Number);
const folder = mkdtempSync(join(tmpdir(), 'ai-trading-bench-'));
const config = parseConfig({
  API_PORT: '0',
  WEB_PORT: '0',
  PORT: '0',
  DATA_DIR: folder,
  LOG_DIR: join(folder, 'logs'),
  SEED_SAMPLES: 'false',
});
const app = await startApp(config, {
  clock: Date.now,
  logger: pino({ level: 'silent' }),
  openDatabase: () => openEmbedded(null, DATABASE),
});
try {
  await fillPrices();
  process.stdout.write(`${HEADS.map((head) => head.padStart(18)).join('')}\n`);
  const measured: Measured[] = [];
  for (const rows of sizes.length > 0 ? sizes : SIZES) {
    const one = await measure(app, rows);
    measured.push(one);
    process.stdout.write(
      `${cellsOf(one)
        .map((cell) => cell.padStart(18))
        .join('')}\n`,
    );
  }
  const growth = measured.slice(1).map((after, index) => {
    const before = measured[index];
    const times = (of: (one: Measured) => number) => (of(after) / of(before)).toFixed(1);
    return `${before.rows} to ${after.rows} rows: ${times(({ rows }) => rows)} times the rows, ${times(({ firstCpuMs }) => firstCpuMs)} times the processor time of the first history`;
  });
  process.stdout.write(`${growth.join('\n')}\n`);
  if (words.includes('--write')) writeReport(measured, growth);
} finally {
  await app.stop();
  rmSync(folder, { recursive: true });
}

function cellsOf({ rows, pricesMs, firstMs, firstCpuMs, afterWriteMs, healthMs }: Measured): string[] {
  const times = [pricesMs, firstMs, firstCpuMs, afterWriteMs, healthMs];
  return [String(rows), ...times.map((ms) => `${ms.toFixed(0)} ms`)];
}

/** Writes docs/benchmarks-ledger.md. */
function writeReport(measured: readonly Measured[], growth: readonly string[]): void {
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const text = `# Benchmarks of the ledger

Written by \`npm run bench:ledger -- --write\`. Trades in up to ${INSTRUMENTS} instruments over ${YEARS} years with daily bars, in the embedded
database. Prices are those of all instruments, read from their files by a process that has read none; the first history is worked out with prices read;
processor time is that of all threads; after a write, positions and the whole history are read again; /health is the longest of all answers, asked for by another thread, while the
first history and the first positions are worked out.

Machine: ${cpus()[0].model.trim()}, ${cpus().length} threads, Node ${process.version}.

${row(HEADS)}
${row(HEADS.map(() => '---'))}
${measured.map((one) => row(cellsOf(one))).join('\n')}

${growth.map((line) => `- ${line}`).join('\n')}
`;
  writeFileSync(fileURLToPath(new URL('../../docs/benchmarks-ledger.md', import.meta.url)), text);
}

async function measure({ services, urls }: App, rows: number): Promise<Measured> {
  const portfolioId = await fill(rows);
  const { portfolios, ledger } = services;
  const instrumentIds = Array.from({ length: INSTRUMENTS }, (_, index) => `ins_${index + 1}`);
  // Prices are read once and kept by their content, whatever is recorded.
  await services.marketData.closesKnown(instrumentIds, null);
  const fresh = new MarketDataService(app.database, new BarFiles(config.barDirectory), Date.now);
  const freshMs = performance.now();
  await fresh.closesKnown(instrumentIds, null);
  const pricesMs = performance.now() - freshMs;
  const health = await watchHealth(urls.api);
  const startedMs = performance.now();
  const before = process.cpuUsage();
  await portfolios.history(portfolioId);
  const firstMs = performance.now() - startedMs;
  const { user, system } = process.cpuUsage(before);
  await portfolios.state(portfolioId);
  const healthMs = await health();
  let afterWriteMs = Infinity;
  for (let added = 0; added < ADDITIONS; added += 1) {
    const { ledgerVersion } = (await portfolios.find(portfolioId))!;
    await ledger.record(
      {
        idempotencyKey: `bench-${rows}-${added}`,
        portfolioId,
        expectedVersion: ledgerVersion,
        transaction: {
          kind: 'BUY',
          executedAt: new Date(FIRST_MS + (added + 1) * 1_000 * DAY_MS),
          symbol: 'BX1',
          quantity: '1',
          price: '100',
        },
      },
      'bench',
    );
    const writtenMs = performance.now();
    await portfolios.state(portfolioId);
    await portfolios.history(portfolioId);
    afterWriteMs = Math.min(afterWriteMs, performance.now() - writtenMs);
  }
  await expectParity(portfolioId);
  return { rows, pricesMs, firstMs, firstCpuMs: (user + system) / 1_000, afterWriteMs, healthMs };
}

/** Compares the values that were worked out step by step with those of the whole ledger read anew. */
async function expectParity(portfolioId: string): Promise<void> {
  const { columns } = await app.services.portfolios.history(portfolioId);
  const state = await app.services.portfolios.state(portfolioId, null, new Date());
  const last = columns.equity[columns.equity.length - 1];
  const anew = state.holdings.reduce(
    (total, { quantity, price }) => total + quantity.times(price).toNumber(),
    state.cash.toNumber(),
  );
  if (!(Math.abs(last - anew) < 1e-6 * Math.abs(anew)))
    throw new Error(`expected a value of ${anew}, was ${last}`);
}

/**
 * Asks for `/health` again and again, from another thread, as whoever watches a server does from outside; the
 * function it gives stops that and tells the longest wait.
 */
async function watchHealth(url: string): Promise<() => Promise<number>> {
  const watcher = new Worker(HEALTH_WATCHER, { eval: true, workerData: `${url}/health` });
  await once(watcher, 'message');
  return async () => {
    const told = once(watcher, 'message');
    watcher.postMessage('over');
    const [longestMs] = await told;
    return longestMs as number;
  };
}

/** Instruments with daily bars over 20 years, which the portfolios of every size share. */
async function fillPrices(): Promise<void> {
  const em = app.database.fork();
  await em.execute(`insert into instrument
    select 'ins_' || n, 1, 'BX' || n, 'Instrument ' || n, 'USD', null, 'EQUITY', 0.01, 1, 'NONE', false, 'bench', now()
    from generate_series(1, ${INSTRUMENTS}) n`);
  await em.execute(`insert into data_set (instrument_id, timeframe, bar_count, from_ms, to_ms, content_hash)
    select 'ins_' || n, 'DAY_1', ${TRADING_DAYS}, 0, 0, 'changing' from generate_series(1, ${INSTRUMENTS}) n`);
  for (let from = 1; from <= INSTRUMENTS; from += 25)
    await em.execute(`insert into bar (data_set_id, time_ms, open, high, low, close, volume)
      select s.id, ${FIRST_MS} + (t * ${(YEARS * 365.25) / TRADING_DAYS})::bigint * ${DAY_MS}, p, p, p, p, 1
      from generate_series(${from}, ${from + 24}) n join data_set s on s.instrument_id = 'ins_' || n,
        generate_series(1, ${TRADING_DAYS}) t, lateral (select 100 + 20 * sin(n + t / 100.0) as p) price`);
}

/** A portfolio with so many trades in up to 500 of the instruments. */
async function fill(rows: number): Promise<string> {
  const em = app.database.fork();
  const instruments = Math.min(INSTRUMENTS, Math.max(10, rows / 100));
  const portfolio = await app.services.portfolios.create({
    idempotencyKey: `bench-portfolio-${rows}`,
    name: `Of ${rows}`,
    baseCurrency: 'USD',
    initialCash: '1000000000',
  });
  const accountId = await app.services.portfolios.accountId(portfolio.id);
  // Buys and every third time a sale of what was bought, spread over the years.
  await em.execute(`insert into transaction (id, account_id, kind, amount, currency, executed_at, created_at, instrument_id, quantity, price)
    select 'txn_${rows}_' || lpad(n::text, 9, '0'), '${accountId}', case when n % 3 = 2 then 'SELL' else 'BUY' end,
      case when n % 3 = 2 then 1 else -1 end * (1 + n % 7) * (100 + n % 11), 'USD',
      to_timestamp((${FIRST_MS} + n * ${Math.floor((YEARS * 365 * DAY_MS) / rows)}::bigint) / 1000.0), now(),
      'ins_' || (1 + (n / 3) % ${instruments}), 1 + n % 7, 100 + n % 11
    from generate_series(1, ${rows}) n`);
  return portfolio.id;
}
