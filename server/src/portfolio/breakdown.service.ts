import { firstAtOrAfter } from '../market-data/bars.ts';
import type { InstrumentRow } from '../market-data/instrument.entity.ts';
import type { MarketDataService } from '../market-data/market-data.service.ts';
import { notFound } from '../platform/graphql/errors.ts';
import { countsAtMs, type LedgerEntry } from '../trade/ledger.ts';
import { type BenchmarkPeriod, benchmarkPeriod } from './benchmark-period.ts';
import { type Contributions, contributionsOf, type PartResult } from './contribution.ts';
import { type IncomeParts, incomeParts, NO_INCOME } from './income-parts.ts';
import type { LedgerService } from './ledger.service.ts';
import type { ValuedPeriod } from './modified-dietz.ts';
import type { MeasuredPeriod } from './performance.ts';
import type { PortfolioService } from './portfolio.service.ts';
import { segmentsOf } from './segments.ts';
import type { TagStore } from './tag.store.ts';

/** What a portfolio can be cut by. */
export type BreakdownBy = 'INSTRUMENT' | 'ACCOUNT' | 'ASSET_CLASS' | 'TAG';

/** A part with what it is called, and what it earned and paid. */
export interface NamedPart extends PartResult, IncomeParts {
  readonly label: string;
  readonly instrumentId: string | null;
  /** The gain without income and costs. */
  readonly priceGain: number;
  /** Its values at both ends of the period and what flowed in and out between. */
  readonly stretch: ValuedPeriod;
}

/** A period cut into parts. */
export interface Breakdown extends Omit<Contributions, 'parts'> {
  readonly parts: readonly NamedPart[];
  /** Whether something belongs to several parts, so that they add up to more than the whole. */
  readonly isOverlapping: boolean;
}

type KeysOf = (accountId: string, instrumentId: string | null) => readonly string[];

interface Grouping {
  readonly keysOf: KeysOf;
  readonly labelOf: (key: string) => string;
}

const CASH = 'cash';
const UNTAGGED = 'untagged';

/** Cuts what a portfolio returned into parts, and sets it beside a benchmark. */
export class BreakdownService {
  private readonly portfolios: PortfolioService;
  private readonly ledger: LedgerService;
  private readonly marketData: MarketDataService;
  private readonly tags: TagStore;

  constructor(
    portfolios: PortfolioService,
    ledger: LedgerService,
    marketData: MarketDataService,
    tags: TagStore,
  ) {
    this.portfolios = portfolios;
    this.ledger = ledger;
    this.marketData = marketData;
    this.tags = tags;
  }

  /** The parts of a period, the largest contribution or loss first. */
  async breakdown(portfolioId: string, period: MeasuredPeriod, by: BreakdownBy): Promise<Breakdown> {
    const { entries, rates, prices, columns } = await this.portfolios.history(portfolioId, period.knownAt);
    const start = firstAtOrAfter(columns.timesMs, period.timesMs[0]) - 1;
    const end = start + period.timesMs.length;
    if (isUnknown(period))
      return { parts: [], timeWeighted: NaN, reason: period.unknown ?? null, isOverlapping: false };
    const { keysOf, labelOf } = await this.grouping(portfolioId, by, period.knownAt);
    const { timesMs, flowAmounts } = columns;
    const segments = segmentsOf({ entries, timesMs, flowAmounts, prices, rates, keysOf });
    const { parts, ...rest } = contributionsOf({ ...columns, segments }, { start, end });
    const isWithin = (entry: LedgerEntry) =>
      (start < 0 || countsAtMs(entry) > timesMs[start]) && countsAtMs(entry) <= timesMs[end];
    const income = incomeParts(entries.filter(isWithin), keysOf, rates);
    const places = entries.map(({ accountId, instrumentId }) => keysOf(accountId, instrumentId));
    const weightOf = ({ contribution, gain }: PartResult) => Math.abs(contribution ?? gain);
    return {
      ...rest,
      isOverlapping: places.some((keys) => keys.length > 1),
      parts: parts
        .map((part): NamedPart => {
          const own = income.get(part.key) ?? NO_INCOME;
          const priceGain = part.gain - own.dividends - own.interest + own.fees + own.taxes;
          const instrumentId = by === 'INSTRUMENT' && part.key !== CASH ? part.key : null;
          const stretch = { ...part, fromMs: period.fromMs, toMs: period.toMs };
          return { ...part, ...own, priceGain, label: labelOf(part.key), instrumentId, stretch };
        })
        .toSorted((a, b) => weightOf(b) - weightOf(a)),
    };
  }

