import { Field, ID, Int, ObjectType } from 'type-graphql';
import { Instrument } from '../market-data/instrument.type.ts';
import { connectionOf } from '../platform/graphql/connection.ts';
import { enumOf } from '../platform/graphql/enum.ts';
import { CurrencyScalar, DateTimeScalar, DecimalScalar } from '../platform/graphql/scalars.ts';
import type { TransactionKind } from '../trade/transaction-kinds.ts';
import { ExchangeRate } from './currency.type.ts';
import { LOT_REPORT_FIGURES, POSITION_FIGURES, type Trail, VALUATION_FIGURES } from './explanation.ts';
import { PERIOD_FIGURES } from './period-explanation.ts';
import { TransactionKindEnum } from './transaction.type.ts';

export const ValuationFigureEnum = enumOf(
  'ValuationFigure',
  'A figure of a valuation that explains itself.',
  VALUATION_FIGURES,
);
export const PositionFigureEnum = enumOf(
  'PositionFigure',
  'A figure of a position that explains itself.',
  POSITION_FIGURES,
);
export const LotReportFigureEnum = enumOf(
  'LotReportFigure',
  'A sum of a report of lots that explains itself.',
  LOT_REPORT_FIGURES,
);
export const PeriodFigureEnum = enumOf(
  'PeriodFigure',
  'An amount of a period that explains itself.',
  PERIOD_FIGURES,
);
export const CombinationEnum = enumOf('TermCombination', 'How terms make an amount.', {
  SUM: 'They add up to it.',
  QUOTIENT: 'The first over the second is it.',
});

@ObjectType('ExplanationTerm', { description: 'One part of an amount.' })
export class ExplanationTerm {
  @Field(() => String, { description: 'What it is.' })
  label!: string;

  @Field(() => DecimalScalar, {
    nullable: true,
    description: 'What it adds; negative where it takes away. null where an exchange rate is missing.',
  })
  amount!: string | null;

  @Field(() => DecimalScalar, {
    nullable: true,
    description: 'Where it is a difference, what it is worth.',
  })
  worth!: string | null;

  @Field(() => DecimalScalar, {
    nullable: true,
    description: 'Where it is a difference, what that is set against.',
  })
  against!: string | null;

  @Field(() => ID, { nullable: true, description: 'The transaction that it comes from.' })
  transactionId!: string | null;

  @Field(() => TransactionKindEnum, { nullable: true, description: 'What that transaction is.' })
  kind!: TransactionKind | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it happened.' })
  at!: Date | null;

  @Field(() => DecimalScalar, { nullable: true, description: 'Units, or money of `currency`.' })
  quantity!: string | null;

  @Field(() => DecimalScalar, { nullable: true, description: 'Price per unit in `currency`.' })
  price!: string | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'When that price was told; null where the last transaction stands in.',
  })
  priceAt!: Date | null;

  @Field(() => CurrencyScalar, {
    nullable: true,
    description: 'The currency of the price, or of the quantity where that is money.',
  })
  currency!: string | null;

  @Field(() => ExchangeRate, {
    nullable: true,
    description: 'The rate into the base currency; null where there is none to apply.',
  })
  exchangeRate!: ExchangeRate | null;

  @Field(() => Instrument, { nullable: true, description: 'The instrument that it is about.' })
  instrument!: Instrument | null;
}

@ObjectType('ExplanationTermConnection', {
  description: 'A page of the terms of an amount; with the rest they make all of it.',
})
export class ExplanationTermConnection extends connectionOf(ExplanationTerm, 'ExplanationTermPage') {
  @Field(() => Int, { description: 'How many terms are not on this page.' })
  restCount!: number;

  @Field(() => DecimalScalar, {
    nullable: true,
    description:
      'What these add, with what rounding to 18 decimals leaves: the terms here and the rest add up to the amount. null for a quotient, and where an exchange rate is missing.',
  })
  restAmount!: string | null;
}

@ObjectType('AmountExplanation', { description: 'How an amount came about.' })
export class AmountExplanation {
  @Field(() => String, { description: 'The formula.' })
  formula!: string;

  @Field(() => String, { description: 'What the formula leaves open.' })
  convention!: string;

  @Field(() => CombinationEnum, { description: 'How the terms make the amount.' })
  combination!: Trail['combination'];

  @Field(() => DecimalScalar, {
    nullable: true,
    description: 'The amount; null where an exchange rate is missing, and for a ratio to nothing.',
  })
  value!: string | null;

  trail!: Trail;
}
