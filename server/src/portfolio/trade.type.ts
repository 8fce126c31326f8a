import { Field, Float, ID, InputType, Int, ObjectType } from 'type-graphql';
import { type Timeframe, TimeframeEnum } from '../market-data/timeframe.ts';
import { connectionOf } from '../platform/graphql/connection.ts';
import { UserError } from '../platform/graphql/errors.ts';
import { DateTimeScalar, DecimalScalar } from '../platform/graphql/scalars.ts';
import { TradeSide } from '../trade/trade.type.ts';
import type { JournalTrade, TradeMarket } from './journal-trade.ts';

@ObjectType('TradeNote', { description: 'What a person noted about a trade.' })
export class TradeNote {
  @Field(() => Int, { description: 'Rises with every change.' })
  version!: number;

  @Field(() => [String], { description: 'Tags.' })
  tags!: readonly string[];

  @Field(() => String, { nullable: true, description: 'The setup it was taken on.' })
  setup!: string | null;

  @Field(() => String, { description: 'Text; may be empty.' })
  notes!: string;

  @Field(() => Int, { nullable: true, description: 'How well it was traded, 1 to 5.' })
  rating!: number | null;

  @Field(() => DecimalScalar, {
    nullable: true,
    description: 'The stop that was set at its opening, in prices of that time.',
  })
  stopPrice!: string | null;

  @Field(() => DecimalScalar, { nullable: true, description: 'The money at risk at its opening.' })
  initialRisk!: string | null;

  @Field(() => String, { description: 'Who wrote it last.' })
  updatedBy!: string;

  @Field(() => DateTimeScalar, { description: 'When.' })
  updatedAt!: Date;
}

@ObjectType('TradeLeg', { description: 'One opening or closing inside a trade.' })
export class TradeLeg {
  @Field(() => ID, { description: 'The transaction; of a backtest the index of the fill.' })
  transactionId!: string;

  @Field(() => DateTimeScalar, { description: 'When.' })
  at!: Date;

  @Field(() => Boolean, { description: 'Whether it opened units; otherwise it closed some.' })
  isEntry!: boolean;

  @Field(() => DecimalScalar, { description: 'Units, above 0.' })
  quantity!: string;

  @Field(() => DecimalScalar, { description: 'Price per unit, before fees.' })
  price!: string;
}

@ObjectType('Trade', {
  description:
    "One round trip of a portfolio or of a backtest. Amounts are exact and in the base currency (of a backtest its account's), null where an exchange rate is missing; prices are averages over its units in the instrument's own currency. Times of a backtest are the closes of the bars that it filled in.",
})
export class Trade {
  @Field(() => ID, { description: 'Names it within its grouping; later fills do not change it.' })
  id!: string;

  @Field(() => ID, {
    description: 'The trade from flat to flat that it is, or is a part of: notes belong to that one.',
  })
  positionId!: string;

  @Field(() => ID, {
    description:
      'The transaction that opened it, or that closed it where each closing is a trade; of a backtest the index of the fill.',
  })
  transactionId!: string;

  @Field(() => ID, { nullable: true, description: 'The account it was in; null in a backtest.' })
  accountId!: string | null;

  @Field(() => String, { description: 'The symbol of what was traded.' })
  symbol!: string;

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

  @Field(() => DecimalScalar, { nullable: true, description: 'Average price of entry.' })
  entryPrice!: string | null;

  @Field(() => DecimalScalar, {
    nullable: true,
    description: 'Average price of exit; null where nothing was closed.',
  })
  exitPrice!: string | null;

  @Field(() => DecimalScalar, { nullable: true, description: 'All its fees.' })
  fees!: string | null;

  @Field(() => DecimalScalar, { nullable: true, description: 'Gain or loss of what was closed, after fees.' })
  profit!: string | null;

  @Field(() => Float, {
    nullable: true,
    description: 'The same over what the closed units were opened for, as a fraction.',
  })
  returnFraction!: number | null;

  @Field(() => Float, { nullable: true, description: 'Days from opening to closing; null while open.' })
  holdingDays!: number | null;

  @Field(() => Int, {
    nullable: true,
    description: 'Bars from entry to exit of a backtest, while open to the last one; null in a portfolio.',
  })
  barsHeld!: number | null;

