import { ArgsType, Field, InputType, Int } from 'type-graphql';
import { enumOf } from '../platform/graphql/enum.ts';
import { SortDirection } from '../platform/graphql/sort-direction.ts';
import { LOT_SORT_FIELDS, type LotSortField } from './lot-list.ts';

const LotSortFieldEnum = enumOf(
  'LotSortField',
  'What lots are ordered by; those without the figure come last.',
  LOT_SORT_FIELDS,
);

@InputType({ description: 'How lots are ordered.' })
export class LotOrder {
  @Field(() => LotSortFieldEnum, { description: 'By what.' })
  field!: LotSortField;

  @Field(() => SortDirection, { description: 'Which end first.' })
  direction!: keyof typeof SortDirection;
}

/** Which lots of a report, in which order. */
@ArgsType()
export class LotListArgs {
  @Field(() => Int, { description: 'How many, 1 to 100.' })
  first!: number;

  @Field(() => String, { nullable: true, description: 'The cursor to go on from.' })
  after?: string | null;

  @Field(() => String, { nullable: true, description: 'Of this instrument; of all when left out.' })
  symbol?: string | null;

  @Field(() => Boolean, {
    nullable: true,
    description: 'Those held for more than a year, or those that are not; both when left out.',
  })
  isLongTerm?: boolean | null;

  @Field(() => LotOrder, { nullable: true, description: 'How they are ordered.' })
  orderBy?: LotOrder | null;
}
