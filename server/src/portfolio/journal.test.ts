import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, newKey, type TestApp } from '../../test/create-test-app.ts';

const day = (date: number) => `2024-03-${String(date).padStart(2, '0')}`;

describe('the journal of trades', () => {
  let app: TestApp;
  let id: string;

  beforeAll(async () => {
    app = await createTestApp();
    const bars = Array.from(
      { length: 20 },
      (_, index) => `${day(index + 1)},100,${110 + index},${90 - index},100`,
    );
    const content = `Date,Open,High,Low,Close\n${bars.join('\n')}`;
    for (const symbol of ['AAA', 'BBB']) {
      const { importBars } = await app.query(
        'mutation($input: ImportBarsInput!) { importBars(input: $input) { run { id } errors { message } } }',
        { input: { idempotencyKey: newKey(), symbol, timeframe: 'DAY_1', content } },
      );
      const events = 'subscription($id: ID!) { runEvents(id: $id) { run { status } } }';
      for await (const { runEvents } of app.subscribe(events, { id: importBars.run.id })) void runEvents;
    }
    const { createPortfolio } = await app.query(
      'mutation($input: CreatePortfolioInput!) { createPortfolio(input: $input) { portfolio { id } } }',
      { input: { idempotencyKey: newKey(), name: 'Mine', baseCurrency: 'USD', initialCash: '10000' } },
    );
    id = createPortfolio.portfolio.id;
  });
  afterAll(() => app.stop());

  const ask = async (fields: string) =>
    (await app.query(`query($id: ID!) { portfolio(id: $id) { ${fields} } }`, { id })).portfolio;

  async function write(operation: string, input: Record<string, unknown>): Promise<string> {
    const type = `${operation[0].toUpperCase()}${operation.slice(1)}Input`;
    const { ledgerVersion } = await ask('ledgerVersion');
    const data = await app.query(
      `mutation($input: ${type}!) { ${operation}(input: $input) { transaction { id } errors { message } } }`,
      { input: { idempotencyKey: newKey(), expectedVersion: ledgerVersion, ...input } },
    );
    expect(data[operation].errors).toEqual([]);
    return data[operation].transaction.id;
  }

  const fill = (kind: string, symbol: string, at: string, quantity: string, price: string) => ({
    kind,
    symbol,
    executedAt: at,
    quantity,
    price,
    fee: '1',
  });
  const record = (...of: Parameters<typeof fill>) =>
    write('recordTransaction', { portfolioId: id, transaction: fill(...of) });

  const NOTE = 'note { version tags setup notes rating stopPrice initialRisk updatedBy }';
  async function annotate(tradeId: string, expectedVersion: number, content: Record<string, unknown>) {
    const input = { idempotencyKey: newKey(), portfolioId: id, tradeId, expectedVersion, ...content };
    const { annotateTrade } = await app.query(
      `mutation($input: AnnotateTradeInput!) { annotateTrade(input: $input) {
         trade { id initialRisk rMultiple ${NOTE} } errors { code message path ... on StaleVersionError { currentVersion } } } }`,
      { input },
    );
    return annotateTrade;
  }

  it('keeps what is noted about a trade while its ledger changes', async () => {
    const opening = await record('BUY', 'AAA', day(3), '10', '100');
    await record('SELL', 'AAA', day(8), '10', '112');
    const [trade] = (await ask('trades(first: 1) { nodes { id positionId } }')).trades.nodes;
    expect(trade.positionId).toBe(trade.id);

    const content = {
      tags: [' gap ', 'news', 'gap'],
      setup: 'Breakout',
      notes: 'Too early.',
      rating: 4,
      stopPrice: '96',
    };
    const first = await annotate(trade.id, 0, content);
    // 10 units at 4 below their entry; 120 less two fees of 1
    expect(first).toEqual({
      trade: {
        id: trade.id,
        initialRisk: '40',
        rMultiple: 2.95,
        note: {
          ...content,
          tags: ['gap', 'news'],
          version: 1,
          initialRisk: null,
          updatedBy: 'owner',
        },
      },
      errors: [],
    });
    expect((await annotate(trade.id, 0, content)).errors).toMatchObject([
      { code: 'STALE_VERSION', currentVersion: 1 },
    ]);
    const second = await annotate(trade.id, 1, { tags: ['gap'], initialRisk: '59' });
    expect(second.trade).toMatchObject({ rMultiple: 2, note: { version: 2, setup: null, stopPrice: null } });

    // A later fill, and another trade before, leave the name and the note where they are.
    const early = await record('BUY', 'AAA', day(1), '5', '90');
    await record('SELL', 'AAA', day(2), '5', '95');
    const last = await record('BUY', 'AAA', day(9), '1', '100');
    const noted = async () =>
      (
        await ask(
          `trades(first: 9, filter: { tags: ["gap"] }) { nodes { id openedAt ${NOTE} absorbedNotes { tags } } }`,
        )
      ).trades.nodes;
    expect(await noted()).toMatchObject([{ id: trade.id, note: { tags: ['gap'] } }]);
    await write('voidTransaction', { id: last, reason: 'test' });

    // A correction of the opening takes the note along.
    await write('replaceTransaction', {
      id: opening,
      reason: 'price',
      transaction: fill('BUY', 'AAA', day(3), '10', '101'),
    });
    const [moved] = await noted();
    expect(moved.id).not.toBe(trade.id);
    expect(moved.note).toMatchObject({ tags: ['gap'], version: 2 });
    expect((await annotate(moved.id, 2, { tags: ['gap', 'late'], initialRisk: '54' })).trade).toMatchObject({
      id: moved.id,
      rMultiple: 2,
      note: { version: 3 },
    });

    // Without its earlier buy, the first trade becomes a short one that the later buy closes a part of.
    const [earlier] = (await ask('trades(first: 9) { nodes { id openedAt } }')).trades.nodes.filter(
      ({ openedAt }: any) => openedAt.startsWith(day(1)),
    );
    await annotate(earlier.id, 0, { tags: ['first'] });
    await write('voidTransaction', { id: early, reason: 'never happened' });
    const after = (
      await ask('trades(first: 9) { nodes { side openedAt note { tags } absorbedNotes { tags } } }')
    ).trades.nodes;
    expect(after).toMatchObject([
      { side: 'SHORT', openedAt: `${day(8)}T00:00:00.000Z`, note: null },
      { side: 'LONG', openedAt: `${day(3)}T00:00:00.000Z`, note: { tags: ['gap', 'late'] } },
      { side: 'SHORT', openedAt: `${day(2)}T00:00:00.000Z`, note: null },
    ]);
    const { auditLog } = await ask('auditLog(first: 50) { nodes { action actor subjectId } }');
    expect(auditLog.nodes.filter(({ action }: any) => action === 'ANNOTATE')).toHaveLength(4);
  });

  it('writes once under a key, and says what it cannot note', async () => {
    const [trade] = (
      await ask('trades(first: 1, filter: { isOpen: false, side: LONG }) { nodes { id entryPrice } }')
    ).trades.nodes;
    const idempotencyKey = newKey();
    for (const _ of [1, 2])
      expect(await annotate(trade.id, 3, { idempotencyKey, notes: 'Once.' })).toMatchObject({
        trade: { note: { version: 4, notes: 'Once.' } },
      });
    const problems = async (content: Record<string, unknown>, tradeId = trade.id) =>
      (await annotate(tradeId, 4, content)).errors.map(({ message }: any) => message);
    expect(await problems({ stopPrice: '120' })).toEqual([
      'expected a stop below 101, the entry price of a long trade, was 120',
    ]);
    expect(await problems({ stopPrice: '90', initialRisk: '5' })).toEqual([
      'expected a stop or an amount at risk, was both',
    ]);
    expect(await problems({ rating: 6 })).toEqual(['expected a rating from 1 to 5, was 6']);
    expect(await problems({ tags: ['a,b'] })).toEqual([
      'expected tags of at most 60 characters without a comma, was "a,b"',
    ]);
    expect(await problems({}, 'nothing')).toEqual(['expected an existing trade, was nothing']);
    expect(await problems({ portfolioId: 'prt_none' })).toEqual([
      'expected an existing portfolio, was prt_none',
    ]);
  });

  it('lists trades by lots, filtered and ordered, with legs and excursions', async () => {
    await record('BUY', 'BBB', day(3), '10', '100');
    await record('BUY', 'BBB', day(5), '10', '104');
    await record('SELL', 'BBB', day(7), '15', '110');
    const position = (
      await ask(
        'trades(first: 1, filter: { search: "bbb" }) { nodes { id legs { at isEntry quantity price } } }',
      )
    ).trades.nodes[0];
    expect(position.legs).toEqual([
      { at: `${day(3)}T00:00:00.000Z`, isEntry: true, quantity: '10', price: '100' },
      { at: `${day(5)}T00:00:00.000Z`, isEntry: true, quantity: '10', price: '104' },
      { at: `${day(7)}T00:00:00.000Z`, isEntry: false, quantity: '15', price: '110' },
    ]);
    await annotate(position.id, 0, { tags: ['gap'], stopPrice: '98', rating: 2 });
    const { trades } = await ask(
      `trades(first: 9, grouping: PER_LOT, filter: { search: "bbb" }, orderBy: { field: PROFIT, direction: DESCENDING }) {
         totalCount nodes { positionId symbol quantity openQuantity profit openProfit initialRisk rMultiple barsHeld tags setup rating note { rating }
         excursions { maximumAdverse maximumFavourable maximumAdverseR worstPrice bestPrice timeframe barCount } } }`,
    );
    // Bars are stamped at midnight after their date: those of 3, 4, 5 and 6 March lie in the first lot.
    expect(trades.nodes).toEqual([
      {
        positionId: position.id,
        symbol: 'BBB',
        quantity: '10',
        openQuantity: '0',
        profit: expect.stringMatching(/^98\.3/),
        openProfit: '0',
        initialRisk: '20',
        rMultiple: expect.closeTo((100 - 1 - 10 / 15) / 20, 12),
        barsHeld: null,
        tags: ['gap'],
        setup: null,
        rating: 2,
        note: { rating: 2 },
        excursions: {
          maximumAdverse: expect.closeTo(-0.15, 12),
          maximumFavourable: expect.closeTo(0.15, 12),
          maximumAdverseR: expect.closeTo(-7.5, 12),
          worstPrice: 85,
          bestPrice: 115,
          timeframe: 'DAY_1',
          barCount: 4,
        },
      },
      expect.objectContaining({
        positionId: position.id,
        quantity: '5',
        openQuantity: '5',
        // 5 at the last close of 100, opened at 104 for half of a fee of 1.
        openProfit: '-20.5',
        initialRisk: '60',
      }),
    ]);
    // The second lot was opened at 104 and has seen 86 too, at a risk of 6 for each unit, where the first had one of 2.
    const lotsBy = async (field: string, direction: string) =>
      (
        await ask(
          `trades(first: 9, grouping: PER_LOT, filter: { search: "bbb" }, orderBy: { field: ${field}, direction: ${direction} }) {
             nodes { entryPrice } }`,
        )
      ).trades.nodes.map((one: any) => one.entryPrice);
    expect(await lotsBy('MAE', 'ASCENDING')).toEqual(['104', '100']);
    expect(await lotsBy('MAE', 'DESCENDING')).toEqual(['100', '104']);
    expect(await lotsBy('MAE_R', 'ASCENDING')).toEqual(['100', '104']);
    expect(await lotsBy('MFE', 'DESCENDING')).toEqual(['104', '100']);
    const count = async (filter: string) =>
      (await ask(`trades(first: 1, filter: { ${filter} }) { totalCount }`)).trades.totalCount;
    expect(await count('rating: 2')).toBe(1);
    expect(await count(`from: "${day(7)}", to: "${day(8)}T12:00:00Z"`)).toBe(2);
    expect(await count('outcome: WIN')).toBe(2);
    expect(await count('outcome: LOSS')).toBe(1);
    expect(await count('tags: ["nowhere"]')).toBe(0);
    const { trade } = await ask(`trade(id: "${position.id}") { instrument { symbol } openQuantity }`);
    expect(trade).toEqual({ instrument: { symbol: 'BBB' }, openQuantity: '5' });
    expect((await ask('trade(id: "nothing") { id }')).trade).toBeNull();
  });

  it('adds closed trades up', async () => {
    const { journal } = await ask(
      `journal(timeZone: "Europe/Berlin", filter: { search: "aaa" }) { __typename ... on TradeJournal { currency tags
         statistics { tradeCount winCount netProfit totalFees expectancyR rCount }
         bySide: breakdown(by: SIDE) { label statistics { tradeCount netProfit } }
         closedProfit { length times equity } calendar { days profit } rDistribution { edges counts } } }`,
    );
    const column = (text: string) => [
      ...new Float64Array(Uint8Array.from(Buffer.from(text, 'base64')).buffer),
    ];
    // Short 5 at 95 and bought back at 101; bought 5 more at 101 and sold, of 10, at 112, the rest open.
    expect(journal).toMatchObject({
      currency: 'USD',
      tags: [],
      statistics: { tradeCount: 2, winCount: 1, netProfit: expect.closeTo(-31.5 + 54, 9), rCount: 0 },
      bySide: [
        { label: 'long', statistics: { tradeCount: 1 } },
        { label: 'short', statistics: { tradeCount: 1 } },
      ],
      closedProfit: { length: 2 },
    });
    expect(column(journal.closedProfit.equity)).toEqual([expect.closeTo(-31.5, 9), expect.closeTo(22.5, 9)]);
    expect(column(journal.calendar.days)).toEqual([Date.parse(day(3)), Date.parse(day(8))]);
    const bad = await ask('journal(timeZone: "Mars") { ... on InputError { message } }');
    expect(bad.journal).toEqual({ message: 'expected a time zone such as Europe/Berlin, was "Mars"' });
  });
});
