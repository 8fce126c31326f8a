import type { StoredBars } from '../market-data/bars.ts';
import type { MarketDataService } from '../market-data/market-data.service.ts';
import type { PriceFeedService } from '../market-data/price-feed.service.ts';
import type { Clock } from '../platform/clock.ts';
import { invalid, notFound, staleVersion } from '../platform/graphql/errors.ts';
import { writeAudit } from '../trade/audit.ts';
import { type LedgerEntry, lotEventOf } from '../trade/ledger.ts';
import type { TransactionStore } from '../trade/transaction.store.ts';
import { unitChanges } from '../trade/units.ts';
import type { ApplyFixInput, DismissFindingInput, RestoreFindingInput } from './check.type.ts';
import { findingsOf } from './checks/checks.ts';
import { type CheckedLedger, dayStart, type Finding, type Fix, fixIdOf } from './checks/finding.ts';
import type { Dismissal, DismissalStore } from './dismissal.store.ts';
import { type LedgerChanges, type LedgerService, reasonOf } from './ledger.service.ts';
import type { PortfolioRow } from './portfolio.entity.ts';
import { type PortfolioRates, rateGapsOf } from './portfolio-rates.ts';
import type { PortfolioService } from './portfolio.service.ts';

/** A finding with what somebody said to it. */
export interface CheckedFinding extends Finding {
  readonly dismissal: Dismissal | null;
}

/** What the checks found at a version of a ledger. */
export interface CheckResult {
  readonly ledgerVersion: number;
  readonly findings: readonly CheckedFinding[];
}

interface Kept {
  readonly series: readonly (StoredBars | null)[];
  readonly rates: PortfolioRates;
  /** What providers told and can be asked for, as text. */
  readonly told: string;
  readonly dayMs: number;
  readonly findings: readonly Finding[];
}

/** Looks for what is probably wrong in a ledger, and mends it. */
export class CheckService {
  private readonly portfolios: PortfolioService;
  private readonly ledger: LedgerService;
  private readonly transactions: TransactionStore;
  private readonly marketData: MarketDataService;
  private readonly dismissals: DismissalStore;
  private readonly priceFeeds: PriceFeedService;
  private readonly clock: Clock;
  /** Of a ledger as it was read, by the prices and the day it was checked with. */
  private readonly kept = new WeakMap<readonly LedgerEntry[], Kept>();

  constructor(
    portfolios: PortfolioService,
    ledger: LedgerService,
    transactions: TransactionStore,
    marketData: MarketDataService,
    dismissals: DismissalStore,
    priceFeeds: PriceFeedService,
    clock: Clock,
  ) {
    this.portfolios = portfolios;
    this.ledger = ledger;
    this.transactions = transactions;
    this.marketData = marketData;
    this.dismissals = dismissals;
    this.priceFeeds = priceFeeds;
    this.clock = clock;
  }

  async check(portfolio: Pick<PortfolioRow, 'id' | 'baseCurrency'>): Promise<CheckResult> {
    // Asked first: findings of a later version are then refused as those of an earlier one.
    const ledgerVersion = (await this.transactions.version(portfolio.id)) ?? 0;
    const [findings, dismissals] = [await this.findings(portfolio), await this.dismissals.of(portfolio.id)];
    return {
      ledgerVersion,
      findings: findings.map((one) => ({ ...one, dismissal: dismissals.get(one.key) ?? null })),
    };
  }

