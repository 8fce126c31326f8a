import DataLoader from 'dataloader';
import type { ComputeService } from '@ai-trading/compute';
import type { AlertService } from './alert/alert.service.ts';
import type { Authenticator } from './access/authenticator.ts';
import type { LoginService } from './access/login.service.ts';
import type { Ownership } from './access/ownership.ts';
import type { Passkeys } from './access/passkeys.ts';
import type { SingleSignOn } from './access/single-sign-on.ts';
import type { Sessions } from './access/sessions.ts';
import type { TotpService } from './access/totp.service.ts';
import type { ApiTokens } from './access/tokens.ts';
import type { Users } from './access/users.ts';
import type { BacktestService } from './backtest/backtest.service.ts';
import type { ImportService } from './market-data/import.service.ts';
import type { DataSetRow, InstrumentRow } from './market-data/instrument.entity.ts';
import type { PriceFeedService } from './market-data/price-feed.service.ts';
import type { MarketDataService } from './market-data/market-data.service.ts';
import type { ModelService } from './model/model.service.ts';
import type { Caller } from './platform/http/caller.ts';
import type { PubSub } from './platform/pub-sub/pub-sub.ts';
import { together } from './platform/together.ts';
import type { Viewer } from './platform/viewer.ts';
import type { AccountRow } from './portfolio/account.entity.ts';
import type { PortfolioRow } from './portfolio/portfolio.entity.ts';
import type { AccountService, AccountValue } from './portfolio/account.service.ts';
import type { BreakdownService } from './portfolio/breakdown.service.ts';
import type { CheckService } from './portfolio/check.service.ts';
import type { TradeJournalService } from './portfolio/journal.service.ts';
import type { LedgerService } from './portfolio/ledger.service.ts';
import type { PortfolioChanges } from './portfolio/portfolio-changes.ts';
import type { PortfolioService } from './portfolio/portfolio.service.ts';
import type { PublicLinks } from './portfolio/public-link.service.ts';
import type { LedgerReports } from './portfolio/report.service.ts';
import type { SharingService } from './portfolio/sharing.service.ts';
import type { TargetsService } from './portfolio/targets.service.ts';
import type { TransactionImportService } from './portfolio/transaction-import.service.ts';
import type { MonteCarloService } from './risk/monte-carlo.service.ts';
import type { TagStore } from './portfolio/tag.store.ts';
import type { RiskService } from './risk/risk.service.ts';
import type { RunStore } from './run/run.store.ts';
import type { BackupService } from './system/backup.service.ts';
import type { SystemService } from './system/system.service.ts';
import type { LedgerExport } from './trade/imports/ledger-export.ts';
import type { FillStore } from './trade/fill.store.ts';
import type { TransactionView } from './trade/transaction.store.ts';

/** Everything resolvers may call. */
export interface Services {
  readonly logins: LoginService;
  readonly sessions: Sessions;
  readonly totp: TotpService;
  readonly passkeys: Passkeys;
  readonly singleSignOn: SingleSignOn;
  readonly authenticator: Authenticator;
  readonly tokens: ApiTokens;
  readonly users: Users;
  readonly sharing: SharingService;
  readonly publicLinks: PublicLinks;
  readonly ownership: Ownership;
  readonly marketData: MarketDataService;
  readonly imports: ImportService;
  readonly priceFeeds: PriceFeedService;
  readonly fills: FillStore;
  readonly portfolios: PortfolioService;
  readonly portfolioChanges: PortfolioChanges;
  readonly ledger: LedgerService;
  readonly accounts: AccountService;
  readonly reports: LedgerReports;
  readonly breakdowns: BreakdownService;
  readonly tags: TagStore;
  readonly checks: CheckService;
  readonly journal: TradeJournalService;
  readonly targets: TargetsService;
  readonly transactionImports: TransactionImportService;
  readonly ledgerExport: LedgerExport;
  readonly backtests: BacktestService;
  readonly risk: RiskService;
  readonly monteCarlo: MonteCarloService;
  readonly models: ModelService;
  readonly alerts: AlertService;
  readonly runs: RunStore;
  readonly system: SystemService;
  readonly backups: BackupService;
  readonly compute: ComputeService;
  readonly pubSub: PubSub;
}

/** What one operation carries: who asks, the services, loaders of its own, and a signal that aborts when nobody waits any more. */
export interface Context {
  readonly services: Services;
  readonly viewer: Viewer;
  readonly caller: Caller;
  readonly loaders: Loaders;
  readonly signal?: AbortSignal;
}

/** Each collects the ids of one tick and asks once, and keeps answers as long as one answer is made. */
export interface Loaders {
  readonly instruments: DataLoader<string, InstrumentRow | null>;
  readonly dataSets: DataLoader<string, DataSetRow[]>;
  readonly portfolios: DataLoader<string, PortfolioRow | null>;
  readonly accounts: DataLoader<string, AccountRow>;
  /** What is in the accounts of a portfolio at a time, by `valuesKey`. */
  readonly accountValues: DataLoader<string, Map<string, AccountValue>>;
  readonly transactions: DataLoader<string, TransactionView | null>;
}

/** A context; with a signal for a subscription, whose loaders keep nothing: every event tells what is then. */
export function createContext(services: Services, caller: Caller, signal?: AbortSignal): Context {
  const loaderOf = <Value>(ask: (ids: readonly string[]) => Promise<readonly Value[]>) =>
    signal ? together(ask) : new DataLoader<string, Value>(ask);
  return {
    services,
    viewer: caller.viewer,
    caller,
    signal,
    loaders: {
      instruments: loaderOf((ids) => services.marketData.findMany(ids)),
      dataSets: loaderOf((ids) => services.marketData.dataSets(ids)),
      portfolios: loaderOf((ids) => services.portfolios.findMany(ids)),
      accounts: loaderOf((ids) => services.ledger.findAccounts(ids)),
      accountValues: loaderOf((keys) => Promise.all(keys.map((key) => services.accounts.valuesBy(key)))),
      transactions: loaderOf((ids) => services.ledger.findMany(ids)),
    },
  };
}
