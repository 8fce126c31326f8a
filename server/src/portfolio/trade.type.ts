import { Field, Float, ID, InputType, ObjectType, registerEnumType } from 'type-graphql';
import { connectionOf } from '../platform/graphql/connection.ts';
import { DateTimeScalar, DecimalScalar } from '../platform/graphql/scalars.ts';
import type { RoundTrip } from '../trade/round-trips.ts';
import { TradeSide } from '../trade/trade.type.ts';

export const TradeGrouping = { FLAT_TO_FLAT: 'FLAT_TO_FLAT', PER_CLOSING: 'PER_CLOSING' } as const;
registerEnumType(TradeGrouping, {
  name: 'TradeGrouping',
  description: 'What one trade is.',
  valuesConfig: {
    FLAT_TO_FLAT: { description: 'All between two times at which nothing was held.' },
    PER_CLOSING: { description: 'What one closing closed, the oldest lots first.' },
  },
});

@ObjectType('Trade', {
  description: 'One round trip. Amounts are exact, prices are averages over its units.',
})
export class Trade {
  @Field(() => ID, {
    description: 'The transaction that opened it, or that closed it where each closing is a trade.',
  })
  transactionId!: string;

  @Field(() => ID, { description: 'The account it was in.' })
  accountId!: string;

  @Field(() => TradeSide, { description: 'Which way.' })
  side!: 'LONG' | 'SHORT';

  @Field(() => DateTimeScalar, { description: 'When its first unit was opened.' })
  openedAt!: Date;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'When its last unit was closed; null while open.',
  })
  closedAt!: Date | null;

  @Field(() => DecimalScalar, { description: 'Units that were closed.' })
  quantity!: string;

  @Field(() => DecimalScalar, { description: 'Units that are open.' })
  openQuantity!: string;

  @Field(() => DecimalScalar, { description: 'Average price of entry.' })
  entryPrice!: string;

  @Field(() => DecimalScalar, {
    nullable: true,
    description: 'Average price of exit; null where nothing was closed.',
  })
  exitPrice!: string | null;

  @Field(() => DecimalScalar, { description: 'All its fees.' })
  fees!: string;

  @Field(() => DecimalScalar, { description: 'Gain or loss of what was closed, after fees.' })
  profit!: string;

  @Field(() => Float, {
    nullable: true,
    description: 'The same over what the closed units were opened for, as a fraction.',
  })
  returnFraction!: number | null;

  @Field(() => Float, { nullable: true, description: 'Days from opening to closing; null while open.' })
  holdingDays!: number | null;

  trip!: RoundTrip;
}

@ObjectType('TradeExcursions', {
  description: 'How far the price went inside a trade, as fractions of its entry price.',
})
export class TradeExcursions {
  @Field(() => Float, { description: 'Worst excursion (MAE), 0 or below.' })
  maximumAdverse!: number;

  @Field(() => Float, { description: 'Best excursion (MFE), 0 or above.' })
  maximumFavourable!: number;
}

export const TradeConnection = connectionOf(Trade, 'Trade');

@InputType({ description: 'Which trades to list; every condition must hold.' })
export class TradeFilter {
  @Field(() => String, { nullable: true, description: 'Part of the symbol or the name.' })
  search?: string;

  @Field(() => TradeSide, { nullable: true, description: 'Long or short.' })
  side?: 'LONG' | 'SHORT';

  @Field(() => Boolean, { nullable: true, description: 'Whether a part is still open.' })
  isOpen?: boolean;
}
