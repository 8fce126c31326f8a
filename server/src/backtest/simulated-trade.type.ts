import { Field, Float, Int, ObjectType } from 'type-graphql';
import { connectionOf } from '../platform/graphql/connection.ts';
import { DateTimeScalar } from '../platform/graphql/scalars.ts';
import { Side } from '../portfolio/portfolio.type.ts';
import { TradeSide } from '../trade/trade.type.ts';

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

@ObjectType('SimulatedTrade', {
  description: 'One round trip of a backtest, by the grouping that was asked for.',
})
export class SimulatedTrade {
  @Field(() => Int, { description: 'Its place among the trades of the run, from 0.' })
  index!: number;

  @Field(() => String, { description: 'The instrument.' })
  symbol!: string;

  @Field(() => TradeSide, { description: 'Which way.' })
  direction!: 'LONG' | 'SHORT';

  @Field(() => Float, { description: 'Units.' })
  quantity!: number;

  @Field(() => DateTimeScalar, { description: 'The close of the bar it was entered in.' })
  entryAt!: Date;

  @Field(() => Float, { description: 'Average price of entry.' })
  entryPrice!: number;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'The close of the bar it was left in; null while open.',
  })
  exitAt!: Date | null;

  @Field(() => Float, { nullable: true, description: 'Average price of exit; null while open.' })
  exitPrice!: number | null;

  @Field(() => Float, {
    description:
      'Gain or loss after fees; while open at the last close, of a lot what was closed of it until then.',
  })
  profit!: number;

  @Field(() => Float, { description: 'The same over the value at entry, as a fraction.' })
  returnFraction!: number;

  @Field(() => Float, { description: 'Commissions.' })
  fees!: number;

  @Field(() => Float, {
    nullable: true,
    description:
      'Worst excursion as a fraction of the entry price, 0 or below; null by lot or closing once the bars have changed.',
  })
  maximumAdverseExcursion!: number | null;

  @Field(() => Float, {
    nullable: true,
    description:
      'Best excursion as a fraction of the entry price, 0 or above; null by lot or closing once the bars have changed.',
  })
  maximumFavourableExcursion!: number | null;

  @Field(() => Int, { description: 'Bars from entry to exit.' })
  barsHeld!: number;

  @Field(() => Boolean, { description: 'Whether it was open at the end.' })
  isOpen!: boolean;

  @Field(() => Float, {
    nullable: true,
    description: 'The money at risk at its opening, by the stop that was set then; null without one.',
  })
  initialRisk!: number | null;

  @Field(() => Float, { nullable: true, description: 'Profit over initial risk (R); null without a stop.' })
  rMultiple!: number | null;

  @Field(() => [String], {
    description: 'Why it was left, such as stop or exit, with the name of the rule; none while all is open.',
  })
  tags!: string[];

  @Field(() => String, {
    nullable: true,
    description: 'The rule it was entered by; null where that has no name.',
  })
  setup!: string | null;
}

export const SimulatedFillConnection = connectionOf(SimulatedFill, 'SimulatedFill');
export const SimulatedTradeConnection = connectionOf(SimulatedTrade, 'SimulatedTrade');
