import { Arg, Args, Ctx, FieldResolver, Mutation, Resolver, Root } from 'type-graphql';
import type { Context } from '../context.ts';
import { Instrument } from '../market-data/instrument.type.ts';
import { toInstrument } from '../market-data/market-data.resolver.ts';
import { type Connection, toConnection } from '../platform/graphql/connection.ts';
import { payload } from '../platform/graphql/errors.ts';
import { actorName } from '../platform/viewer.ts';
import type { CheckedFinding, CheckResult } from './check.service.ts';
import {
  ApplyFixInput,
  CheckReport,
  DismissFindingInput,
  FindingFix,
  FindingPayload,
  LedgerFinding,
  RestoreFindingInput,
} from './check.type.ts';
import { type Fix, fixIdOf, type Severity } from './checks/finding.ts';
import { listFindings } from './finding-list.ts';
import { FindingsArgs, LedgerFindingConnection } from './findings.args.ts';
import { toPortfolio } from './portfolio.resolver.ts';
import { Portfolio } from './portfolio.type.ts';
import { toAccount } from './account.resolver.ts';
import { Account } from './account.type.ts';
import { toTransaction } from './transaction.resolver.ts';
import { Transaction } from './transaction.type.ts';

/** More rows than anybody looks through here; the list of transactions has all. */
const TRANSACTIONS_MAXIMUM = 20;

function toFix(fix: Fix): FindingFix {
  return Object.assign(new FindingFix(), {
    id: fixIdOf(fix),
    kind: fix.kind,
    label: fix.label,
    transaction: fix.kind === 'RECORD' ? fix.draft : null,
    transactionIds: fix.kind === 'VOID' ? fix.transactionIds : [],
    symbol: 'symbol' in fix ? fix.symbol : null,
  });
}

function toFinding(finding: CheckedFinding): LedgerFinding {
  const { key, kind, severity, explanation, sinceMs, untilMs, evidence, dismissal } = finding;
  return Object.assign(new LedgerFinding(), {
    id: key,
    kind,
    severity,
    explanation,
    since: new Date(sinceMs),
    until: untilMs === null ? null : new Date(untilMs),
    transactionCount: finding.entryIds.length,
    evidence,
    fixes: finding.fixes.map(toFix),
    dismissal,
    finding,
  });
}

function toReport({ ledgerVersion, findings }: CheckResult): CheckReport {
  const standing = findings.filter(({ dismissal }) => !dismissal);
  const count = (severity: Severity) => standing.filter((one) => one.severity === severity).length;
  return Object.assign(new CheckReport(), {
    ledgerVersion,
    errorCount: count('ERROR'),
    warningCount: count('WARNING'),
    noticeCount: count('NOTICE'),
    dismissedCount: findings.length - standing.length,
    all: findings,
  });
}

@Resolver(() => Portfolio)
export class PortfolioCheckResolver {
  @FieldResolver(() => CheckReport, { description: 'What is probably wrong in its ledger, with fixes.' })
  async checks(@Ctx() { services }: Context, @Root() portfolio: Portfolio): Promise<CheckReport> {
    return toReport(await services.checks.check(portfolio));
  }

  @Mutation(() => FindingPayload, {
    description:
      'Makes a fix that the checks propose. Prices that it asks for come within a minute, where a source has them.',
  })
  applyFix(
    @Ctx() { services }: Context,
    @Arg('input', () => ApplyFixInput, { description: 'The finding and the fix.' }) input: ApplyFixInput,
  ): Promise<FindingPayload> {
    return payload(async () => ({
      portfolio: toPortfolio(await services.checks.applyFix(input, actorName())),
    }));
  }

  @Mutation(() => FindingPayload, {
    description: 'Says that a finding is right as it is; restoreFinding undoes it.',
  })
  dismissFinding(
    @Ctx() { services }: Context,
    @Arg('input', () => DismissFindingInput, { description: 'The finding and why.' })
    input: DismissFindingInput,
  ): Promise<FindingPayload> {
    return payload(async () => ({
      portfolio: toPortfolio(await services.checks.dismiss(input, actorName())),
    }));
  }

  @Mutation(() => FindingPayload, { description: 'Takes the dismissal of a finding back.' })
  restoreFinding(
    @Ctx() { services }: Context,
    @Arg('input', () => RestoreFindingInput, { description: 'The finding.' }) input: RestoreFindingInput,
  ): Promise<FindingPayload> {
    return payload(async () => ({
      portfolio: toPortfolio(await services.checks.restore(input, actorName())),
    }));
  }
}

@Resolver(() => CheckReport)
export class CheckReportResolver {
  @FieldResolver(() => LedgerFindingConnection, { description: 'The findings, what matters most first.' })
  findings(
    @Root() { all }: CheckReport,
    @Args(() => FindingsArgs) asked: FindingsArgs,
  ): Connection<LedgerFinding> {
    const { page, offset, totalCount } = listFindings(all, asked);
    return toConnection(page.map(toFinding), offset, totalCount);
  }
}

@Resolver(() => LedgerFinding)
export class FindingResolver {
  @FieldResolver(() => Instrument, {
    nullable: true,
    description: 'The instrument it is about, if it is about one.',
  })
  async instrument(
    @Ctx() { loaders }: Context,
    @Root() { finding }: LedgerFinding,
  ): Promise<Instrument | null> {
    const row = finding.instrumentId && (await loaders.instruments.load(finding.instrumentId));
    return row ? toInstrument(row) : null;
  }

  @FieldResolver(() => Account, {
    nullable: true,
    description: 'The account it is about; null where it is about all.',
  })
  async account(@Ctx() { loaders }: Context, @Root() { finding }: LedgerFinding): Promise<Account | null> {
    return finding.accountId === null ? null : toAccount(await loaders.accounts.load(finding.accountId));
  }

  @FieldResolver(() => [Transaction], {
    description: `The transactions it rests on, the oldest first; at most ${TRANSACTIONS_MAXIMUM}.`,
  })
  async transactions(
    @Ctx() { loaders }: Context,
    @Root() { finding }: LedgerFinding,
  ): Promise<Transaction[]> {
    const ids = finding.entryIds.slice(0, TRANSACTIONS_MAXIMUM);
    return (await loaders.transactions.loadMany(ids)).map((view) => toTransaction(view as never));
  }
}
