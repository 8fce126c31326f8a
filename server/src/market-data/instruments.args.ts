import { ArgsType, Field, InputType, Int } from 'type-graphql';
import { enumOf } from '../platform/graphql/enum.ts';
import { SortDirection } from '../platform/graphql/sort-direction.ts';
import { INSTRUMENT_SORT_FIELDS, type InstrumentSortField } from './instrument-list.ts';
import { InstrumentFilter } from './instrument.type.ts';

const InstrumentSortFieldEnum = enumOf(
  'InstrumentSortField',
  'What instruments are ordered by.',
  INSTRUMENT_SORT_FIELDS,
);

@InputType({ description: 'How instruments are ordered.' })
export class InstrumentOrder {
  @Field(() => InstrumentSortFieldEnum, { description: 'By what.' })
  field!: InstrumentSortField;

  @Field(() => SortDirection, { description: 'Which end first.' })
  direction!: keyof typeof SortDirection;
}

/** Which instruments, in which order. */
@ArgsType()
export class InstrumentsArgs {
  @Field(() => Int, { description: 'How many, 1 to 100.' })
  first!: number;

  @Field(() => String, { nullable: true, description: 'The cursor to go on from.' })
  after?: string | null;

  @Field(() => InstrumentFilter, { nullable: true, description: 'Which ones.' })
  filter?: InstrumentFilter | null;

  @Field(() => InstrumentOrder, {
    nullable: true,
    description: 'How they are ordered; real ones first, by symbol, when left out.',
  })
  orderBy?: InstrumentOrder | null;
}
