import { createUnionType, Field, Float, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { InputError, InsufficientHistoryError } from '../platform/graphql/errors.ts';
import { DateTimeScalar, Float64ArrayScalar } from '../platform/graphql/scalars.ts';

export const StatisticUnit = {
  FRACTION: 'FRACTION',
  RATIO: 'RATIO',
  CURRENCY: 'CURRENCY',
  BARS: 'BARS',
  DAYS: 'DAYS',
  COUNT: 'COUNT',
} as const;
registerEnumType(StatisticUnit, {
  name: 'StatisticUnit',
  description: 'What a statistic is counted in.',
  valuesConfig: {
    FRACTION: { description: 'A fraction: 0.05 is 5 percent.' },
    RATIO: { description: 'A number without a unit.' },
    CURRENCY: { description: 'Money.' },
    BARS: { description: 'Bars.' },
    DAYS: { description: 'Calendar days.' },
    COUNT: { description: 'A count.' },
  },
});

@ObjectType('StatisticValue', { description: 'A named figure with its definition.' })
export class StatisticValue {
  @Field(() => String, { description: 'Its name in code.' })
  name!: string;

  @Field(() => String, { description: 'Its name for people.' })
  label!: string;

  @Field(() => StatisticUnit, { description: 'What it is counted in.' })
  unit!: keyof typeof StatisticUnit;

  @Field(() => Float, {
    nullable: true,
    description: 'The figure; null where it is undefined for this sample.',
  })
  value!: number | null;

  @Field(() => String, { nullable: true, description: 'Why it is undefined.' })
  reason!: string | null;

  @Field(() => String, { description: 'How it is defined.' })
  description!: string;
}

@InputType({ description: 'How risk is measured.' })
export class RiskInput {
  @Field(() => Float, {
    defaultValue: 0.95,
    description: 'The confidence of tail measures, above 0.5 and below 1.',
  })
  confidence!: number;

  @Field(() => Int, { defaultValue: 1, description: 'The horizon of tail measures in bars, 1 to 250.' })
  horizonBars!: number;

  @Field(() => Int, { defaultValue: 0, description: 'Use the last so many returns; 0 for all.' })
  window!: number;
}

@ObjectType('DrawdownEpisode', { description: 'One fall from a peak until the peak is reached again.' })
export class DrawdownEpisodeType {
  @Field(() => DateTimeScalar, { description: 'When the peak was.' })
  peakAt!: Date;

  @Field(() => DateTimeScalar, { description: 'When the lowest point was.' })
  troughAt!: Date;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'When the peak was reached again; null while it has not been.',
  })
  recoveredAt!: Date | null;

  @Field(() => Float, { description: 'How deep it went, as a positive fraction of the peak.' })
  depth!: number;

  @Field(() => Int, { description: 'Bars from the peak to the lowest point.' })
  barsToTrough!: number;

  @Field(() => Int, { nullable: true, description: 'Bars from there to the recovery.' })
  barsToRecovery!: number | null;
}

@ObjectType('RiskReport', {
  description: 'The risk of a portfolio or a run by the same measures. Losses are positive.',
})
export class RiskReport {
  @Field(() => Float, { description: 'The confidence of tail measures.' })
  confidence!: number;

  @Field(() => Int, { description: 'The horizon of tail measures in bars.' })
  horizonBars!: number;

  @Field(() => Int, { description: 'How many returns were used.' })
  observations!: number;

  @Field(() => Float, { description: 'The last equity, which amounts refer to.' })
  equity!: number;

  @Field(() => [StatisticValue], { description: 'All measures.' })
  measures!: StatisticValue[];

  @Field(() => Float, { nullable: true, description: 'Value at risk in money on the last equity.' })
  valueAtRiskAmount!: number | null;

  @Field(() => Float, { nullable: true, description: 'Expected shortfall in money on the last equity.' })
  expectedShortfallAmount!: number | null;

  @Field(() => Float64ArrayScalar, { description: 'UTC epoch milliseconds of the drawdown column.' })
  times!: Float64Array;

  @Field(() => Float64ArrayScalar, { description: 'Fall from the running peak, 0 or below.' })
  drawdown!: Float64Array;

  @Field(() => [DrawdownEpisodeType], { description: 'The ten deepest falls.' })
  drawdowns!: DrawdownEpisodeType[];

  @Field(() => Float64ArrayScalar, { description: 'The edges of the bins of returns; one more than counts.' })
  histogramEdges!: Float64Array;

  @Field(() => Float64ArrayScalar, { description: 'How many returns are in each bin.' })
  histogramCounts!: Float64Array;
}

export const RiskReportResult = createUnionType({
  name: 'RiskReportResult',
  description: 'The risk, or why it cannot be measured.',
  types: () => [RiskReport, InsufficientHistoryError, InputError] as const,
});
