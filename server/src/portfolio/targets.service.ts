import { InstrumentRow } from '../market-data/instrument.entity.ts';
import type { MarketDataService } from '../market-data/market-data.service.ts';
import type { Clock } from '../platform/clock.ts';
import type { Database, EntityManager } from '../platform/database/database.ts';
import { Decimal, ONE, ZERO } from '../platform/decimal.ts';
import { existing, invalid, notFound, staleVersion } from '../platform/graphql/errors.ts';
import { once } from '../platform/graphql/idempotency.ts';
import { together } from '../platform/together.ts';
import { leaveMessage } from '../run/outbox.ts';
import { writeAudit } from '../trade/audit.ts';
import type { LotClosing, LotMethod } from '../trade/lots.ts';
import type { LedgerService } from './ledger.service.ts';
import { type PortfolioRates, portfolioRates } from './portfolio-rates.ts';
import type { PricedHolding } from './portfolio-state.ts';
import type { PortfolioService } from './portfolio.service.ts';
import { type Plan, type PlanOrder, rebalance } from './rebalance.ts';
import { type LedgerReports, methodByAccount } from './report.service.ts';
import { gainOf, lotsSold, withinGains } from './sale-lots.ts';
import {
  checkTargets,
  type PlanHolding,
  type PlanInputs,
  planInputs,
  planRules,
  type TargetLine,
  type Targets,
} from './targets.ts';
import type { SetTargetsInput } from './targets.type.ts';

/** What is asked of one plan. */
export interface PlanQuery {
  /** Cash that is about to come in, or below 0 to go out. */
  readonly contribution: Decimal;
  readonly allowSelling: boolean;
  readonly gainLimit: Decimal | null;
}

/** An order with the lots that it would close. */
export interface TaxedOrder extends PlanOrder {
  readonly closings: readonly LotClosing[];
}

/** A plan with everything that explains it. */
export interface ExplainedPlan extends Omit<Plan, 'orders'>, Pick<PlanInputs, 'unmanaged'> {
  readonly targets: Targets;
  readonly at: Date;
  readonly orders: readonly TaxedOrder[];
  readonly holdings: ReadonlyMap<string, PlanHolding>;
  readonly notes: readonly string[];
}

const LINES_MAXIMUM = 200;
const GAIN_ROUNDS_MAXIMUM = 8;

/** What portfolios are meant to hold, and the orders to get there. */
export class TargetsService {
  private readonly database: Database;
  private readonly portfolios: PortfolioService;
  private readonly ledger: LedgerService;
  private readonly reports: LedgerReports;
  private readonly marketData: MarketDataService;
  private readonly clock: Clock;
  private readonly targetsOf = together((ids: readonly string[]) => readTargets(this.database.fork(), ids));
  private readonly relay: () => Promise<void>;

  /** `relay` sends the messages that a committed write has left. */
  constructor(
    database: Database,
    portfolios: PortfolioService,
    ledger: LedgerService,
    reports: LedgerReports,
    marketData: MarketDataService,
    clock: Clock,
    relay: () => Promise<void>,
  ) {
    this.database = database;
    this.portfolios = portfolios;
    this.ledger = ledger;
    this.reports = reports;
    this.marketData = marketData;
    this.clock = clock;
    this.relay = relay;
  }

  /** The targets of a portfolio; null where none are set. */
  async find(portfolioId: string): Promise<Targets | null> {
    return this.targetsOf.load(portfolioId);
  }

