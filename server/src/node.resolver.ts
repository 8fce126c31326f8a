import { Arg, Ctx, ID, Query, Resolver } from 'type-graphql';
import { toAlertRule } from './alert/alert.resolver.ts';
import { toBacktestRun, toSweep } from './backtest/views.ts';
import type { Context } from './context.ts';
import { toImportRun } from './market-data/import-run.type.ts';
import { toInstrument } from './market-data/market-data.resolver.ts';
import { Node } from './platform/graphql/node.ts';
import { toAccount } from './portfolio/account.resolver.ts';
import { toFill } from './portfolio/fill.resolver.ts';
import { toPortfolio } from './portfolio/portfolio.resolver.ts';
import { toTransaction } from './portfolio/transaction.resolver.ts';

@Resolver()
export class NodeResolver {
  @Query(() => Node, {
    nullable: true,
    description:
      'An instrument, portfolio, account, transaction, fill, rule for alerts or run by its id; null where nothing has it, and for public links and what belongs to logins.',
  })
  async node(
    @Ctx() { services }: Context,
    @Arg('id', () => ID, { description: 'The id.' }) id: string,
  ): Promise<Node | null> {
    const [prefix] = id.split('_');
    if (prefix === 'ins')
      return (await services.marketData.find(id).then((row) => row && toInstrument(row))) ?? null;
    if (prefix === 'prt')
      return (await services.portfolios.find(id).then((row) => row && toPortfolio(row))) ?? null;
    if (prefix === 'txn')
      return (await services.ledger.find(id).then((view) => view && toTransaction(view))) ?? null;
    if (prefix === 'acc')
      return (await services.ledger.findAccounts([id])).filter(Boolean).map(toAccount)[0] ?? null;
    if (prefix === 'fil') return (await services.fills.find(id).then((row) => row && toFill(row))) ?? null;
    if (prefix === 'alr')
      return (await services.alerts.findRule(id).then((row) => row && toAlertRule(row))) ?? null;
    const run = prefix === 'run' ? await services.runs.find(id) : null;
    if (!run) return null;
    return { BACKTEST: toBacktestRun, SWEEP: toSweep, IMPORT: toImportRun }[run.kind](run);
  }
}
