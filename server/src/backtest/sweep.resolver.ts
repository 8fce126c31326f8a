import { gridParameters } from '@ai-trading/compute';
import { Arg, Args, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql';
import type { Context } from '../context.ts';
import { Instrument } from '../market-data/instrument.type.ts';
import { toInstrument } from '../market-data/market-data.resolver.ts';
import { type Connection, pageOf, toConnection } from '../platform/graphql/connection.ts';
import { Access } from '../platform/graphql/access.ts';
import { payload } from '../platform/graphql/errors.ts';
import { Float64ArrayScalar } from '../platform/graphql/scalars.ts';
import { StartSweepInput, SweepMetricEnum, type SweepMetricName } from './backtest.input.ts';
import { StartSweepPayload, Sweep, SweepBest, SweepConnection } from './backtest.type.ts';
import { SweepsArgs } from './runs.args.ts';
import { toSweep } from './views.ts';

@Resolver(() => Sweep)
export class SweepResolver {
  @Query(() => Sweep, { nullable: true, description: 'A sweep by its id.' })
  async sweep(
    @Ctx() { services }: Context,
    @Arg('id', () => ID, { description: 'Its id.' }) id: string,
  ): Promise<Sweep | null> {
    const row = await services.runs.find(id);
    return row?.kind === 'SWEEP' ? toSweep(row) : null;
  }

  @Query(() => SweepConnection, { description: 'Sweeps.' })
  async sweeps(
    @Ctx() { services }: Context,
    @Args(() => SweepsArgs) { first, after, filter, orderBy }: SweepsArgs,
  ): Promise<Connection<Sweep>> {
    const { offset, limit } = pageOf(first, after);
    const choice = { ...filter, kind: 'SWEEP', symbol: filter?.symbol?.toUpperCase() } as const;
    const [rows, total] = await services.runs.list(choice, offset, limit, orderBy);
    return toConnection(rows.map(toSweep), offset, total);
  }

  @Access({ who: 'USER', scope: 'BACKTEST_RUN' })
  @Mutation(() => StartSweepPayload, {
    description: 'Stores a parameter sweep and queues it; returns at once.',
  })
  startSweep(
    @Ctx() { services }: Context,
    @Arg('input', () => StartSweepInput, { description: 'What to simulate over which grid.' })
    input: StartSweepInput,
  ): Promise<StartSweepPayload> {
    return payload(async () => ({ run: toSweep(await services.backtests.startSweep(input)) }));
  }

  @FieldResolver(() => Instrument, {
    nullable: true,
    description: 'The traded instrument; null when it was deleted since.',
  })
  async instrument(@Ctx() { services }: Context, @Root() { settings }: Sweep): Promise<Instrument | null> {
    const row = await services.marketData.findBySymbol(settings.symbol);
    return row && toInstrument(row);
  }

  @FieldResolver(() => [SweepBest], {
    description: 'The best sets, best first; empty until it has succeeded.',
  })
  async best(@Ctx() { services }: Context, @Root() { id, row, axes }: Sweep): Promise<SweepBest[]> {
    const kept = (row.result?.best ?? []) as { index: number }[];
    const figures = await services.backtests.surfaces.sets(
      id,
      kept.map(({ index }) => index),
    );
    const valueOf = (name: SweepMetricName, index: number) => {
      const value = figures.get(index)![name];
      return Number.isNaN(value) ? null : value;
    };
    return kept.map(({ index }) => ({
      index,
      parameters: Object.entries(gridParameters(axes, index)).map(([name, value]) => ({ name, value })),
      totalReturn: valueOf('totalReturn', index),
      sharpe: valueOf('sharpe', index),
      maxDrawdown: valueOf('maxDrawdown', index),
      tradeCount: valueOf('tradeCount', index),
    }));
  }

  @FieldResolver(() => Float64ArrayScalar, {
    description:
      'A metric of every set of the grid, the last axis varying fastest; NaN where it is not done or undefined.',
  })
  surface(
    @Ctx() { services }: Context,
    @Root() { id, setsTotal }: Sweep,
    @Arg('metric', () => SweepMetricEnum, { description: 'Which metric.' }) metric: SweepMetricName,
  ): Promise<Float64Array> {
    return services.backtests.surfaces.column(id, metric, setsTotal);
  }
}
