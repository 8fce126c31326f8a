import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, newKey, type TestApp } from '../../test/create-test-app.ts';
import { PubSub } from '../platform/pub-sub/pub-sub.ts';
import { type PortfolioChange, type PortfolioRevision, watchPortfolio } from './portfolio-changes.ts';

describe('watching a portfolio', () => {
  const start: PortfolioRevision = { settings: 1, ledger: 1, targets: 0, notes: 0, prices: 0 };
  const watched = (afterSeq: number | null, signal?: AbortSignal) => {
    const pubSub = new PubSub();
    const state = { now: start as PortfolioRevision | null, reads: 0 };
    const read = async () => {
      state.reads += 1;
      return state.now;
    };
    const change = (next: Partial<PortfolioRevision>) => {
      state.now = { ...state.now!, ...next };
      pubSub.publish('portfolio/prt_1', { id: 'prt_1' });
    };
    return { pubSub, state, change, events: watchPortfolio(read, pubSub, 'prt_1', afterSeq, signal) };
  };
  const valueOf = async (events: AsyncGenerator<PortfolioChange>) => (await events.next()).value;

  it('begins with a snapshot, and tells what has changed', async () => {
    const { events, change, pubSub, state } = watched(null);
    expect(await valueOf(events)).toEqual({ seq: 2, isSnapshot: true, changed: [] });
    change({ ledger: 2 });
    expect(await valueOf(events)).toEqual({ seq: 3, isSnapshot: false, changed: ['ledger'] });
    state.now = { ...state.now!, prices: 4 };
    pubSub.publish('prices', { id: 'ins_1' });
    expect(await valueOf(events)).toEqual({ seq: 7, isSnapshot: false, changed: ['prices'] });
    await events.return(undefined);
  });

  it('holds one change for a reader that is slow, whatever came meanwhile', async () => {
    const { events, change, state } = watched(null);
    await events.next();
    for (let ledger = 2; ledger < 2_000; ledger += 1) change({ ledger, settings: ledger });
    expect(await valueOf(events)).toEqual({ seq: 3_998, isSnapshot: false, changed: ['settings', 'ledger'] });
    expect(state.reads).toBeLessThan(5);
    await events.return(undefined);
  });

  it('goes on after what was seen, and begins anew after what was missed', async () => {
    const known = watched(2);
    const next = valueOf(known.events);
    known.change({ ledger: 5 });
    expect(await next).toEqual({ seq: 6, isSnapshot: false, changed: ['ledger'] });
    await known.events.return(undefined);
    const missed = watched(1);
    expect(await valueOf(missed.events)).toMatchObject({ seq: 2, isSnapshot: true });
    await missed.events.return(undefined);
  });

  it('ends with the signal and with the portfolio', async () => {
    const abort = new AbortController();
    const aborted = watched(null, abort.signal);
    await aborted.events.next();
    const next = aborted.events.next();
    abort.abort();
    expect(await next).toEqual({ done: true, value: undefined });
    const deleted = watched(null);
    await deleted.events.next();
    deleted.state.now = null;
    deleted.pubSub.publish('portfolio/prt_1', { id: 'prt_1' });
    expect(await deleted.events.next()).toEqual({ done: true, value: undefined });
  });
});

