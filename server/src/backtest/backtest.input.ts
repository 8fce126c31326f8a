import { Field, Float, ID, InputType, registerEnumType } from 'type-graphql';
import { PriceAdjustment } from '../market-data/instrument.type.ts';
import { type Timeframe, TimeframeEnum } from '../market-data/timeframe.ts';
import { DateTimeScalar } from '../platform/graphql/scalars.ts';
import { RunStatusEnum } from '../run/run.type.ts';
import type { RunStatus } from '../run/run.entity.ts';

export const TradeDirectionEnum = {
  LONG_ONLY: 'LONG_ONLY',
  SHORT_ONLY: 'SHORT_ONLY',
  LONG_AND_SHORT: 'LONG_AND_SHORT',
} as const;
registerEnumType(TradeDirectionEnum, {
  name: 'TradeDirection',
  description: "Which of a strategy's entries are taken.",
  valuesConfig: {
    LONG_ONLY: { description: 'Long entries only.' },
    SHORT_ONLY: { description: 'Short entries only.' },
    LONG_AND_SHORT: { description: 'Both.' },
  },
});

export const EndRuleEnum = {
  KEEP_OPEN: 'KEEP_OPEN',
  CLOSE_AT_LAST_OPEN: 'CLOSE_AT_LAST_OPEN',
  CLOSE_AT_LAST_CLOSE: 'CLOSE_AT_LAST_CLOSE',
} as const;
registerEnumType(EndRuleEnum, {
  name: 'EndRule',
  description: 'What happens to a position that is open at the end of the data.',
  valuesConfig: {
    KEEP_OPEN: { description: 'It stays open.' },
    CLOSE_AT_LAST_OPEN: {
      description: 'It is closed at the open of the last bar, as any order of the bar before.',
    },
    CLOSE_AT_LAST_CLOSE: { description: 'It is closed at the close of the last bar.' },
  },
});

export const SweepMetricEnum = {
  TOTAL_RETURN: 'totalReturn',
  SHARPE: 'sharpe',
  MAX_DRAWDOWN: 'maxDrawdown',
  TRADE_COUNT: 'tradeCount',
} as const;
export type SweepMetricName = (typeof SweepMetricEnum)[keyof typeof SweepMetricEnum];
registerEnumType(SweepMetricEnum, {
  name: 'SweepMetric',
  description: 'What a sweep measures of each parameter set.',
  valuesConfig: {
    TOTAL_RETURN: { description: 'Return over the whole time, as a fraction.' },
    SHARPE: { description: 'Annualised Sharpe ratio.' },
    MAX_DRAWDOWN: { description: 'Deepest drawdown, as a positive fraction.' },
    TRADE_COUNT: { description: 'How many trades were entered.' },
  },
});

@InputType({ description: 'What trading costs; parts add up, each side is charged.' })
export class CostInput {
  @Field(() => Float, { defaultValue: 0, description: 'Flat amount per fill.' })
  commissionPerTrade!: number;

  @Field(() => Float, { defaultValue: 0, description: 'Amount per unit traded.' })
  commissionPerShare!: number;

  @Field(() => Float, { defaultValue: 0, description: 'Part of the traded value in basis points.' })
  commissionBps!: number;

  @Field(() => Float, { defaultValue: 0, description: 'Least commission per fill.' })
  commissionMinimum!: number;

  @Field(() => Float, {
    defaultValue: 0,
    description: 'Every market fill is worsened by so many basis points.',
  })
  slippageBps!: number;

  @Field(() => Float, {
    defaultValue: 0,
    description: 'Distance of bid and ask in basis points; every market fill is worsened by half of it.',
  })
  spreadBps!: number;

  @Field(() => Float, {
    defaultValue: 0,
    description: 'Paid a year on the value of shorts and on borrowed cash, as a fraction.',
  })
  borrowRate!: number;

  @Field(() => Float, {
    defaultValue: 0,
    description: 'Earned a year on cash that is neither borrowed nor from a short sale, as a fraction.',
  })
  cashRate!: number;
}

@InputType({ description: "A value for one of the strategy's parameters." })
export class ParameterInput {
  @Field(() => String, { description: 'The name of the parameter.' })
  name!: string;

  @Field(() => Float, { description: 'Its value.' })
  value!: number;
}

