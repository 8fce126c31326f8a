import { Field, Float, Int, ObjectType } from 'type-graphql';
import { connectionOf } from '../platform/graphql/connection.ts';
import { DateTimeScalar } from '../platform/graphql/scalars.ts';
import { Side } from '../portfolio/portfolio.type.ts';

@ObjectType('SimulatedFill', { description: 'One execution of a backtest.' })
export class SimulatedFill {
  @Field(() => Int, { description: 'Its place in the run, from 0.' })
  index!: number;

  @Field(() => String, { description: 'The instrument.' })
  symbol!: string;

  @Field(() => Side, { description: 'Bought or sold.' })
  side!: 'BUY' | 'SELL';

  @Field(() => Float, { description: 'Units.' })
  quantity!: number;

  @Field(() => Float, { description: 'Price per unit.' })
  price!: number;

  @Field(() => Float, { description: 'Commission.' })
  fee!: number;

  @Field(() => DateTimeScalar, { description: 'The close of the bar it happened in.' })
  executedAt!: Date;

  @Field(() => String, {
    description:
      'Why: entry, add, reduce, exit, stop, target, trail, time, reverse, margin, end, ended (no more bars) or ruin; after a colon the name of the rule.',
  })
  reason!: string;
}

export const SimulatedFillConnection = connectionOf(SimulatedFill, 'SimulatedFill');
