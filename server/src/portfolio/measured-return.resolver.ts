import { FieldResolver, Resolver, Root } from 'type-graphql';
import { PerformancePart } from './breakdown.type.ts';
import { returnOf } from './performance.ts';
import { MeasuredReturnType, PerformancePeriod } from './performance.type.ts';

const MONEY_WEIGHTED =
  'The yearly rate that the money in it earned (XIRR), however short the time, as a fraction.';
const MODIFIED_DIETZ =
  'The gain over the average capital: a flow weighs the part of the time that was left when it came.';
const SIMPLE = 'The gain over the value at the start and all that was put in.';

/** The returns of a month or year beside its time-weighted one. */
@Resolver(() => PerformancePeriod)
export class PerformancePeriodResolver {
  @FieldResolver(() => MeasuredReturnType, { description: MONEY_WEIGHTED })
  moneyWeighted(@Root() { stretch, unknown }: PerformancePeriod): MeasuredReturnType {
    return returnOf('moneyWeighted', stretch, unknown);
  }

  @FieldResolver(() => MeasuredReturnType, { description: MODIFIED_DIETZ })
  modifiedDietz(@Root() { stretch, unknown }: PerformancePeriod): MeasuredReturnType {
    return returnOf('modifiedDietz', stretch, unknown);
  }

  @FieldResolver(() => MeasuredReturnType, { description: SIMPLE })
  simple(@Root() { stretch, unknown }: PerformancePeriod): MeasuredReturnType {
    return returnOf('simple', stretch, unknown);
  }
}

/** The returns of a part beside its time-weighted one. */
@Resolver(() => PerformancePart)
export class PartReturnResolver {
  @FieldResolver(() => MeasuredReturnType, { description: MONEY_WEIGHTED })
  moneyWeighted(@Root() { stretch }: PerformancePart): MeasuredReturnType {
    return returnOf('moneyWeighted', stretch);
  }

  @FieldResolver(() => MeasuredReturnType, { description: MODIFIED_DIETZ })
  modifiedDietz(@Root() { stretch }: PerformancePart): MeasuredReturnType {
    return returnOf('modifiedDietz', stretch);
  }

  @FieldResolver(() => MeasuredReturnType, { description: SIMPLE })
  simple(@Root() { stretch }: PerformancePart): MeasuredReturnType {
    return returnOf('simple', stretch);
  }
}
