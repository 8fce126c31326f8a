import 'reflect-metadata';
import { type GraphQLSchema, lexicographicSortSchema, printSchema } from 'graphql';
import { buildSchema } from 'type-graphql';
import { AlertResolver } from './alert/alert.resolver.ts';
import { guardSchema } from './access/guard.ts';
import { LoginResolver } from './access/login.resolver.ts';
import { PasskeyResolver } from './access/passkey.resolver.ts';
import { SingleSignOnResolver } from './access/single-sign-on.resolver.ts';
import { SingleSignOnError } from './access/single-sign-on.type.ts';
import { TotpResolver } from './access/totp.resolver.ts';
import { TokenResolver } from './access/token.resolver.ts';
import { UsersResolver } from './access/users.resolver.ts';
import { BacktestResolver } from './backtest/backtest.resolver.ts';
import { RunSubscriptionResolver } from './backtest/subscription.resolver.ts';
import { SweepResolver } from './backtest/sweep.resolver.ts';
import { BacktestUniverseResolver, HoldingsResolver } from './backtest/universe.resolver.ts';
import { BacktestRun, Sweep } from './backtest/backtest.type.ts';
import { ImportRun } from './market-data/import-run.type.ts';
import { PriceFeedResolver } from './market-data/price-feed.resolver.ts';
import { InstrumentResolver } from './market-data/market-data.resolver.ts';
import {
  InputError,
  InsufficientHistoryError,
  NotFoundError,
  StaleVersionError,
} from './platform/graphql/errors.ts';
import { ModelResolver } from './model/model.resolver.ts';
import { NodeResolver } from './node.resolver.ts';
import {
  PerformanceBreakdownResolver,
  PerformancePartResolver,
  PortfolioTagResolver,
  TagAssignmentResolver,
} from './portfolio/breakdown.resolver.ts';
import { CheckReportResolver, FindingResolver, PortfolioCheckResolver } from './portfolio/check.resolver.ts';
import { FillResolver, InstrumentFillResolver, PortfolioFillResolver } from './portfolio/fill.resolver.ts';
import { PortfolioEventResolver } from './portfolio/portfolio-event.resolver.ts';
import {
  ImportRunResolver,
  ImportSymbolResolver,
  PortfolioImportResolver,
  TransactionImportResolver,
} from './portfolio/import.resolver.ts';
import { PartReturnResolver, PerformancePeriodResolver } from './portfolio/measured-return.resolver.ts';
import { PortfolioResolver, PositionResolver } from './portfolio/portfolio.resolver.ts';
import {
  ClosedLotResolver,
  ExplanationResolver,
  LotReportResolver,
  LotResolver,
  PerformanceFigureResolver,
  PerformanceReportResolver,
  PortfolioReportResolver,
} from './portfolio/report.resolver.ts';
import {
  PortfolioJournalResolver,
  TradeJournalResolver,
  TradeResolver,
} from './portfolio/journal.resolver.ts';
import {
  PortfolioTargetsResolver,
  RebalanceLineResolver,
  RebalanceOrderResolver,
  TargetLineResolver,
} from './portfolio/targets.resolver.ts';
import {
  AmountExplanationResolver,
  ExplanationStepResolver,
  PeriodExplanationResolver,
  LotExplanationResolver,
  PositionExplanationResolver,
  ValuationExplanationResolver,
} from './portfolio/explanation.resolver.ts';
import { AccountResolver } from './portfolio/account.resolver.ts';
import { DeletedPortfolioResolver } from './portfolio/deleted-portfolio.resolver.ts';
import { PortfolioLedgerResolver, TransactionResolver } from './portfolio/transaction.resolver.ts';
import { PublicLinkResolver } from './portfolio/public-link.resolver.ts';
import { SharingResolver } from './portfolio/sharing.resolver.ts';
import { PortfolioRiskResolver } from './risk/risk.resolver.ts';
import { runTypes } from './run/run.type.ts';
import { BackupResolver } from './system/backup.resolver.ts';
import { SystemResolver } from './system/system.resolver.ts';

runTypes.of = (run) => ({ BACKTEST: 'BacktestRun', SWEEP: 'Sweep', IMPORT: 'ImportRun' })[run.row.kind];

const ACCESS_RESOLVERS = [
  LoginResolver,
  TotpResolver,
  PasskeyResolver,
  SingleSignOnResolver,
  TokenResolver,
  UsersResolver,
] as const;

const LEDGER_RESOLVERS = [
  TransactionResolver,
  AccountResolver,
  DeletedPortfolioResolver,
  AmountExplanationResolver,
  ExplanationStepResolver,
  PeriodExplanationResolver,
  LotExplanationResolver,
  PositionExplanationResolver,
  ValuationExplanationResolver,
] as const;
const USER_ERRORS = [
  InputError,
  NotFoundError,
  StaleVersionError,
  InsufficientHistoryError,
  SingleSignOnError,
] as const;

/** The one schema of the product. */
export async function createSchema(): Promise<GraphQLSchema> {
  const schema = await buildSchema({
    resolvers: [
      NodeResolver,
      BacktestUniverseResolver,
      HoldingsResolver,
      ...ACCESS_RESOLVERS,
      SharingResolver,
      PublicLinkResolver,
      InstrumentResolver,
      PriceFeedResolver,
      PortfolioResolver,
      PositionResolver,
      FillResolver,
      PortfolioFillResolver,
      InstrumentFillResolver,
      ...LEDGER_RESOLVERS,
      PortfolioLedgerResolver,
      PortfolioImportResolver,
      ImportRunResolver,
      ImportSymbolResolver,
      TransactionImportResolver,
      PortfolioReportResolver,
      PerformanceBreakdownResolver,
      PerformancePartResolver,
      PartReturnResolver,
      PortfolioTagResolver,
      TagAssignmentResolver,
      PortfolioCheckResolver,
      CheckReportResolver,
      FindingResolver,
      LotReportResolver,
      LotResolver,
      ClosedLotResolver,
      PerformanceReportResolver,
      PerformancePeriodResolver,
      PerformanceFigureResolver,
      ExplanationResolver,
      PortfolioJournalResolver,
      TradeResolver,
      TradeJournalResolver,
      PortfolioTargetsResolver,
      TargetLineResolver,
      RebalanceLineResolver,
      RebalanceOrderResolver,
      PortfolioRiskResolver,
      BacktestResolver,
      SweepResolver,
      RunSubscriptionResolver,
      PortfolioEventResolver,
      ModelResolver,
      AlertResolver,
      SystemResolver,
      BackupResolver,
    ],
    orphanedTypes: [...USER_ERRORS, BacktestRun, Sweep, ImportRun],
    validate: false,
    // Subscriptions bring their own iterators; nothing is published through type-graphql.
    pubSub: {
      publish: () => undefined,
      subscribe: () => ({
        [Symbol.asyncIterator]: () => ({ next: async () => ({ done: true, value: undefined }) }),
      }),
    },
  });
  sendAsYielded(schema);
  return guardSchema(schema);
}

/** What a subscription's iterator yields is what is sent: nothing is worked out of its arguments again for every event. */
function sendAsYielded(schema: GraphQLSchema): void {
  for (const field of Object.values(schema.getSubscriptionType()!.getFields()))
    field.resolve = (event) => event;
}

/** The schema as text, in a stable order. */
export function printSorted(schema: GraphQLSchema): string {
  return `${printSchema(lexicographicSortSchema(schema))}\n`;
}
