import { firstAtOrAfter } from '../market-data/bars.ts';
import { Breather } from '../platform/breather.ts';
import type { Clock } from '../platform/clock.ts';
import { type Decimal, ZERO } from '../platform/decimal.ts';
import { rememberedPair } from '../platform/remember.ts';
import { countsAtMs, externalFlowOf, type LedgerEntry, lotEventOf } from '../trade/ledger.ts';
import { LOT_METHODS, type LotLedger, type LotMethod, runLots } from '../trade/lots.ts';
import { type Split, splitsOf, withPricesPaid } from '../trade/round-trips.ts';
import type { LedgerService } from './ledger.service.ts';
import { type LotReportData, lotReport } from './lot-report.ts';
import { type BookedFlow, type MeasuredPeriod, measuredPeriod } from './performance.ts';
import { type PeriodPreset, presetStart } from './presets.ts';
import type { PortfolioService } from './portfolio.service.ts';
import { bookedRateOf, type MissingRate, type PortfolioRates, rateGapsOf } from './portfolio-rates.ts';
import type { PricedHolding } from './portfolio-state.ts';

type Parts = readonly (readonly LedgerEntry[])[];

const eventsOnce = rememberedPair((entries: readonly LedgerEntry[], rates: PortfolioRates) =>
  entries.map((entry) => lotEventOf(entry, rates)).filter((event) => event !== null),
);
const lotsOnce = Object.fromEntries(
  LOT_METHODS.map((method) => [
    method,
    rememberedPair((entries: readonly LedgerEntry[], rates: PortfolioRates) =>
      runLots(eventsOnce(entries, rates), method),
    ),
  ]),
) as Record<LotMethod, (entries: readonly LedgerEntry[], rates: PortfolioRates) => LotLedger>;

/** One way to choose lots, or that of each account. */
type MethodChoice = LotMethod | ((accountId: string) => LotMethod);

/** An account as far as its choice of lots needs it. */
interface LotAccount {
  readonly id: string;
  readonly lotMethod: LotMethod;
}

/** The accounts' own methods; one where all have the same, whose lots are remembered. */
export function methodByAccount(accounts: readonly LotAccount[]): MethodChoice {
  const methods = new Map(accounts.map(({ id, lotMethod }) => [id, lotMethod]));
  const [first, ...others] = new Set(methods.values());
  return first && others.length === 0 ? first : (id) => methods.get(id) ?? 'FIFO';
}

/** The lots of a ledger in parts; closings in the order they happened. */
async function lotsOf(parts: Parts, rates: PortfolioRates, method: MethodChoice): Promise<LotLedger> {
  const breather = new Breather();
  const ledgers: LotLedger[] = [];
  for (const part of parts) {
    ledgers.push(
      typeof method === 'string' ? lotsOnce[method](part, rates) : runLots(eventsOnce(part, rates), method),
    );
    await breather.breathe();
  }
  const closings = ledgers.flatMap((ledger) => ledger.closings);
  // Those of one time keep the order that they count in.
  closings.sort((a, b) => a.closedMs - b.closedMs);
  return { lots: ledgers.flatMap(({ lots }) => lots), closings };
}

/** What round trips are built from: lots by the accounts' own methods, and the splits that they went through. */
export interface TripLedger extends LotLedger {
  readonly splits: readonly Split[];
}

/** The newest round trips of a ledger and the methods they are by. */
const tripLedgerKept = rememberedPair((_parts: Parts, _rates: PortfolioRates) => ({
  methods: '',
  ledger: null as Promise<TripLedger> | null,
}));

async function tripLedgerOf(
  parts: Parts,
  rates: PortfolioRates,
  accounts: readonly LotAccount[],
): Promise<TripLedger> {
  const lots = await lotsOf(parts, rates, methodByAccount(accounts));
  const splits = parts.flatMap((part) => splitsOf(eventsOnce(part, rates)));
  if (accounts.every(({ lotMethod }) => lotMethod !== 'AVERAGE')) return { ...lots, splits };
  // Average cost closes the oldest lots: by FIFO the same lots keep what was paid for each.
  const paying = accounts.map(({ id, lotMethod }): LotAccount => {
    return { id, lotMethod: lotMethod === 'AVERAGE' ? 'FIFO' : lotMethod };
  });
  return { ...withPricesPaid(lots, await lotsOf(parts, rates, methodByAccount(paying))), splits };
}

/** A time to value at, and one whose knowledge counts; now where absent. */
export interface Past {
  readonly at?: Date | null;
  readonly knownAt?: Date | null;
}

/** What the ledger of a portfolio says: lots and returns. */
export class LedgerReports {
  private readonly portfolios: PortfolioService;
  private readonly ledger: LedgerService;
  private readonly clock: Clock;

  constructor(portfolios: PortfolioService, ledger: LedgerService, clock: Clock) {
    this.portfolios = portfolios;
    this.ledger = ledger;
    this.clock = clock;
  }

