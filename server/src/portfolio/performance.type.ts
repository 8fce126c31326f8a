import { createUnionType, Field, Float, ID, ObjectType, registerEnumType } from 'type-graphql';
import { Instrument } from '../market-data/instrument.type.ts';
import { connectionOf } from '../platform/graphql/connection.ts';
import { InsufficientHistoryError } from '../platform/graphql/errors.ts';
import { CurrencyScalar, DateTimeScalar, DecimalScalar } from '../platform/graphql/scalars.ts';
import type { TransactionKind } from '../trade/transaction-kinds.ts';
import { ExchangeRate } from './currency.type.ts';
import type { ValuedPeriod } from './modified-dietz.ts';
import type { Figure, MeasuredPeriod } from './performance.ts';
import { TransactionKindEnum } from './transaction.type.ts';

export const IntervalEnum = { MONTH: 'MONTH', YEAR: 'YEAR' } as const;
registerEnumType(IntervalEnum, {
  name: 'PerformanceInterval',
  description: 'What a history is cut into.',
  valuesConfig: { MONTH: { description: 'Months, UTC.' }, YEAR: { description: 'Years, UTC.' } },
});

@ObjectType('ExplanationInput', { description: 'A number that went into a figure.' })
export class ExplanationInput {
  @Field(() => String, { description: 'What the formula calls it.' })
  name!: string;

  @Field(() => Float, { description: 'The number.' })
  value!: number;
}

@ObjectType('ExplanationFlow', { description: 'A flow that went into a figure.' })
export class ExplanationFlow {
  @Field(() => ID, { description: 'The transaction.' })
  transactionId!: string;

  @Field(() => TransactionKindEnum, { description: 'What it is.' })
  kind!: TransactionKind;

  @Field(() => DateTimeScalar, { description: 'When it came.' })
  at!: Date;

  @Field(() => Float, {
    nullable: true,
    description:
      'What it was worth; negative where it was taken out. null where an exchange rate is missing.',
  })
  amount!: number | null;
}

@ObjectType('ExplanationPrice', { description: 'A price that went into a value.' })
export class ExplanationPrice {
  @Field(() => DateTimeScalar, { description: 'The time of the value.' })
  at!: Date;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'The time of the price; null where the last transaction stands in.',
  })
  priceAt!: Date | null;

  @Field(() => DecimalScalar, { description: 'Units held.' })
  quantity!: string;

  @Field(() => DecimalScalar, {
    nullable: true,
    description: "Price per unit in the instrument's own currency.",
  })
  price!: string | null;

  @Field(() => ExchangeRate, {
    nullable: true,
    description: 'The rate into the base currency; null where it is the same, and where it is missing.',
  })
  exchangeRate!: ExchangeRate | null;

  @Field(() => DecimalScalar, {
    nullable: true,
    description: 'Units times price in the base currency; null where the exchange rate is missing.',
  })
  value!: string | null;

  @Field(() => Instrument, { description: 'What was held.' })
  instrument!: Instrument;
}

@ObjectType('ExplanationStep', { description: 'A step of a period, from price to price.' })
export class ExplanationStep {
  @Field(() => DateTimeScalar, { description: 'When it starts.' })
  from!: Date;

  @Field(() => DateTimeScalar, { description: 'When it ends.' })
  to!: Date;

  @Field(() => Float, { nullable: true, description: 'The value at its start.' })
  startValue!: number | null;

  @Field(() => Float, { nullable: true, description: 'What was brought in; counts from its start.' })
  inflow!: number | null;

  @Field(() => Float, { nullable: true, description: 'What was taken out, 0 or more; counts until its end.' })
  outflow!: number | null;

  @Field(() => Float, { nullable: true, description: 'The value at its end.' })
  endValue!: number | null;

  @Field(() => Float, {
    nullable: true,
    description:
      '(endValue + outflow) / (startValue + inflow); 1 without capital, null where a value is unknown.',
  })
  factor!: number | null;
}

export const ExplanationStepConnection = connectionOf(ExplanationStep, 'ExplanationStep');

@ObjectType('Explanation', { description: 'How a figure came about.' })
export class Explanation {
  @Field(() => String, { description: 'The formula.' })
  formula!: string;

  @Field(() => String, { description: 'What the formula leaves open.' })
  convention!: string;

  @Field(() => [ExplanationInput], { description: 'The numbers in it.' })
  inputs!: ExplanationInput[];

  @Field(() => [Float], {
    description: 'All rates that solve the equation, where there is one, as fractions.',
  })
  roots!: number[];