  /** Puts targets in the place of those before. */
  async set(input: SetTargetsInput, actor: string): Promise<Targets> {
    const { portfolioId, expectedVersion } = input;
    if (!(await this.portfolios.find(portfolioId)))
      throw notFound('portfolio', portfolioId, 'input', 'portfolioId');
    if (input.lines.length > LINES_MAXIMUM)
      throw invalid(`expected at most ${LINES_MAXIMUM} lines, was ${input.lines.length}`, 'input', 'lines');
    await this.database.fork().transactional((em) =>
      once(em, this.clock, 'setTargets', input, async () => {
        // Waits for others who set targets of the same portfolio.
        await em.execute('select id from portfolio where id = ? for update', [portfolioId]);
        const version = (await readTargets(em, [portfolioId]))[0]?.version ?? 0;
        if (version !== expectedVersion) throw staleVersion(expectedVersion, version);
        const lines: (TargetLine & { name: string })[] = [];
        for (const [index, line] of input.lines.entries()) lines.push(await completeLine(em, line, index));
        const amounts = amountsOf(input);
        checkTargets(lines, amounts);
        await this.store(em, input, actor, version + 1, lines, amounts);
        const told = lines.map(({ name, weight }) => ({ name, weight: weight.toFixed() }));
        const details = { version: version + 1, lines: told };
        await writeAudit(em, this.clock, {
          action: 'SET_TARGETS',
          subjectId: portfolioId,
          portfolioId,
          actor,
          details,
        });
        await leaveMessage(em, this.clock, `portfolio/${portfolioId}`, { id: portfolioId });
        return portfolioId;
      }),
    );
    await this.relay();
    return existing(await this.find(portfolioId), 'portfolio', portfolioId);
  }

  /** The orders that bring a portfolio to its targets; null where none are set. */
  async plan(portfolioId: string, query: PlanQuery): Promise<ExplainedPlan | null> {
    const targets = await this.find(portfolioId);
    if (!targets) return null;
    const state = await this.portfolios.state(portfolioId);
    const held = state.holdings.filter(({ quantity }) => !quantity.isZero());
    const wanted = targets.lines.flatMap((line) => line.instrumentId ?? line.buyInstrumentId ?? []);
    const others = wanted.filter((id) => !held.some(({ instrumentId }) => instrumentId === id));
    const ids = [...held.map(({ instrumentId }) => instrumentId), ...new Set(others)];
    const holdings = await this.planHoldings(ids, held, state.rates);
    const inputs = planInputs(targets, holdings);
    const cash = state.cash.plus(query.contribution);
    const { plan, notes } = await this.taxed(portfolioId, targets, inputs, cash, query);
    return {
      ...plan,
      targets,
      at: state.at,
      unmanaged: inputs.unmanaged,
      holdings: new Map(holdings.map((one) => [one.instrumentId, one])),
      notes: [...inputs.notes, ...notes],
    };
  }

  /** What is held, then what is only meant to be, with prices in the base currency. */
  private async planHoldings(
    ids: readonly string[],
    held: readonly PricedHolding[],
    { base }: PortfolioRates,
  ): Promise<PlanHolding[]> {
    const instruments = await this.marketData.findMany(ids);
    const closes = await this.marketData.closesKnown(ids.slice(held.length), null);
    const currencies = new Set([base, ...instruments.map((row) => row!.currency)]);
    const rates = portfolioRates(await this.marketData.exchangeRates(currencies), base);
    return ids.map((instrumentId, index): PlanHolding => {
      const { symbol, assetClass, lotSize, currency } = instruments[index]!;
      const own = held[index];
      const close = own ? (own.isPriced ? own.price : null) : closes[index - held.length]?.close.at(-1);
      const quotePrice = close === null || close === undefined ? null : new Decimal(close);
      const known = currency === base ? ONE : rates.at(currency, Infinity)?.rate;
      const baseRate = own ? own.baseRate : (known ?? new Decimal(NaN));
      const price = quotePrice && !baseRate.isNaN() ? quotePrice.times(baseRate) : null;
      const quantity = own?.quantity ?? ZERO;
      return {
        instrumentId,
        symbol,
        assetClass,
        lotSize: new Decimal(lotSize),
        quantity,
        price,
        quotePrice,
        baseRate,
      };
    });
  }