  /** A benchmark by its symbol, or the portfolio's own, over a period; null where there is none. */
  async against(
    portfolioId: string,
    benchmarkId: string | null,
    period: MeasuredPeriod,
    symbol?: string | null,
  ): Promise<{ instrument: InstrumentRow; result: BenchmarkPeriod } | null> {
    const instrument = symbol
      ? await this.marketData.findBySymbol(symbol)
      : benchmarkId && (await this.marketData.find(benchmarkId));
    if (symbol && !instrument) throw notFound('instrument', symbol, 'symbol');
    if (!instrument) return null;
    const series = isUnknown(period)
      ? null
      : await this.portfolios.closesInBase(portfolioId, instrument.id, period.knownAt);
    const result = series && benchmarkPeriod(period, series);
    return result && { instrument, result };
  }

  private async grouping(
    portfolioId: string,
    by: BreakdownBy,
    knownAt: Date | null | undefined,
  ): Promise<Grouping> {
    if (by === 'ACCOUNT') {
      const accounts = await this.ledger.accounts(portfolioId);
      const names = new Map(accounts.map(({ id, name }) => [id, name]));
      return { keysOf: (accountId) => [accountId], labelOf: (key) => names.get(key) ?? key };
    }
    if (by === 'TAG') return tagGrouping(await this.tags.of(portfolioId));
    const { holdings } = await this.portfolios.state(portfolioId, null, knownAt);
    const ids = holdings.map(({ instrumentId }) => instrumentId);
    const rows = (await this.marketData.findMany(ids)).filter((row) => row !== null);
    const known = new Map(rows.map((row) => [row.id, row]));
    return by === 'INSTRUMENT'
      ? {
          keysOf: (_, instrumentId) => [instrumentId ?? CASH],
          labelOf: (key) => known.get(key)?.symbol ?? 'Cash',
        }
      : {
          keysOf: (_, instrumentId) => [
            instrumentId ? (known.get(instrumentId)?.assetClass ?? 'OTHER') : CASH,
          ],
          labelOf: (key) => (key === CASH ? 'Cash' : key),
        };
  }
}

/** Whether a value or a flow of a period needs an exchange rate that is missing. */
function isUnknown({ startValue, equity, growth }: MeasuredPeriod): boolean {
  return Number.isNaN(startValue) || equity.some(Number.isNaN) || growth.some(Number.isNaN);
}

/** By the tags of the instrument and of the account; what has none is cash or untagged. */
function tagGrouping(tagged: Awaited<ReturnType<TagStore['of']>>): Grouping {
  const tagsOf = new Map(
    tagged.map(({ instrumentId, accountId, tags }) => [instrumentId ?? accountId, tags]),
  );
  return {
    keysOf: (accountId, instrumentId) => {
      const tags = [...(tagsOf.get(instrumentId) ?? []), ...(tagsOf.get(accountId) ?? [])];
      if (tags.length > 0) return [...new Set(tags.map((tag) => `tag ${tag}`))];
      return [instrumentId === null ? CASH : UNTAGGED];
    },
    labelOf: (key) => (key === CASH ? 'Cash' : key === UNTAGGED ? 'Without a tag' : key.slice('tag '.length)),
  };
}