  period!: MeasuredPeriod;
  portfolioId!: string;
}

@ObjectType('PerformanceFigure', { description: 'A return, as a fraction.' })
export class PerformanceFigure {
  @Field(() => Float, { nullable: true, description: 'The return; null where it is not defined.' })
  value!: number | null;

  @Field(() => Float, {
    nullable: true,
    description:
      'The same per year; null for a period of less than a year, but for a rate that is per year by nature.',
  })
  annualised!: number | null;

  @Field(() => String, {
    nullable: true,
    description: 'Why it is not told per year; null where it is, and where it has no such form.',
  })
  annualisedReason!: string | null;

  @Field(() => String, { nullable: true, description: 'Why it is not defined.' })
  reason!: string | null;

  figure!: Figure;
  period!: MeasuredPeriod;
  portfolioId!: string;
}

@ObjectType('MeasuredReturn', {
  description:
    'A return of a month, a year or a part, measured as that of the whole period is, which explains itself.',
})
export class MeasuredReturnType {
  @Field(() => Float, { nullable: true, description: 'As a fraction; null where it is not defined.' })
  value!: number | null;

  @Field(() => String, { nullable: true, description: 'Why it is not defined.' })
  reason!: string | null;
}

@ObjectType('PerformancePeriod', {
  description: 'The return of one month or year; null where an exchange rate is missing.',
})
export class PerformancePeriod {
  @Field(() => String, { description: 'The month as 2024-05, or the year as 2024.' })
  label!: string;

  @Field(() => DateTimeScalar, { description: 'The valuation it starts from.' })
  from!: Date;

  @Field(() => DateTimeScalar, { description: 'The valuation it ends with.' })
  to!: Date;

  @Field(() => Float, { nullable: true, description: 'The value at its start.' })
  startValue!: number | null;

  @Field(() => Float, { nullable: true, description: 'The value at its end.' })
  endValue!: number | null;

  @Field(() => Float, { nullable: true, description: 'What was brought in less what was taken out.' })
  netFlow!: number | null;

  @Field(() => Float, { nullable: true, description: 'The time-weighted return, as a fraction.' })
  timeWeighted!: number | null;

  stretch!: ValuedPeriod;
  unknown!: string | undefined;
}

@ObjectType('PerformanceReport', {
  description: 'What a portfolio returned over a period, measured in every usual way.',
})
export class PerformanceReport {
  @Field(() => DateTimeScalar, { description: 'The valuation or first event that it starts from.' })
  from!: Date;

  @Field(() => DateTimeScalar, { description: 'The valuation that it ends with.' })
  to!: Date;

  @Field(() => CurrencyScalar, { description: 'The currency of all amounts.' })
  currency!: string;

  @Field(() => Float, {
    nullable: true,
    description: 'The value at the start; 0 from the beginning of the record.',
  })
  startValue!: number | null;

  @Field(() => Float, { nullable: true, description: 'The value at the end.' })
  endValue!: number | null;

  @Field(() => Float, { nullable: true, description: 'What was brought in less what was taken out.' })
  netFlow!: number | null;

  @Field(() => Float, { nullable: true, description: 'End value less start value and flows.' })
  gain!: number | null;

  @Field(() => Float, {
    nullable: true,
    description:
      'The part of the gain that changes of exchange rates made: of each step from value to value, the change of the rate on the cash and positions at its start.',
  })
  currencyGain!: number | null;

  @Field(() => Float, {
    nullable: true,
    description:
      'The rest of the gain: prices, income and costs, at the exchange rates of the end of each step.',
  })
  priceGain!: number | null;

  @Field(() => PerformanceFigure, {
    description: 'The return of the investments, whatever flowed in and out.',
  })
  timeWeighted!: PerformanceFigure;

  @Field(() => PerformanceFigure, { description: 'The yearly rate that the invested money earned (XIRR).' })
  moneyWeighted!: PerformanceFigure;

  @Field(() => PerformanceFigure, { description: 'The gain over the average capital.' })
  modifiedDietz!: PerformanceFigure;

  @Field(() => PerformanceFigure, { description: 'The gain over all that was put in.' })
  simple!: PerformanceFigure;

  period!: MeasuredPeriod;
  portfolioId!: string;
  benchmarkId!: string | null;
}

export const PerformanceResult = createUnionType({
  name: 'PerformanceResult',
  description: 'Returns, or why there are none.',
  types: () => [PerformanceReport, InsufficientHistoryError] as const,
});
