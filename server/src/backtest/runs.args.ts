import { ArgsType, Field, InputType, Int } from 'type-graphql';
import { enumOf } from '../platform/graphql/enum.ts';
import { SortDirection } from '../platform/graphql/sort-direction.ts';
import { BACKTEST_SORT_FIELDS, SWEEP_SORT_FIELDS } from '../run/run-list.ts';
import { RunFilter } from './backtest.input.ts';

type BacktestSortField = keyof typeof BACKTEST_SORT_FIELDS;
type SweepSortField = keyof typeof SWEEP_SORT_FIELDS;

const BacktestSortFieldEnum = enumOf(
  'BacktestSortField',
  'What backtests are ordered by; those without the figure come last.',
  BACKTEST_SORT_FIELDS,
);
const SweepSortFieldEnum = enumOf(
  'SweepSortField',
  'What sweeps are ordered by; those without the figure come last.',
  SWEEP_SORT_FIELDS,
);

@InputType({ description: 'How backtests are ordered.' })
export class BacktestOrder {
  @Field(() => BacktestSortFieldEnum, { description: 'By what.' })
  field!: BacktestSortField;

  @Field(() => SortDirection, { description: 'Which end first.' })
  direction!: keyof typeof SortDirection;
}

@InputType({ description: 'How sweeps are ordered.' })
export class SweepOrder {
  @Field(() => SweepSortFieldEnum, { description: 'By what.' })
  field!: SweepSortField;

  @Field(() => SortDirection, { description: 'Which end first.' })
  direction!: keyof typeof SortDirection;
}

@ArgsType()
class RunsArgs {
  @Field(() => Int, { description: 'How many, 1 to 100.' })
  first!: number;

  @Field(() => String, { nullable: true, description: 'The cursor to go on from.' })
  after?: string | null;

  @Field(() => RunFilter, { nullable: true, description: 'Which ones.' })
  filter?: RunFilter | null;
}

/** Which backtests, in which order. */
@ArgsType()
export class BacktestsArgs extends RunsArgs {
  @Field(() => BacktestOrder, {
    nullable: true,
    description: 'How they are ordered; newest first when left out.',
  })
  orderBy?: BacktestOrder | null;
}

/** Which sweeps, in which order. */
@ArgsType()
export class SweepsArgs extends RunsArgs {
  @Field(() => SweepOrder, {
    nullable: true,
    description: 'How they are ordered; newest first when left out.',
  })
  orderBy?: SweepOrder | null;
}
