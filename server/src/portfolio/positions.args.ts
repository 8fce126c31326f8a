import { ArgsType, Field, InputType, Int } from 'type-graphql';
import { AssetClassEnum } from '../market-data/instrument.type.ts';
import { connectionOf } from '../platform/graphql/connection.ts';
import { enumOf } from '../platform/graphql/enum.ts';
import { TradeSide } from '../trade/trade.type.ts';
import { PastArgs } from './past.args.ts';
import { SortDirection } from '../platform/graphql/sort-direction.ts';
import { Position } from './portfolio.type.ts';
import { POSITION_SORT_FIELDS, type PositionSortField, type PositionState } from './position-list.ts';

const PositionStateEnum = enumOf('PositionState', 'Whether something is held.', {
  OPEN: 'Held.',
  CLOSED: 'Held before, and all closed.',
  ALL: 'Both.',
});

const PositionSortFieldEnum = enumOf(
  'PositionSortField',
  'What positions are ordered by; those without the figure come last.',
  POSITION_SORT_FIELDS,
);

@InputType({ description: 'Which positions to list; every condition must hold.' })
export class PositionFilter {
  @Field(() => String, { nullable: true, description: 'Part of the symbol or the name.' })
  search?: string | null;

  @Field(() => AssetClassEnum, { nullable: true, description: 'The class of the instrument.' })
  assetClass?: string | null;

  @Field(() => TradeSide, { nullable: true, description: 'Which way.' })
  side?: 'LONG' | 'SHORT' | null;

  @Field(() => PositionStateEnum, { defaultValue: 'OPEN', description: 'Whether something is held.' })
  state!: PositionState;
}

@InputType({ description: 'How positions are ordered.' })
export class PositionOrder {
  @Field(() => PositionSortFieldEnum, { description: 'By what.' })
  field!: PositionSortField;

  @Field(() => SortDirection, { description: 'Which end first.' })
  direction!: keyof typeof SortDirection;
}

/** Which positions, at which time. */
@ArgsType()
export class PositionsArgs extends PastArgs {
  @Field(() => Int, {
    nullable: true,
    description: 'How many, 1 to 100; all when left out, one for each instrument.',
  })
  first?: number | null;

  @Field(() => String, { nullable: true, description: 'The cursor to go on from.' })
  after?: string | null;

  @Field(() => PositionFilter, {
    nullable: true,
    description: 'Which ones; what is held when left out.',
  })
  filter?: PositionFilter | null;

  @Field(() => PositionOrder, {
    nullable: true,
    description: 'How they are ordered; the largest first when left out.',
  })
  orderBy?: PositionOrder | null;
}

export const PositionConnection = connectionOf(Position, 'Position');
