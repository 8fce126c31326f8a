import { Arg, Ctx, FieldResolver, Int, Resolver, Root } from 'type-graphql';
import type { Context } from '../context.ts';
import { type Connection, pageOf, toConnection } from '../platform/graphql/connection.ts';
import { BacktestRun } from './backtest.type.ts';
import { contributionsOf, rebalanceAt, weightsOf } from './holdings.ts';
import { BacktestHoldings, Rebalance, RebalanceConnection, UniverseWeights } from './universe.type.ts';
import { summaryOf } from './views.ts';

@Resolver(() => BacktestRun)
export class BacktestUniverseResolver {
  @FieldResolver(() => BacktestHoldings, {
    nullable: true,
    description:
      'What it held of a universe; null until it has succeeded and where one instrument was traded.',
  })
  async holdings(
    @Ctx() { services }: Context,
    @Root() { id, row, settings }: BacktestRun,
  ): Promise<BacktestHoldings | null> {
    const { universe } = summaryOf(row);
    if (!universe) return null;
    const [trades, weights] = await Promise.all([
      services.backtests.columns(id, 'trades'),
      services.backtests.columns(id, 'weights'),
    ]);
    const contributions = contributionsOf(universe, settings.initialCash, trades, weights);
    return Object.assign(new BacktestHoldings(), { runId: id, contributions, interest: universe.interest });
  }
}

@Resolver(() => BacktestHoldings)
export class HoldingsResolver {
  @FieldResolver(() => UniverseWeights, { description: 'What was held over time.' })
  async weights(
    @Ctx() { services }: Context,
    @Root() { runId }: BacktestHoldings,
    @Arg('first', () => Int, {
      defaultValue: 12,
      description: 'How many instruments have a column of their own, 1 to 50.',
    })
    first: number,
    @Arg('maxPoints', () => Int, { defaultValue: 500, description: 'At most so many points, 2 to 10,000.' })
    maxPoints: number,
  ): Promise<UniverseWeights> {
    const [course, weights] = await Promise.all([
      services.backtests.columns(runId, 'course'),
      services.backtests.columns(runId, 'weights'),
    ]);
    return weightsOf(course.timesMs, weights, { first, maxPoints });
  }

  @FieldResolver(() => RebalanceConnection, { description: 'When it was chosen anew, in order.' })
  async rebalances(
    @Ctx() { services }: Context,
    @Root() { runId }: BacktestHoldings,
    @Arg('first', () => Int, { description: 'How many, 1 to 100.' }) first: number,
    @Arg('after', () => String, { nullable: true, description: 'The cursor to go on from.' }) after?: string,
  ): Promise<Connection<Rebalance>> {
    const { offset, limit } = pageOf(first, after);
    const columns = await services.backtests.columns(runId, 'rebalances');
    const total = columns.barIndex.length;
    const count = Math.max(0, Math.min(limit, total - offset));
    const items = Array.from({ length: count }, (_, place) => rebalanceAt(columns, offset + place));
    return toConnection(items, offset, total);
  }
}