@InputType({ description: 'What is simulated, on what, and under which assumptions.' })
export abstract class SimulationInput {
  @Field(() => ID, {
    description: 'A key of 8 to 128 characters of your choice; the same key again gives the same run.',
  })
  idempotencyKey!: string;

  @Field(() => ID, { nullable: true, description: 'A strategy of the library; or give strategySource.' })
  strategyId?: string;

  @Field(() => String, {
    nullable: true,
    description: 'The text of a strategy of your own, up to 20,000 characters.',
  })
  strategySource?: string;

  @Field(() => String, {
    nullable: true,
    description: 'The symbol of the traded instrument; left out for a strategy that holds a universe.',
  })
  symbol?: string | null;

  @Field(() => [String], {
    nullable: true,
    description:
      'For a strategy that holds a universe the symbols to choose from, 1 to 500 of one currency; left out where its text names them.',
  })
  symbols?: string[] | null;

  @Field(() => TimeframeEnum, { defaultValue: 'DAY_1', description: 'How long the bars are.' })
  timeframe!: Timeframe;

  @Field(() => PriceAdjustment, { defaultValue: 'ADJUSTED', description: 'Which prices.' })
  adjustment!: keyof typeof PriceAdjustment;

  @Field(() => DateTimeScalar, { nullable: true, description: 'The earliest close.' })
  from?: Date;

  @Field(() => DateTimeScalar, { nullable: true, description: 'The latest close.' })
  to?: Date;

  @Field(() => [ParameterInput], {
    defaultValue: [],
    description: 'Values for parameters; others take their defaults.',
  })
  parameters!: ParameterInput[];

  @Field(() => Float, { defaultValue: 10_000, description: 'Cash at the start, above 0.' })
  initialCash!: number;

  @Field(() => CostInput, { nullable: true, description: 'What trading costs; nothing when left out.' })
  costs?: CostInput;

  @Field(() => TradeDirectionEnum, {
    defaultValue: 'LONG_AND_SHORT',
    description: 'Which entries are taken.',
  })
  direction!: keyof typeof TradeDirectionEnum;

  @Field(() => Float, {
    nullable: true,
    description: "Smallest tradable quantity, 0 for any fraction; each instrument's own when left out.",
  })
  lotSize?: number;

  @Field(() => EndRuleEnum, {
    defaultValue: 'CLOSE_AT_LAST_CLOSE',
    description: 'What happens to an open position at the end.',
  })
  endRule!: keyof typeof EndRuleEnum;

  @Field(() => Float, {
    defaultValue: 1,
    description: 'Most value of a position over the equity at an entry, 1 to 100.',
  })
  leverage!: number;

  @Field(() => Float, {
    defaultValue: 0,
    description:
      'Least equity over the value of a position at a close, below 1 / leverage; under it the position is closed at the next open. 0 for none.',
  })
  maintenanceMargin!: number;

  @Field(() => String, { nullable: true, description: 'What to call the run.' })
  label?: string;
}

@InputType({ description: 'A backtest to start.' })
export class StartBacktestInput extends SimulationInput {}

@InputType({ description: 'One axis of a parameter grid.' })
export class SweepAxisInput {
  @Field(() => String, { description: 'The parameter.' })
  parameter!: string;

  @Field(() => Float, { description: 'The first value.' })
  from!: number;

  @Field(() => Float, { description: 'The last value, if a step meets it.' })
  to!: number;

  @Field(() => Float, { description: 'The distance between values, above 0.' })
  step!: number;
}

@InputType({ description: 'A parameter sweep to start.' })
export class StartSweepInput extends SimulationInput {
  @Field(() => [SweepAxisInput], {
    description: 'One to four axes, at most 1,000,000 sets in all and 10,000 values each.',
  })
  axes!: SweepAxisInput[];

  @Field(() => SweepMetricEnum, { defaultValue: 'sharpe', description: 'What the best sets are chosen by.' })
  objective!: SweepMetricName;
}

@InputType({ description: 'Which runs to list; every condition must hold.' })
export class RunFilter {
  @Field(() => RunStatusEnum, { nullable: true, description: 'Where they stand.' })
  status?: RunStatus;

  @Field(() => String, { nullable: true, description: 'A traded symbol.' })
  symbol?: string;
}

@InputType({ description: 'A run.' })
export class RunIdInput {
  @Field(() => ID, { description: 'Its id.' })
  id!: string;
}