  async applyFix(input: ApplyFixInput, actor: string): Promise<PortfolioRow> {
    const { portfolioId, expectedVersion, findingId, fixId } = input;
    const { ledgerVersion, findings } = await this.check(await this.expect(portfolioId));
    const found = findings.find(({ key }) => key === findingId);
    const fix = found?.fixes.find((one) => fixIdOf(one) === fixId);
    if (fix?.kind === 'REFRESH_PRICES') return this.refresh(input, fix, actor);
    const changesOf = (): LedgerChanges => {
      if (ledgerVersion !== expectedVersion) throw staleVersion(expectedVersion, ledgerVersion);
      if (!found) throw notFound('finding', findingId, 'input', 'findingId');
      if (!fix) throw notFound('fix of the finding', fixId, 'input', 'fixId');
      const reason = `Fix of a check: ${fix.label}`;
      if (fix.kind === 'VOID') return { voids: fix.transactionIds, records: [], reason };
      if (fix.kind === 'RECORD') return { voids: [], records: [fix.draft], reason };
      throw invalid('expected a fix that changes the ledger, was an import of prices', 'input', 'fixId');
    };
    return this.ledger.amend('applyFix', input, changesOf, actor);
  }

  /** Asks the sources of an instrument that a finding names; the next turn of the schedule does. */
  private refresh(
    input: ApplyFixInput,
    { instrumentId, from, label }: Fix & { readonly kind: 'REFRESH_PRICES' },
    actor: string,
  ): Promise<PortfolioRow> {
    return this.ledger.change('applyFix', input, async (em) => {
      await this.priceFeeds.askFor(em, instrumentId, from);
      const audited = { action: 'ASK_PRICES', subjectId: instrumentId, actor } as const;
      const { portfolioId } = input;
      await writeAudit(em, this.clock, { ...audited, portfolioId, details: { reason: label } });
    });
  }

  /** Says that a finding is right as it is. */
  async dismiss(input: DismissFindingInput, actor: string): Promise<PortfolioRow> {
    const { findings } = await this.check(await this.expect(input.portfolioId));
    return this.ledger.change('dismissFinding', input, async (em) => {
      if (!findings.some(({ key }) => key === input.findingId))
        throw notFound('finding', input.findingId, 'input', 'findingId');
      await this.dismissals.dismiss(em, input, reasonOf(input.reason), actor);
    });
  }

  /** Takes a dismissal back. */
  async restore(input: RestoreFindingInput, actor: string): Promise<PortfolioRow> {
    return this.ledger.change('restoreFinding', input, (em) => this.dismissals.restore(em, input, actor));
  }

  private async expect(portfolioId: string): Promise<PortfolioRow> {
    const portfolio = await this.portfolios.find(portfolioId);
    if (!portfolio) throw notFound('portfolio', portfolioId, 'input', 'portfolioId');
    return portfolio;
  }

  private async findings(portfolio: Pick<PortfolioRow, 'id' | 'baseCurrency'>): Promise<readonly Finding[]> {
    const { entries, instrumentIds: ids, rates } = await this.portfolios.ledger(portfolio.id);
    const series = await this.marketData.closesOf(ids);
    const events = await this.marketData.knownEvents(ids);
    const feeds = await this.priceFeeds.open(ids);
    const told = JSON.stringify([[...events], feeds]);
    const dayMs = dayStart(this.clock());
    const kept = this.kept.get(entries);
    const isKept = kept?.dayMs === dayMs && kept.rates === rates && kept.told === told;
    if (isKept && kept.series.every((one, index) => one === series[index])) return kept.findings;
    const instruments = (await this.marketData.findMany(ids)).filter((row) => row !== null);
    const accounts = await this.ledger.accounts(portfolio.id);
    const ledger: CheckedLedger = {
      entries,
      units: unitChanges(entries.map((entry) => lotEventOf(entry)).filter((event) => event !== null)),
      prices: new Map(ids.flatMap((id, index) => (series[index] ? [[id, series[index]]] : []))),
      events,
      feeds,
      instruments: new Map(instruments.map((row) => [row.id, row])),
      accountNames: new Map(accounts.map(({ id, name }) => [id, name])),
      origins: await this.transactions.origins(portfolio.id),
      currency: portfolio.baseCurrency,
      missingRates: rateGapsOf(entries, rates).missing,
      staleRates: rateGapsOf(entries, rates).stale,
      nowMs: this.clock(),
    };
    const findings = findingsOf(ledger);
    this.kept.set(entries, { series, rates, told, dayMs, findings });
    return findings;
  }
}
