import { Field, ID, ObjectType, registerEnumType } from 'type-graphql';
import { connectionOf } from '../platform/graphql/connection.ts';
import { CurrencyScalar, DateTimeScalar, DecimalScalar } from '../platform/graphql/scalars.ts';
import type { LotMethod } from '../trade/lots.ts';
import { TradeSide } from '../trade/trade.type.ts';
import type { LotReportData } from './lot-report.ts';

export const LotMethodEnum = {
  FIFO: 'FIFO',
  LIFO: 'LIFO',
  HIFO: 'HIFO',
  LOFO: 'LOFO',
  AVERAGE: 'AVERAGE',
  SPECIFIC: 'SPECIFIC',
} as const;
registerEnumType(LotMethodEnum, {
  name: 'LotMethod',
  description: 'Which lots a sale closes.',
  valuesConfig: {
    FIFO: { description: 'The oldest.' },
    LIFO: { description: 'The newest.' },
    HIFO: { description: 'Those that leave the smallest gain: the dearest of a long position.' },
    LOFO: { description: 'Those that leave the largest gain: the cheapest of a long position.' },
    AVERAGE: { description: 'The oldest, at the average cost of all.' },
    SPECIFIC: { description: 'The ones that the sale names, then the oldest.' },
  },
});

@ObjectType('Lot', {
  description:
    'A part of a position that is open, with its cost in the base currency; null where an exchange rate is missing.',
})
export class Lot {
  @Field(() => ID, { description: 'The transaction that opened it.' })
  transactionId!: string;

  @Field(() => ID, { description: 'The account it is in.' })
  accountId!: string;

  @Field(() => TradeSide, { description: 'Which way.' })
  side!: 'LONG' | 'SHORT';

  @Field(() => DateTimeScalar, { description: 'Since when it counts as held.' })
  openedAt!: Date;

  @Field(() => DecimalScalar, { description: 'Units, above 0.' })
  quantity!: string;

  @Field(() => DecimalScalar, {
    nullable: true,
    description: 'What it was opened for, fees included: paid for a long lot, received for a short one.',
  })
  costBasis!: string | null;

  @Field(() => DecimalScalar, { nullable: true, description: 'Price per unit at the time of the report.' })
  price!: string | null;

  @Field(() => DecimalScalar, { nullable: true, description: 'Units times price.' })
  value!: string | null;

  @Field(() => DecimalScalar, {
    nullable: true,
    description: 'Gain or loss still open, after the fees of opening.',
  })
  gain!: string | null;

  @Field(() => Boolean, { description: 'Whether it is held for more than a year; never for a short lot.' })
  isLongTerm!: boolean;

  instrumentId!: string;
}

@ObjectType('ClosedLot', {
  description:
    'A part of a position that was closed; amounts in the base currency, null where an exchange rate is missing.',
})
export class ClosedLot {
  @Field(() => ID, { description: 'The transaction that opened it.' })
  transactionId!: string;

  @Field(() => ID, { description: 'The transaction that closed it.' })
  closingId!: string;

  @Field(() => ID, { description: 'The account it was in.' })
  accountId!: string;

  @Field(() => TradeSide, { description: 'Which way.' })
  side!: 'LONG' | 'SHORT';

  @Field(() => DateTimeScalar, { description: 'Since when it counted as held.' })
  openedAt!: Date;

  @Field(() => DateTimeScalar, { description: 'When it was closed.' })
  closedAt!: Date;

  @Field(() => DecimalScalar, {
    description: 'Units; 0 where cash went beyond the cost without closing any.',
  })
  quantity!: string;

  @Field(() => DecimalScalar, { nullable: true, description: 'What it cost, fees included.' })
  costBasis!: string | null;

  @Field(() => DecimalScalar, { nullable: true, description: 'What it brought, fees taken off.' })
  proceeds!: string | null;

  @Field(() => DecimalScalar, { nullable: true, description: 'Proceeds less cost.' })
  gain!: string | null;

  @Field(() => Boolean, { description: 'Whether it was held for more than a year; never for a short lot.' })
  isLongTerm!: boolean;

  instrumentId!: string;
}

export const LotConnection = connectionOf(Lot, 'Lot');
export const ClosedLotConnection = connectionOf(ClosedLot, 'ClosedLot');

@ObjectType('LotReport', {
  description: 'Lots by one method, with their gains after fees; null where an exchange rate is missing.',
})
export class LotReport {
  @Field(() => LotMethodEnum, {
    nullable: true,
    description: "Which lots a sale closed; null where that is each account's own method and they differ.",
  })
  method!: LotMethod | null;

  @Field(() => CurrencyScalar, { description: 'The currency of all amounts.' })
  currency!: string;

  @Field(() => DecimalScalar, { nullable: true, description: 'Gains of what was closed within a year.' })
  realisedShortTerm!: string | null;

  @Field(() => DecimalScalar, { nullable: true, description: 'Gains of what was held for more than a year.' })
  realisedLongTerm!: string | null;

  @Field(() => DecimalScalar, { nullable: true, description: 'Open gains of what is held for up to a year.' })
  unrealisedShortTerm!: string | null;

  @Field(() => DecimalScalar, {
    nullable: true,
    description: 'Open gains of what is held for more than a year.',
  })
  unrealisedLongTerm!: string | null;

  @Field(() => DecimalScalar, { nullable: true, description: 'Gains of all that was closed.' })
  realised!: string | null;

  @Field(() => DecimalScalar, { nullable: true, description: 'Open gains of all that is held.' })
  unrealised!: string | null;

  data!: LotReportData;
}