  /** Plans with the lots that sales would close, and sells less until gains are within the limit. */
  private async taxed(
    portfolioId: string,
    targets: Targets,
    inputs: PlanInputs,
    cash: Decimal,
    { allowSelling, gainLimit }: PlanQuery,
  ): Promise<{ plan: Plan & { orders: readonly TaxedOrder[] }; notes: string[] }> {
    const { open, method } = await this.openLots(portfolioId, targets.lotMethod);
    const atMs = this.clock();
    const rules = planRules(targets, cash, allowSelling);
    const bounds = new Map<string, Decimal>();
    for (let round = 1; ; round += 1) {
      const isLast = round === GAIN_ROUNDS_MAXIMUM;
      const assets = inputs.assets.map((asset) => ({
        ...asset,
        sellMaximum: bounds.get(asset.id) ?? (isLast ? ZERO : undefined),
      }));
      const plan = rebalance(assets, inputs.sleeves, rules);
      const orders = plan.orders.map((order): TaxedOrder => {
        const sale = { ...order, instrumentId: order.assetId };
        return {
          ...order,
          closings: order.side === 'SELL' ? lotsSold(open, sale, method, atMs) : [],
        };
      });
      const sales = orders
        .filter(({ side }) => side === 'SELL')
        .map(({ closings, ...order }) => ({ sale: { ...order, instrumentId: order.assetId }, closings }));
      const tighter = gainLimit ? withinGains(sales, gainLimit) : new Map<string, Decimal>();
      if (tighter.size === 0 || isLast)
        return { plan: { ...plan, orders }, notes: gainNotes(orders, bounds.size > 0 ? gainLimit : null) };
      for (const [id, units] of tighter) bounds.set(id, Decimal.min(units, bounds.get(id) ?? units));
    }
  }

  /** What is open by a method, by each account's own where it is null. */
  private async openLots(portfolioId: string, chosen: LotMethod | null) {
    const accounts = await this.ledger.accounts(portfolioId);
    const method = chosen ?? methodByAccount(accounts);
    const { open } = chosen
      ? (await this.reports.lots(portfolioId, [chosen]))[0]
      : await this.reports.lotsByAccounts(portfolioId, accounts);
    return { open, method };
  }