  @Field(() => [String], {
    description:
      'The tags that were noted; of a backtest why it was left, such as stop or exit, with the name of the rule.',
  })
  tags!: readonly string[];

  @Field(() => String, {
    nullable: true,
    description: 'The setup that was noted; of a backtest the name of the rule that it was entered by.',
  })
  setup!: string | null;

  @Field(() => Int, { nullable: true, description: 'The rating that was noted, 1 to 5.' })
  rating!: number | null;

  @Field(() => TradeNote, { nullable: true, description: 'What was noted about it; null in a backtest.' })
  note!: TradeNote | null;

  @Field(() => [TradeNote], {
    description: 'Notes of other trades that a correction of the ledger has made a part of this one.',
  })
  absorbedNotes!: readonly TradeNote[];

  @Field(() => DecimalScalar, {
    nullable: true,
    description:
      'The money at risk at its opening, by the noted stop or amount, of a backtest by the stop that was set then; null where nothing usable is known.',
  })
  initialRisk!: string | null;

  @Field(() => Float, {
    nullable: true,
    description: 'Profit over initial risk (R); null without a known risk or while nothing is closed.',
  })
  rMultiple!: number | null;

  trade!: JournalTrade;
  market!: TradeMarket;
}

@ObjectType('TradeExcursions', {
  description: 'How far the price went inside a trade, as fractions of its entry price.',
})
export class TradeExcursions {
  @Field(() => Float, { description: 'Worst excursion (MAE), 0 or below.' })
  maximumAdverse!: number;

  @Field(() => Float, { description: 'Best excursion (MFE), 0 or above.' })
  maximumFavourable!: number;

  @Field(() => Float, { nullable: true, description: 'Worst excursion over the initial risk, 0 or below.' })
  maximumAdverseR!: number | null;

  @Field(() => Float, { nullable: true, description: 'Best excursion over the initial risk, 0 or above.' })
  maximumFavourableR!: number | null;

  @Field(() => Float, { description: 'The worst price, in units of the end of the trade.' })
  worstPrice!: number;

  @Field(() => Float, { description: 'The best price, in units of the end of the trade.' })
  bestPrice!: number;

  @Field(() => TimeframeEnum, { description: 'How long the bars are that it was read from.' })
  timeframe!: Timeframe;

  @Field(() => Int, { description: 'How many bars lie inside; 0 where entry and exit alone are known.' })
  barCount!: number;
}

export const TradeConnection = connectionOf(Trade, 'Trade');

@InputType({ description: 'What a person notes about a trade; what is left out is not noted any more.' })
export class AnnotateTradeInput {
  @Field(() => ID, {
    description: 'A key of 8 to 128 characters of your choice; the same key again writes once.',
  })
  idempotencyKey!: string;

  @Field(() => ID, { description: 'The portfolio.' })
  portfolioId!: string;

  @Field(() => ID, { description: 'The trade, by its positionId.' })
  tradeId!: string;

  @Field(() => Int, {
    description: 'The version of the note that the change is based on; 0 where there is none yet.',
  })
  expectedVersion!: number;

  @Field(() => [String], {
    defaultValue: [],
    description: 'Tags without commas, at most 20 of 60 characters.',
  })
  tags!: string[];

  @Field(() => String, { nullable: true, description: 'The setup it was taken on, up to 60 characters.' })
  setup?: string | null;

  @Field(() => String, { defaultValue: '', description: 'Text of up to 20,000 characters.' })
  notes!: string;

  @Field(() => Int, { nullable: true, description: 'How well it was traded, 1 to 5.' })
  rating?: number | null;

  @Field(() => DecimalScalar, {
    nullable: true,
    description: 'The stop at its opening: below the entry price of a long trade, above that of a short one.',
  })
  stopPrice?: string | null;

  @Field(() => DecimalScalar, {
    nullable: true,
    description: 'The money at risk at its opening, above 0; instead of a stop.',
  })
  initialRisk?: string | null;
}

@ObjectType('AnnotateTradePayload', { description: 'The trade, or why nothing was noted.' })
export class AnnotateTradePayload {
  @Field(() => Trade, { nullable: true, description: 'The trade with its note.' })
  trade?: Trade;

  @Field(() => [UserError], { description: 'Why nothing was written; empty when it was.' })
  errors!: UserError[];
}
