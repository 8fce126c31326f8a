import { ArgsType, Field, ID, InputType, Int } from 'type-graphql';
import { enumOf } from '../platform/graphql/enum.ts';
import { DateTimeScalar } from '../platform/graphql/scalars.ts';
import { SortDirection } from '../platform/graphql/sort-direction.ts';
import { TradeSide } from '../trade/trade.type.ts';
import type { Grouping } from './journal-trade.ts';
import { TRADE_SORT_FIELDS, type TradeSortField } from './trade-query.ts';

export const TradeGrouping = enumOf('TradeGrouping', 'What one trade is.', {
  FLAT_TO_FLAT: 'All between two times at which nothing was held.',
  PER_LOT: 'What one lot was opened with, and all that closed it, the oldest lots first.',
  PER_CLOSING: 'What one closing closed, the oldest lots first.',
});

const TradeOutcome = enumOf('TradeOutcome', 'What the closed units of a trade came to, after fees.', {
  WIN: 'A profit.',
  LOSS: 'A loss.',
  BREAK_EVEN: 'Neither.',
});

const TradeSortFieldEnum = enumOf(
  'TradeSortField',
  'What trades can be ordered by; those without the value come last.',
  TRADE_SORT_FIELDS,
);

@InputType({ description: 'Which trades to list; every condition must hold.' })
export class TradeFilter {
  @Field(() => String, { nullable: true, description: 'Part of the symbol or the name.' })
  search?: string;

  @Field(() => ID, { nullable: true, description: 'The account.' })
  accountId?: string;

  @Field(() => TradeSide, { nullable: true, description: 'Long or short.' })
  side?: 'LONG' | 'SHORT';

  @Field(() => Boolean, { nullable: true, description: 'Whether a part is still open.' })
  isOpen?: boolean;

  @Field(() => TradeOutcome, { nullable: true, description: 'What its closed units came to.' })
  outcome?: keyof typeof TradeOutcome;

  @Field(() => [String], { nullable: true, description: 'Has one of these tags.' })
  tags?: string[];

  @Field(() => String, { nullable: true, description: 'Has this setup.' })
  setup?: string;

  @Field(() => Int, { nullable: true, description: 'Has this rating, 1 to 5.' })
  rating?: number;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'Closed at or after this time; while open, opened then.',
  })
  from?: Date;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'Closed at or before this time; while open, opened then.',
  })
  to?: Date;
}

@InputType({ description: 'How trades are ordered.' })
class TradeOrder {
  @Field(() => TradeSortFieldEnum, { description: 'By what.' })
  field!: TradeSortField;

  @Field(() => SortDirection, { description: 'Which way.' })
  direction!: 'ASCENDING' | 'DESCENDING';
}

/** What one trade is, and which of them. */
@ArgsType()
class TradeChoiceArgs {
  @Field(() => TradeGrouping, { defaultValue: 'FLAT_TO_FLAT', description: 'What one trade is.' })
  grouping!: Grouping;

  @Field(() => TradeFilter, { nullable: true, description: 'Which ones.' })
  filter?: TradeFilter;
}

/** Which trades, in which order. */
@ArgsType()
export class TradesArgs extends TradeChoiceArgs {
  @Field(() => Int, { description: 'How many, 1 to 100.' })
  first!: number;

  @Field(() => String, { nullable: true, description: 'The cursor to go on from.' })
  after?: string;

  @Field(() => TradeOrder, { nullable: true, description: 'How they are ordered.' })
  orderBy?: TradeOrder;
}

/** Of which trades statistics are, and where their days begin. */
@ArgsType()
export class JournalArgs extends TradeChoiceArgs {
  @Field(() => String, {
    defaultValue: 'UTC',
    description: 'The time zone of days, weekdays and hours, e.g. "America/New_York".',
  })
  timeZone!: string;
}
