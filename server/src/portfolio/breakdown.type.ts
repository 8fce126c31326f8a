import { Field, Float, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Instrument } from '../market-data/instrument.type.ts';
import { enumOf } from '../platform/graphql/enum.ts';
import { CurrencyScalar, Float64ArrayScalar } from '../platform/graphql/scalars.ts';
import type { BreakdownBy } from './breakdown.service.ts';
import type { ValuedPeriod } from './modified-dietz.ts';
import { PerformanceFigure } from './performance.type.ts';
import { PERIOD_PRESETS } from './presets.ts';

export const BreakdownByEnum = {
  INSTRUMENT: 'INSTRUMENT',
  ACCOUNT: 'ACCOUNT',
  ASSET_CLASS: 'ASSET_CLASS',
  TAG: 'TAG',
} as const satisfies { [By in BreakdownBy]: By };
registerEnumType(BreakdownByEnum, {
  name: 'BreakdownBy',
  description: 'What a portfolio is cut by.',
  valuesConfig: {
    INSTRUMENT: { description: 'What is held, and cash.' },
    ACCOUNT: { description: 'Accounts with all in them.' },
    ASSET_CLASS: { description: 'Kinds of instruments, and cash.' },
    TAG: { description: 'The tags of instruments and accounts; what has several counts in each.' },
  },
});

export const PeriodPresetEnum = enumOf(
  'PeriodPreset',
  'A usual period; it ends with the newest valuation.',
  PERIOD_PRESETS,
);

@ObjectType('IncomeAndCosts', { description: 'What a gain is made of, in money.' })
export class IncomeAndCosts {
  @Field(() => Float, { description: 'The gain without income and costs: what prices did.' })
  priceGain!: number;

  @Field(() => Float, { description: 'Dividends before the tax withheld.' })
  dividends!: number;

  @Field(() => Float, { description: 'Interest received less interest paid, before tax.' })
  interest!: number;

  @Field(() => Float, { description: 'Fees paid less refunds, those of trades too.' })
  fees!: number;

  @Field(() => Float, { description: 'Taxes paid less refunds, those of trades too.' })
  taxes!: number;
}

@ObjectType('PerformancePart', { description: 'What a part of a portfolio did in a period.' })
export class PerformancePart extends IncomeAndCosts {
  @Field(() => String, { description: 'What it is called.' })
  label!: string;

  @Field(() => Float, { description: 'The value at the start.' })
  startValue!: number;

  @Field(() => Float, { description: 'The value at the end.' })
  endValue!: number;

  @Field(() => Float, {
    description: 'What was put in from outside or from other parts, less what was taken out.',
  })
  netFlow!: number;

  @Field(() => Float, {
    description: 'End value less start value and flows; price gain and income less costs.',
  })
  gain!: number;

  @Field(() => Float, {
    nullable: true,
    description:
      'Its own time-weighted return, as a fraction; null where it was worth less than nothing, as what is held short.',
  })
  timeWeighted!: number | null;

  @Field(() => Float, {
    nullable: true,
    description:
      'Its part of the time-weighted return of the whole, as a fraction; null where that cannot be split.',
  })
  contribution!: number | null;

  @Field(() => Float, { nullable: true, description: 'Its mean part of the capital, as a fraction.' })
  averageWeight!: number | null;

  instrumentId!: string | null;
  stretch!: ValuedPeriod;
}

@ObjectType('PerformanceBreakdown', { description: 'A period cut into parts.' })
export class PerformanceBreakdown {
  @Field(() => Float, {
    nullable: true,
    description:
      'The time-weighted return that the contributions add up to; null where an exchange rate is missing.',
  })
  timeWeighted!: number | null;

  @Field(() => [PerformancePart], { description: 'The parts, the largest contribution or loss first.' })
  parts!: PerformancePart[];

  @Field(() => Boolean, {
    description: 'Whether something counts in several parts, so that they add up to more.',
  })
  isOverlapping!: boolean;

  @Field(() => String, { nullable: true, description: 'Why there are no contributions.' })
  reason!: string | null;

  @Field(() => String, { description: 'How a contribution is made up.' })
  formula!: string;

  @Field(() => String, { description: 'What the formula leaves open.' })
  convention!: string;
}

