import { createUnionType, Field, Float, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { InputError, InsufficientHistoryError } from '../platform/graphql/errors.ts';
import { Float64ArrayScalar } from '../platform/graphql/scalars.ts';

export const SimulationMethod = { NORMAL: 'NORMAL', STUDENT_T: 'STUDENT_T', BOOTSTRAP: 'BOOTSTRAP' } as const;
registerEnumType(SimulationMethod, {
  name: 'SimulationMethod',
  description: 'How scenarios come about.',
  valuesConfig: {
    NORMAL: { description: 'Log returns are normal, correlated as they were.' },
    STUDENT_T: { description: 'The same with fatter tails: a common shock makes all of them large at once.' },
    BOOTSTRAP: { description: 'Blocks of consecutive bars of the past in a new order.' },
  },
});

export const Revaluation = { LINEAR: 'LINEAR', FULL: 'FULL' } as const;
registerEnumType(Revaluation, {
  name: 'Revaluation',
  description: 'How a scenario values the book.',
  valuesConfig: {
    LINEAR: { description: 'Weights times returns.' },
    FULL: { description: 'Every position by what its log return makes of it.' },
  },
});

/** How they are simulated where nothing else is asked for. */
export const MONTE_CARLO_DEFAULTS = {
  method: 'NORMAL',
  revaluation: 'FULL',
  horizonBars: 10,
  scenarios: 100_000,
  confidence: 0.99,
  window: 0,
  degreesOfFreedom: 5,
  blockBars: 10,
  seed: 1,
} as const;

@InputType({ description: 'How scenarios of a portfolio are simulated.' })
export class MonteCarloInput {
  @Field(() => SimulationMethod, {
    defaultValue: MONTE_CARLO_DEFAULTS.method,
    description: 'How scenarios come about.',
  })
  method!: keyof typeof SimulationMethod;

  @Field(() => Revaluation, {
    defaultValue: MONTE_CARLO_DEFAULTS.revaluation,
    description: 'How a scenario values the book.',
  })
  revaluation!: keyof typeof Revaluation;

  @Field(() => Int, {
    defaultValue: MONTE_CARLO_DEFAULTS.horizonBars,
    description: 'The horizon in bars, 1 to 250.',
  })
  horizonBars!: number;

  @Field(() => Int, {
    defaultValue: MONTE_CARLO_DEFAULTS.scenarios,
    description: 'How many scenarios, 100 to 1,000,000.',
  })
  scenarios!: number;

  @Field(() => Float, {
    defaultValue: MONTE_CARLO_DEFAULTS.confidence,
    description: 'The confidence, above 0.5 and below 1.',
  })
  confidence!: number;

  @Field(() => Int, {
    defaultValue: MONTE_CARLO_DEFAULTS.window,
    description: 'Use the last so many returns; 0 for all.',
  })
  window!: number;

  @Field(() => Int, {
    defaultValue: MONTE_CARLO_DEFAULTS.degreesOfFreedom,
    description: 'Degrees of freedom of Student t, 3 to 30.',
  })
  degreesOfFreedom!: number;

  @Field(() => Int, {
    defaultValue: MONTE_CARLO_DEFAULTS.blockBars,
    description: 'Consecutive bars the bootstrap draws at once, at most as many as there are returns.',
  })
  blockBars!: number;

  @Field(() => Int, {
    defaultValue: MONTE_CARLO_DEFAULTS.seed,
    description: 'The seed, 0 or more: the same gives the same scenarios.',
  })
  seed!: number;
}

@ObjectType('MonteCarloReport', {
  description:
    'What simulated scenarios of the positions held at present say. Losses are positive fractions of equity.',
})
export class MonteCarloReport {
  @Field(() => Int, { description: 'How many scenarios were simulated.' })
  scenarios!: number;

  @Field(() => Int, { description: 'How many returns of each position they rest on.' })
  observations!: number;

  @Field(() => Int, { description: 'How many positions were simulated.' })
  positions!: number;

  @Field(() => Int, { description: 'How many positions have no prices and were taken not to move.' })
  positionsLeftOut!: number;

  @Field(() => Float, { description: 'The equity that amounts refer to.' })
  equity!: number;

  @Field(() => Float, { description: 'The loss that is not exceeded with the confidence, as a fraction.' })
  valueAtRisk!: number;

  @Field(() => Float, { description: 'The mean loss of the scenarios beyond it, as a fraction.' })
  expectedShortfall!: number;

  @Field(() => Float, { description: 'Value at risk in money.' })
  valueAtRiskAmount!: number;

  @Field(() => Float, { description: 'Expected shortfall in money.' })
  expectedShortfallAmount!: number;

  @Field(() => Float, { description: 'The mean return over the horizon.' })
  meanReturn!: number;

  @Field(() => Float, { description: 'The standard deviation of returns over the horizon.' })
  standardDeviation!: number;

  @Field(() => Float64ArrayScalar, { description: 'The edges of the bins of returns; one more than counts.' })
  histogramEdges!: Float64Array;

  @Field(() => Float64ArrayScalar, { description: 'How many scenarios are in each bin.' })
  histogramCounts!: Float64Array;

  @Field(() => String, { description: 'Which backend simulated them.' })
  backend!: string;
}

export const MonteCarloResult = createUnionType({
  name: 'MonteCarloResult',
  description: 'The simulated risk, or why it cannot be simulated.',
  types: () => [MonteCarloReport, InsufficientHistoryError, InputError] as const,
});
