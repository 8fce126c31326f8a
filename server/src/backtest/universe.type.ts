import { Field, Float, Int, ObjectType } from 'type-graphql';
import { connectionOf } from '../platform/graphql/connection.ts';
import { DateTimeScalar, Float64ArrayScalar } from '../platform/graphql/scalars.ts';

@ObjectType('InstrumentContribution', {
  description: 'What one instrument of a universe did for the account.',
})
export class InstrumentContribution {
  @Field(() => String, { description: 'The instrument.' })
  symbol!: string;

  @Field(() => Float, { description: 'Gain or loss after fees; what is still held at its last close.' })
  profit!: number;

  @Field(() => Float, {
    description: 'The same over the initial cash, as a fraction: with the interest they add up to the gain.',
  })
  contribution!: number;

  @Field(() => Float, { description: 'Commissions.' })
  fees!: number;

  @Field(() => Int, { description: 'Trades from flat to flat, an open one included.' })
  tradeCount!: number;

  @Field(() => Float, {
    description: 'Mean of its value over the equity, over all bars; negative when short.',
  })
  meanWeight!: number;
}

@ObjectType('WeightColumn', { description: 'The weight of one instrument over time.' })
export class WeightColumn {
  @Field(() => String, { description: 'The instrument.' })
  symbol!: string;

  @Field(() => Float64ArrayScalar, { description: 'Its value over the equity, negative when short.' })
  values!: Float64Array;
}

@ObjectType('UniverseWeights', { description: 'What was held over time, as columns of one length.' })
export class UniverseWeights {
  @Field(() => Float64ArrayScalar, { description: 'UTC epoch milliseconds.' })
  times!: Float64Array;

  @Field(() => [WeightColumn], { description: 'The instruments held most, the largest mean weight first.' })
  instruments!: WeightColumn[];

  @Field(() => Float64ArrayScalar, {
    nullable: true,
    description: 'The sum of all other weights; null where there are no others.',
  })
  others!: Float64Array | null;

  @Field(() => Float64ArrayScalar, {
    description: 'What is left of the equity in cash: 1 less the sum of all weights.',
  })
  cash!: Float64Array;
}

@ObjectType('Rebalance', { description: 'A bar at whose open a universe was chosen anew.' })
export class Rebalance {
  @Field(() => Int, { description: 'Its place in the run, from 0.' })
  index!: number;

  @Field(() => DateTimeScalar, { description: 'The close of the bar at whose open it happened.' })
  executedAt!: Date;

  @Field(() => Float, { description: 'The equity before it.' })
  equity!: number;

  @Field(() => Float, { description: 'Value bought and sold.' })
  traded!: number;

  @Field(() => Float, {
    nullable: true,
    description: 'Half of the value traded over the equity, as a fraction.',
  })
  turnover!: number | null;

  @Field(() => Float, { description: 'Commissions.' })
  fees!: number;

  @Field(() => Int, { description: 'Instruments held after the bar.' })
  heldCount!: number;
}

export const RebalanceConnection = connectionOf(Rebalance, 'Rebalance');

@ObjectType('BacktestHoldings', { description: 'What a backtest over a universe held, and what came of it.' })
export class BacktestHoldings {
  /** The run; not part of the API. */
  runId!: string;

  @Field(() => [InstrumentContribution], {
    description: 'Every instrument that could be held, the largest contribution first.',
  })
  contributions!: InstrumentContribution[];

  @Field(() => Float, { description: 'Interest earned, negative when paid; it belongs to no instrument.' })
  interest!: number;
}
