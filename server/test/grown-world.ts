import { asViewer, LOCAL } from '../src/platform/viewer.ts';
import { newKey, type TestApp } from './create-test-app.ts';

const STRATEGY = { strategyId: 'sma-cross' };
const AXES = [{ parameter: 'fast', from: 2, to: 6, step: 1 }];
const EVENTS = 'subscription($id: ID!) { runEvents(id: $id) { run { status errorMessage } } }';
const DAY_MS = 86_400_000;
const BARS = 120;

/** Names of the things that a grown world has from the beginning. */
export interface GrownWorld {
  /** A portfolio that has a row more of everything with every step. */
  readonly portfolio: string;
  readonly backtest: string;
  readonly sweep: string;
  readonly importRun: string;
  /** What stands after `/shared/` in a link to the portfolio. */
  readonly sharedToken: string;
}

/** Adds one more of everything there is, `index` rising from 0; the first portfolio gets one more row of each kind. */
export async function grow(app: TestApp, index: number, world: GrownWorld | null): Promise<GrownWorld> {
  await addInstrument(app, index);
  await addUser(app, index);
  const portfolio = await addPortfolio(app, index);
  const first = world?.portfolio ?? portfolio;
  if (world) await addRows(app, first, index);
  await asViewer(LOCAL, () => shareAndTarget(app, first, index));
  await addAlert(app, first, index);
  await addDeleted(app, index);
  const backtest = await run(app, 'startBacktest', 'StartBacktestInput', {
    ...STRATEGY,
    symbol: symbolOf(index),
  });
  const sweep = await run(app, 'startSweep', 'StartSweepInput', {
    ...STRATEGY,
    symbol: symbolOf(index),
    axes: AXES,
  });
  if (world) return world;
  const content = 'Date,Open,High,Low,Close\n2024-01-01,1,1,1,1';
  const importRun = await run(app, 'importBars', 'ImportBarsInput', { symbol: 'LOADED', content });
  const { secret } = await app.services.publicLinks.create(LOCAL, { ...link(first), label: 'open' }, '::1');
  return { portfolio, backtest, sweep, importRun, sharedToken: secret! };
}

/** The symbol of the instrument of a step. */
export function symbolOf(index: number): string {
  return `GROWN${index}`;
}

async function addInstrument({ database }: TestApp, index: number): Promise<void> {
  const em = database.fork();
  const [id, symbol] = [`ins_grown${index}`, symbolOf(index)];
  await em.execute(
    `insert into instrument values (?, 1, ?, ?, 'USD', null, 'EQUITY', 0.01, 1, 'NONE', false, 'test', now())`,
    [id, symbol, `Grown ${index}`],
  );
  const [{ id: dataSetId }] = await em.execute<{ id: number }[]>(
    `insert into data_set (instrument_id, timeframe, bar_count, from_ms, to_ms, content_hash)
     values (?, 'DAY_1', ?, ?, ?, ?) returning id`,
    [id, BARS, Date.UTC(2024, 0, 1), Date.UTC(2024, 0, BARS), `grown${index}`],
  );
  await em.execute(
    `insert into bar (data_set_id, time_ms, open, high, low, close, volume, adjusted_close)
     select ?, ?::bigint + n * ${DAY_MS}::bigint, c, c, c, c, 1, c
     from (select n, 100 + 20 * sin(n / 5.0 + ?) as c from generate_series(0, ${BARS - 1}) n) b`,
    [dataSetId, Date.UTC(2024, 0, 1), index],
  );
  await em.execute(
    `insert into price_feed (instrument_id, sources, due_at) values (?, '["yahoo:X"]', now() + interval '1 day')`,
    [id],
  );
  await em.execute(`insert into corporate_event values (?, 'DIVIDEND', '2024-02-01', 0.1, 'yahoo:X')`, [id]);
}

async function addUser({ database }: TestApp, index: number): Promise<void> {
  await database
    .fork()
    .execute(`insert into app_user (id, email, name, created_at) values (?, ?, 'Somebody', now())`, [
      `usr_grown${index}`,
      `${index}@example.com`,
    ]);
}

/** A portfolio that holds, has sold and has noted something. */
async function addPortfolio(app: TestApp, index: number): Promise<string> {
  const { id } = await app.services.portfolios.create({
    idempotencyKey: newKey(),
    name: `Grown ${index}`,
    baseCurrency: 'USD',
    initialCash: '1000',
    openedAt: new Date('2024-01-01'),
    benchmarkSymbol: symbolOf(0),
  } as never);
  await addRows(app, id, 0);
  await app.database
    .fork()
    .execute(
      `insert into portfolio_member (portfolio_id, user_id, role, created_at) values (?, 'usr_grown0', 'OWNER', now())`,
      [id],
    );
  if (index > 0) await asViewer(LOCAL, () => shareAndTarget(app, id, 0));
  return id;
}