  private async store(
    em: EntityManager,
    { portfolioId, units, goal, lotMethod }: SetTargetsInput,
    actor: string,
    version: number,
    lines: readonly TargetLine[],
    amounts: ReturnType<typeof amountsOf>,
  ): Promise<void> {
    await em.execute('delete from portfolio_targets where portfolio_id = ?', [portfolioId]);
    const { cashMinimum, cashBand, costFixed, costBps, minimumTrade } = amounts;
    await em.execute(
      `insert into portfolio_targets (portfolio_id, version, cash_minimum, cash_band, cost_fixed, cost_bps, minimum_trade,
         units, goal, lot_method, updated_by, updated_at) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      [
        portfolioId,
        version,
        ...[cashMinimum, cashBand, costFixed, costBps, minimumTrade].map((one) => one.toFixed()),
        units,
        goal,
        lotMethod ?? null,
        actor,
        new Date(this.clock()),
      ],
    );
    for (const [position, line] of lines.entries())
      await em.execute(
        `insert into target_line (portfolio_id, position, instrument_id, asset_class, buy_instrument_id, weight, band, band_kind)
         values (?, ?, ?, ?, ?, ?, ?, ?)`,
        [
          portfolioId,
          position,
          line.instrumentId,
          line.assetClass,
          line.buyInstrumentId,
          line.weight.toFixed(),
          line.band.toFixed(),
          line.bandKind,
        ],
      );
  }
}

function gainNotes(orders: readonly TaxedOrder[], limit: Decimal | null): string[] {
  const gain = gainOf(orders.flatMap(({ closings }) => closings));
  if (gain.isNaN())
    return ['What some lots cost is not known without an exchange rate: their gains are not counted.'];
  if (limit === null) return [];
  return [
    `Sales are cut so that their gains, ${gain.toFixed(2)}, stay within the limit of ${limit.toFixed(2)}: some drift stays.`,
  ];
}

function lineOf(row: Record<string, string | null>): TargetLine {
  return {
    instrumentId: row.instrument_id,
    assetClass: row.asset_class,
    buyInstrumentId: row.buy_instrument_id,
    weight: new Decimal(row.weight!),
    band: new Decimal(row.band!),
    bandKind: row.band_kind as TargetLine['bandKind'],
  };
}

/** The targets of portfolios, in their order; null where none are set. */
async function readTargets(em: EntityManager, portfolioIds: readonly string[]): Promise<(Targets | null)[]> {
  const ids = [portfolioIds.join(' ')];
  const ofThese = `where portfolio_id = any(string_to_array(?, ' '))`;
  const rows = await em.execute(`select * from portfolio_targets ${ofThese}`, ids);
  const lines =
    rows.length === 0 ? [] : await em.execute(`select * from target_line ${ofThese} order by position`, ids);
  const targets = new Map<string, Targets>(
    rows.map((row: Record<string, any>) => [
      row.portfolio_id,
      targetsIn(
        row,
        lines.filter((line: Record<string, any>) => line.portfolio_id === row.portfolio_id),
      ),
    ]),
  );
  return portfolioIds.map((id) => targets.get(id) ?? null);
}

function targetsIn(row: Record<string, any>, lines: readonly Record<string, any>[]): Targets {
  return {
    version: Number(row.version),
    lines: lines.map(lineOf),
    cashMinimum: new Decimal(row.cash_minimum),
    cashBand: new Decimal(row.cash_band),
    costFixed: new Decimal(row.cost_fixed),
    costBps: new Decimal(row.cost_bps),
    minimumTrade: new Decimal(row.minimum_trade),
    units: row.units,
    goal: row.goal,
    lotMethod: row.lot_method,
    updatedBy: row.updated_by,
    updatedAt: new Date(row.updated_at),
  };
}

const FRACTION_DECIMALS = 10;

function amountsOf({ cashMinimum, cashBand, costFixed, costBps, minimumTrade }: SetTargetsInput) {
  return {
    cashMinimum: new Decimal(cashMinimum),
    cashBand: new Decimal(cashBand).toDecimalPlaces(FRACTION_DECIMALS),
    costFixed: new Decimal(costFixed),
    costBps: new Decimal(costBps).toDecimalPlaces(6),
    minimumTrade: new Decimal(minimumTrade),
  };
}

async function completeLine(
  em: EntityManager,
  { symbol, assetClass, buySymbol, weight, band, bandKind }: SetTargetsInput['lines'][number],
  index: number,
): Promise<TargetLine & { name: string }> {
  const path = ['input', 'lines', String(index)];
  if (Boolean(symbol) === Boolean(assetClass))
    throw invalid(`expected a symbol or a class, was ${symbol ? 'both' : 'neither'}`, ...path, 'symbol');
  if (buySymbol && !assetClass)
    throw invalid('expected what is bought for a class, was for an instrument', ...path, 'buySymbol');
  const find = async (text: string | null | undefined, field: string) => {
    if (!text) return null;
    const row = await em.findOne(InstrumentRow, { symbol: text.trim().toUpperCase() });
    if (!row) throw notFound('instrument', text, ...path, field);
    return row;
  };
  const [instrument, bought] = [await find(symbol, 'symbol'), await find(buySymbol, 'buySymbol')];
  if (bought && bought.assetClass !== assetClass)
    throw invalid(
      `expected an instrument of the class ${assetClass!.toLowerCase()}, was ${bought.symbol} of ${bought.assetClass.toLowerCase()}`,
      ...path,
      'buySymbol',
    );
  return {
    name: instrument?.symbol ?? assetClass!.toLowerCase(),
    instrumentId: instrument?.id ?? null,
    assetClass: assetClass ?? null,
    buyInstrumentId: bought?.id ?? null,
    weight: new Decimal(weight).toDecimalPlaces(FRACTION_DECIMALS),
    band: new Decimal(band).toDecimalPlaces(FRACTION_DECIMALS),
    bandKind,
  };
}