describe('events of a portfolio', () => {
  const EVENTS = `subscription($id: ID!, $afterSeq: Int) { portfolioEvents(id: $id, afterSeq: $afterSeq) {
    seq isSnapshot changed portfolio { ledgerVersion valuation { equity cash } accounts { nodes { holdings { cashValue } } } } } }`;
  let app: TestApp;
  let id: string;

  const importBars = async (content: string, symbol = 'AAA') => {
    const { importBars: answer } = await app.query(
      'mutation($input: ImportBarsInput!) { importBars(input: $input) { run { id } errors { message } } }',
      { input: { idempotencyKey: newKey(), symbol, timeframe: 'DAY_1', content } },
    );
    const events = 'subscription($id: ID!) { runEvents(id: $id) { run { status } } }';
    for await (const { runEvents } of app.subscribe(events, { id: answer.run.id })) void runEvents;
  };
  const record = async (expectedVersion: number, transaction: Record<string, unknown>) =>
    app.query(
      'mutation($input: RecordTransactionInput!) { recordTransaction(input: $input) { errors { message } } }',
      { input: { idempotencyKey: newKey(), portfolioId: id, expectedVersion, transaction } },
    );

  beforeAll(async () => {
    app = await createTestApp();
    await importBars('Date,Open,High,Low,Close\n2024-01-01,10,10,10,10');
    const { createPortfolio } = await app.query(
      'mutation($input: CreatePortfolioInput!) { createPortfolio(input: $input) { portfolio { id } } }',
      { input: { idempotencyKey: newKey(), name: 'Mine', baseCurrency: 'USD', initialCash: '100' } },
    );
    id = createPortfolio.portfolio.id;
  });
  afterAll(() => app.stop());

  it('show a new transaction and new prices without being asked again', async () => {
    const events = app.subscribe(EVENTS, { id });
    const next = async () => (await events.next()).value.portfolioEvents;
    const snapshot = await next();
    expect(snapshot).toMatchObject({
      isSnapshot: true,
      changed: [],
      portfolio: {
        ledgerVersion: 1,
        valuation: { equity: '100' },
        accounts: { nodes: [{ holdings: { cashValue: '100' } }] },
      },
    });
    await record(1, { kind: 'BUY', executedAt: '2024-01-02', symbol: 'AAA', quantity: '5', price: '10' });
    const bought = await next();
    expect(bought).toMatchObject({
      isSnapshot: false,
      changed: expect.arrayContaining(['LEDGER']),
      portfolio: {
        ledgerVersion: 2,
        valuation: { equity: '100', cash: '50' },
        accounts: { nodes: [{ holdings: { cashValue: '50' } }] },
      },
    });
    await importBars('Date,Open,High,Low,Close\n2024-01-02,12,12,12,12');
    const priced = await next();
    expect(priced).toMatchObject({ changed: ['PRICES'], portfolio: { valuation: { equity: '110' } } });
    expect(priced.seq).toBeGreaterThan(bought.seq);
    await events.return(undefined);
    const again = app.subscribe(EVENTS, { id, afterSeq: snapshot.seq });
    expect((await again.next()).value.portfolioEvents).toMatchObject({ seq: priced.seq, isSnapshot: true });
    await again.return(undefined);
  });

  it('tell of prices of what a change of its symbol brought in, and of targets, notes and tags at once', async () => {
    for (const symbol of ['CCC', 'DDD'])
      await app.query(
        'mutation($input: CreateInstrumentInput!) { createInstrument(input: $input) { errors { message } } }',
        { input: { idempotencyKey: newKey(), symbol, name: symbol, currency: 'USD', assetClass: 'EQUITY' } },
      );
    const row = { kind: 'TICKER_CHANGE', executedAt: '2024-01-03', symbol: 'AAA', otherSymbol: 'CCC' };
    expect((await record(2, row)).recordTransaction.errors).toEqual([]);
    const events = app.subscribe(EVENTS, { id });
    const next = async () => {
      const { seq, changed } = (await events.next()).value.portfolioEvents;
      return { seq, changed };
    };
    const { seq } = await next();
    await importBars('Date,Open,High,Low,Close\n2024-01-04,13,13,13,13', 'DDD');
    await importBars('Date,Open,High,Low,Close\n2024-01-04,13,13,13,13', 'CCC');
    // none of DDD, which the portfolio does not hold
    expect(await next()).toEqual({ seq: seq + 1, changed: ['PRICES'] });

    const write = async (operation: string, input: Record<string, unknown>) => {
      const type = `${operation[0].toUpperCase()}${operation.slice(1)}Input`;
      const data = await app.query(
        `mutation($input: ${type}!) { ${operation}(input: $input) { errors { message } } }`,
        { input: { idempotencyKey: newKey(), portfolioId: id, ...input } },
      );
      expect(data[operation].errors).toEqual([]);
      expect((await told.next()).value).toEqual({ id });
    };
    // Without word of a change it would be found by looking again, after 15 seconds.
    const told = app.services.pubSub.subscribe(`portfolio/${id}`);
    const lines = [{ symbol: 'CCC', weight: 0.5 }];
    await write('setTargets', { expectedVersion: 0, lines });
    expect(await next()).toEqual({ seq: seq + 2, changed: ['TARGETS'] });
    await write('setTargets', { expectedVersion: 1, lines });
    expect(await next()).toEqual({ seq: seq + 3, changed: ['TARGETS'] });
    const { portfolio } = await app.query(
      'query($id: ID!) { portfolio(id: $id) { version trades(first: 1) { nodes { id } } } }',
      { id },
    );
    const tradeId = portfolio.trades.nodes[0].id;
    await write('annotateTrade', { tradeId, expectedVersion: 0, tags: ['gap'] });
    expect(await next()).toEqual({ seq: seq + 4, changed: ['NOTES'] });
    await write('setTags', { symbol: 'CCC', expectedVersion: portfolio.version, tags: ['new'] });
    expect(await next()).toEqual({ seq: seq + 5, changed: ['SETTINGS'] });
    await told.return();
    await events.return(undefined);
  });

  it('are none of a portfolio that is not there', async () => {
    for await (const event of app.subscribe(EVENTS, { id: 'prt_none' })) expect(event).toBeUndefined();
  });
});
