import { ArgsType, Field, InputType, Int } from 'type-graphql';
import { DateTimeScalar } from '../platform/graphql/scalars.ts';
import { SortDirection } from '../platform/graphql/sort-direction.ts';
import { FillSortField, Side } from './portfolio.type.ts';

@InputType({ description: 'Which fills to list; every condition must hold.' })
export class FillFilter {
  @Field(() => String, { nullable: true, description: 'Part of the symbol or the name.' })
  search?: string;

  @Field(() => Side, { nullable: true, description: 'Bought or sold.' })
  side?: 'BUY' | 'SELL';

  @Field(() => DateTimeScalar, { nullable: true, description: 'The earliest time.' })
  from?: Date;

  @Field(() => DateTimeScalar, { nullable: true, description: 'The latest time.' })
  to?: Date;
}

@InputType({ description: 'How fills are ordered.' })
export class FillOrder {
  @Field(() => FillSortField, { description: 'By what.' })
  field!: keyof typeof FillSortField;

  @Field(() => SortDirection, { description: 'Which end first.' })
  direction!: keyof typeof SortDirection;
}

/** A page of fills. */
@ArgsType()
export class FillsArgs {
  @Field(() => Int, { description: 'How many, 1 to 100.' })
  first!: number;

  @Field(() => String, { nullable: true, description: 'The cursor to go on from.' })
  after?: string;

  @Field(() => FillFilter, { nullable: true, description: 'Which ones.' })
  filter?: FillFilter;

  @Field(() => FillOrder, {
    nullable: true,
    description: 'How they are ordered; newest first when left out.',
  })
  orderBy?: FillOrder;
}