@ObjectType('MoneyMatchedBenchmark', {
  description: 'What the portfolio would be had its start value and flows bought the benchmark.',
})
export class MoneyMatchedBenchmark {
  @Field(() => Float, { description: 'What it would be worth.' })
  endValue!: number;

  @Field(() => Float, { description: 'What it would have gained.' })
  gain!: number;

  @Field(() => Float, { description: 'What the portfolio is worth beyond that; negative where it is less.' })
  difference!: number;

  @Field(() => PerformanceFigure, { description: 'The yearly rate that the money would have earned.' })
  moneyWeighted!: PerformanceFigure;
}

@ObjectType('BenchmarkComparison', { description: 'A portfolio beside a benchmark over one period.' })
export class BenchmarkComparison {
  @Field(() => Instrument, { description: 'The benchmark.' })
  instrument!: Instrument;

  @Field(() => CurrencyScalar, { description: 'The currency of all amounts.' })
  currency!: string;

  @Field(() => Int, { description: 'How many pairs of returns the figures rest on.' })
  returns!: number;

  @Field(() => PerformanceFigure, { description: 'The return of the benchmark.' })
  benchmarkReturn!: PerformanceFigure;

  @Field(() => PerformanceFigure, { description: 'The time-weighted return beyond that of the benchmark.' })
  excess!: PerformanceFigure;

  @Field(() => PerformanceFigure, { description: 'How much the two differ from step to step, per year.' })
  trackingError!: PerformanceFigure;

  @Field(() => PerformanceFigure, { description: 'The excess per year over the tracking error.' })
  informationRatio!: PerformanceFigure;

  @Field(() => PerformanceFigure, {
    description: 'How much the portfolio moves when the benchmark moves by 1.',
  })
  beta!: PerformanceFigure;

  @Field(() => PerformanceFigure, {
    description: 'The return per year beyond beta times that of the benchmark.',
  })
  alpha!: PerformanceFigure;

  @Field(() => PerformanceFigure, { description: 'How closely the two move together, -1 to 1.' })
  correlation!: PerformanceFigure;

  @Field(() => PerformanceFigure, { description: 'How much of the rises of the benchmark came along.' })
  upCapture!: PerformanceFigure;

  @Field(() => PerformanceFigure, { description: 'How much of the falls of the benchmark came along.' })
  downCapture!: PerformanceFigure;

  @Field(() => MoneyMatchedBenchmark, { description: 'The same money in the benchmark.' })
  moneyMatched!: MoneyMatchedBenchmark;

  @Field(() => Float64ArrayScalar, { description: 'UTC epoch milliseconds, the start of the period first.' })
  times!: Float64Array;

  @Field(() => Float64ArrayScalar, { description: 'The portfolio without its flows, 1 at the start.' })
  portfolioLevels!: Float64Array;

  @Field(() => Float64ArrayScalar, {
    description: 'The benchmark, 1 at the start; NaN before its first price.',
  })
  benchmarkLevels!: Float64Array;
}

@ObjectType('TagAssignment', {
  description: 'The tags that a portfolio gives to an instrument or an account.',
})
export class TagAssignment {
  @Field(() => [String], { description: 'The tags, by the alphabet.' })
  tags!: readonly string[];

  instrumentId!: string | null;
  accountId!: string | null;
}

@InputType({ description: 'Tags to give in place of those that are there.' })
export class SetTagsInput {
  @Field(() => ID, {
    description: 'A key of 8 to 128 characters of your choice; the same key again gives the same answer.',
  })
  idempotencyKey!: string;

  @Field(() => ID, { description: 'The portfolio whose tags they are.' })
  portfolioId!: string;

  @Field(() => Int, { description: 'The version of the portfolio that the change is based on.' })
  expectedVersion!: number;

  @Field(() => String, { nullable: true, description: 'The symbol of an instrument; or give accountId.' })
  symbol?: string | null;

  @Field(() => ID, { nullable: true, description: 'An account of the portfolio; or give symbol.' })
  accountId?: string | null;

  @Field(() => [String], { description: 'The tags, at most 20 of 1 to 60 characters; none to remove all.' })
  tags!: string[];
}