/** What a portfolio has once for each step: trades, an account, an import, a member. */
async function addRows(app: TestApp, portfolioId: string, index: number): Promise<void> {
  const em = app.database.fork();
  const versionOf = async () => (await app.services.portfolios.find(portfolioId))!.ledgerVersion;
  const trade = async (kind: 'BUY' | 'SELL', executedAt: string, quantity: string) =>
    app.services.ledger.record(
      {
        idempotencyKey: newKey(),
        portfolioId,
        expectedVersion: await versionOf(),
        transaction: {
          kind,
          executedAt: new Date(executedAt),
          symbol: symbolOf(index),
          quantity,
          price: '1',
        },
      } as never,
      'owner',
    );
  await trade('BUY', '2024-01-10', '3');
  await trade('SELL', '2024-01-20', '1');
  const { id: accountId } = await app.services.accounts.create(
    {
      idempotencyKey: newKey(),
      portfolioId,
      expectedVersion: await versionOf(),
      name: `Account ${index}`,
    } as never,
    'owner',
  );
  await em.execute(
    `insert into transaction_import (id, portfolio_id, account_id, format_name, rows_new, rows_duplicate, rows_skipped,
       rows_rejected, transaction_count, created_by, created_at) values (?, ?, ?, 'CSV', 1, 0, 0, 0, 1, 'owner', now())`,
    [newKey(), portfolioId, accountId],
  );
  if (index > 0)
    await em.execute(
      `insert into portfolio_member (portfolio_id, user_id, role, created_at) values (?, ?, 'VIEWER', now())`,
      [portfolioId, `usr_grown${index}`],
    );
}

/** One more tag and public link, and targets with a line more. */
async function shareAndTarget({ services }: TestApp, portfolioId: string, index: number): Promise<void> {
  const { version } = (await services.portfolios.find(portfolioId))!;
  const tagged = { portfolioId, expectedVersion: version, symbol: symbolOf(index), tags: [`tag ${index}`] };
  await services.tags.set({ idempotencyKey: newKey(), ...tagged });
  await services.publicLinks.create(LOCAL, { ...link(portfolioId), label: `Link ${index}` }, '::1');
  const lines = Array.from({ length: index + 1 }, (_, place) => ({
    symbol: symbolOf(place),
    weight: 0.05,
    band: 0.01,
    bandKind: 'ABSOLUTE',
  }));
  const before = await services.targets.find(portfolioId);
  await services.targets.set(
    {
      idempotencyKey: newKey(),
      portfolioId,
      expectedVersion: before?.version ?? 0,
      lines,
      cashBand: 0.01,
      cashMinimum: '0',
      costFixed: '0',
      costBps: 0,
      minimumTrade: '0',
      units: 'WHOLE',
      goal: 'TARGET',
      lotMethod: 'FIFO',
    } as never,
    'owner',
  );
}

async function addAlert({ database }: TestApp, portfolioId: string, index: number): Promise<void> {
  const em = database.fork();
  await em.execute(
    `insert into alert_rule (id, name, kind, portfolio_id, instrument_id, threshold, is_enabled, checked_at, created_at)
     values (?, ?, 'DRAWDOWN', ?, ?, 0.9, false, now(), now())`,
    [`alr_grown${index}`, `Rule ${index}`, portfolioId, `ins_grown${index}`],
  );
  await em.execute(`insert into alert values (?, ?, 'found', 1, now(), null)`, [
    `alt_grown${index}`,
    `alr_grown${index}`,
  ]);
  await em.execute(
    `insert into alert_delivery (id, alert_id, channel, target, status, due_at, sent_at)
     values (?, ?, 'EMAIL', 'x@example.com', 'SENT', now(), now())`,
    [`ald_grown${index}`, `alt_grown${index}`],
  );
}

async function addDeleted({ services }: TestApp, index: number): Promise<void> {
  const made = { idempotencyKey: newKey(), name: `Deleted ${index}`, baseCurrency: 'USD', initialCash: '1' };
  const { id, version } = await services.portfolios.create(made);
  await services.portfolios.delete({ idempotencyKey: newKey(), id, expectedVersion: version });
}

function link(portfolioId: string) {
  return { portfolioId, idempotencyKey: newKey() };
}

/** Starts a run and waits for its end. */
async function run(app: TestApp, field: string, type: string, input: object): Promise<string> {
  const { [field]: started } = await app.query(
    `mutation($input: ${type}!) { ${field}(input: $input) { run { id } errors { message } } }`,
    { input: { idempotencyKey: newKey(), ...input } },
  );
  if (started.errors.length > 0) throw new Error(JSON.stringify(started.errors));
  let last;
  for await (const { runEvents } of app.subscribe(EVENTS, { id: started.run.id })) last = runEvents.run;
  if (last.status !== 'SUCCEEDED')
    throw new Error(`expected a run that succeeds, was ${JSON.stringify(last)}`);
  return started.run.id;
}