  /** Lots by each of the methods, valued at a time, now when null, from what was known at another. */
  async lots(
    portfolioId: string,
    methods: readonly LotMethod[],
    accountId?: string | null,
    past: Past = {},
  ): Promise<LotReportData[]> {
    return this.reportsBy(portfolioId, methods, accountId, past);
  }

  /** The same by the method that each account has. */
  async lotsByAccounts(
    portfolioId: string,
    accounts: readonly LotAccount[],
    accountId?: string | null,
    past: Past = {},
  ): Promise<LotReportData> {
    const [report] = await this.reportsBy(portfolioId, [methodByAccount(accounts)], accountId, past);
    return report;
  }

  private async reportsBy(
    portfolioId: string,
    methods: readonly MethodChoice[],
    accountId: string | null | undefined,
    { at = null, knownAt = null }: Past,
  ): Promise<LotReportData[]> {
    const { parts, rates } = await this.portfolios.ledger(portfolioId, knownAt);
    const isPast = (entry: LedgerEntry) => !at || countsAtMs(entry) <= at.getTime();
    const past = at ? parts.map((part) => part.filter(isPast)) : parts;
    const { holdings } = await this.portfolios.state(portfolioId, at, knownAt);
    const prices = new Map(
      holdings.map(({ instrumentId, price, baseRate }) => [instrumentId, price.times(baseRate)]),
    );
    const priceOf = (instrumentId: string) => prices.get(instrumentId) ?? ZERO;
    const atMs = at?.getTime() ?? this.clock();
    const reports: LotReportData[] = [];
    for (const method of methods)
      reports.push(lotReport(await lotsOf(past, rates, method), priceOf, atMs, accountId));
    return reports;
  }

  /** A period of the history with its flows; null without prices in it. */
  async period(
    portfolioId: string,
    from?: Date | null,
    to?: Date | null,
    preset?: PeriodPreset | null,
    knownAt: Date | null = null,
  ): Promise<MeasuredPeriod | null> {
    const { entries, rates, columns } = await this.portfolios.history(portfolioId, knownAt);
    const flows = entries.flatMap((entry): BookedFlow[] => {
      const flow = externalFlowOf(entry, rates);
      // Units without a price of their own are worth what the market says, not what their day's rate makes of them.
      const isBooked = flow !== null && (entry.instrumentId === null || entry.price !== null);
      return flow ? [{ ...flow, exchangeRate: isBooked ? bookedRateOf(entry, rates) : null }] : [];
    });
    const firstMs = entries[0]?.timeMs ?? Infinity;
    const toMs = to?.getTime() ?? null;
    const end = toMs === null ? columns.timesMs.length : firstAtOrAfter(columns.timesMs, toMs + 1);
    const fromMs =
      preset && end > 0 ? presetStart(preset, columns.timesMs[end - 1]) : (from?.getTime() ?? null);
    const period = measuredPeriod(columns, flows, firstMs, fromMs, toMs);
    return (
      period && { ...period, knownAt, unknown: unknownOf(rateGapsOf(entries, rates).missing, rates.base) }
    );
  }

  /** What was held at a time, with prices; from what was known at another. */
  async holdings(
    portfolioId: string,
    atMs: number,
    knownAt: Date | null = null,
  ): Promise<readonly PricedHolding[]> {
    const { holdings } = await this.portfolios.state(portfolioId, new Date(atMs), knownAt);
    return holdings.filter(({ quantity }) => !quantity.isZero());
  }

  /** The newest prices of what is held, in the base currency; without what has none of its own. */
  async prices(portfolioId: string): Promise<ReadonlyMap<string, Decimal>> {
    const { holdings } = await this.portfolios.state(portfolioId);
    const priced = holdings.filter(({ isPriced }) => isPriced);
    return new Map(priced.map((one) => [one.instrumentId, one.price.times(one.baseRate)]));
  }

  /** What the round trips of a portfolio are built from; the same object until its ledger or a method changes. */
  async tripLedger(portfolioId: string): Promise<TripLedger> {
    const accounts = await this.ledger.accounts(portfolioId);
    const { parts, rates } = await this.portfolios.ledger(portfolioId);
    const methods = accounts.map(({ id, lotMethod }) => `${id} ${lotMethod}`).join();
    const kept = tripLedgerKept(parts, rates);
    if (kept.methods !== methods || !kept.ledger)
      Object.assign(kept, { methods, ledger: tripLedgerOf(parts, rates, accounts) });
    return kept.ledger!;
  }
}

function unknownOf(missing: readonly MissingRate[], base: string): string {
  const pairs = missing.map(({ from, to }) => `${from} in ${to}`).join(', ');
  return `expected exchange rates for all of the period, was without ${pairs || `some of those into ${base}`}`;
}
