import { createUnionType, Field, Float, ID, ObjectType } from 'type-graphql';
import { AssetClassEnum } from '../market-data/instrument.type.ts';
import { InputError } from '../platform/graphql/errors.ts';
import { CurrencyScalar, DateTimeScalar, DecimalScalar } from '../platform/graphql/scalars.ts';
import { Side } from './portfolio.type.ts';
import { UnmanagedHolding } from './targets.type.ts';

@ObjectType('RebalanceLine', {
  description: 'Where a line of the targets, or cash, stands before and after the orders of a plan.',
})
export class RebalanceLine {
  @Field(() => AssetClassEnum, { nullable: true, description: 'The class, where it is one.' })
  assetClass!: string | null;

  @Field(() => Boolean, { description: 'Whether it is cash.' })
  isCash!: boolean;

  @Field(() => DecimalScalar, { description: 'What it is worth.' })
  value!: string;

  @Field(() => DecimalScalar, { description: 'What it would be worth after the orders.' })
  valueAfter!: string;

  @Field(() => Float, { description: 'Its part of the managed value.' })
  weight!: number;

  @Field(() => Float, { description: 'Its part after the orders.' })
  weightAfter!: number;

  @Field(() => Float, { description: 'The part it is meant to have.' })
  target!: number;

  @Field(() => Float, { description: 'Where its band begins.' })
  lower!: number;

  @Field(() => Float, { description: 'Where its band ends.' })
  upper!: number;

  @Field(() => Boolean, { description: 'Whether it has drifted out of its band.' })
  isOutside!: boolean;

  @Field(() => String, { description: 'What happens to it and why, in words.' })
  explanation!: string;

  instrumentId!: string | null;
}

@ObjectType('RebalanceLot', { description: 'A part of a lot that a sale would close.' })
export class RebalanceLot {
  @Field(() => ID, { description: 'The transaction that opened it.' })
  transactionId!: string;

  @Field(() => ID, { description: 'The account it is in.' })
  accountId!: string;

  @Field(() => DateTimeScalar, { description: 'Since when it counts as held.' })
  openedAt!: Date;

  @Field(() => DecimalScalar, { description: 'Units.' })
  quantity!: string;

  @Field(() => DecimalScalar, {
    nullable: true,
    description: 'What they cost, fees included; null where an exchange rate is missing.',
  })
  costBasis!: string | null;

  @Field(() => DecimalScalar, { description: 'What they bring, the cost of the order taken off.' })
  proceeds!: string;

  @Field(() => DecimalScalar, {
    nullable: true,
    description: 'Proceeds less cost; null where an exchange rate is missing.',
  })
  gain!: string | null;

  @Field(() => Boolean, { description: 'Whether it is held for more than a year.' })
  isLongTerm!: boolean;
}

@ObjectType('RebalanceOrder', { description: 'One order of a plan, at the last price.' })
export class RebalanceOrder {
  @Field(() => Side, { description: 'Buy or sell.' })
  side!: 'BUY' | 'SELL';

  @Field(() => DecimalScalar, { description: 'Units.' })
  quantity!: string;

  @Field(() => DecimalScalar, {
    description: 'The price per unit that is counted with, in the base currency.',
  })
  price!: string;

  @Field(() => DecimalScalar, { description: "The same in the instrument's own currency." })
  quotePrice!: string;

  @Field(() => DecimalScalar, {
    description: "Units of the base currency for one of the instrument's, as counted with.",
  })
  exchangeRate!: string;

  @Field(() => DecimalScalar, { description: 'Units times price.' })
  value!: string;

  @Field(() => DecimalScalar, { description: 'What the order costs.' })
  cost!: string;

  @Field(() => ID, {
    nullable: true,
    description: 'The account to sell in; null for a purchase, and where the units lie in several.',
  })
  accountId!: string | null;

  @Field(() => DecimalScalar, {
    nullable: true,
    description: 'What the sale gains; null for a purchase, and where an exchange rate is missing.',
  })
  gain!: string | null;

  @Field(() => [RebalanceLot], { description: 'The lots that a sale would close.' })
  lots!: RebalanceLot[];

  instrumentId!: string;
}

@ObjectType('RebalancePlan', {
  description: 'The orders that bring a portfolio to its targets, with what comes of them.',
})
export class RebalancePlan {
  @Field(() => CurrencyScalar, { description: 'The currency of all amounts.' })
  currency!: string;

  @Field(() => DateTimeScalar, { description: 'When the newest of its prices is from.' })
  at!: Date;

  @Field(() => DecimalScalar, { description: 'Cash and what the lines speak of, before costs.' })
  managedValue!: string;

  @Field(() => Boolean, { description: 'Whether cash and every line are inside their bands.' })
  isBalanced!: boolean;

  @Field(() => [RebalanceLine], { description: 'The lines of the targets, then cash.' })
  lines!: RebalanceLine[];

  @Field(() => [RebalanceOrder], { description: 'The orders, sales first.' })
  orders!: RebalanceOrder[];

  @Field(() => DecimalScalar, { description: 'What all orders cost.' })
  costs!: string;

  @Field(() => DecimalScalar, { description: 'Value of all orders.' })
  tradedValue!: string;

  @Field(() => DecimalScalar, {
    nullable: true,
    description: 'Gains of sales of what was held for up to a year; null where an exchange rate is missing.',
  })
  gainShortTerm!: string | null;

  @Field(() => DecimalScalar, {
    nullable: true,
    description:
      'Gains of sales of what was held for more than a year; null where an exchange rate is missing.',
  })
  gainLongTerm!: string | null;

  @Field(() => [UnmanagedHolding], { description: 'What is held and left alone.' })
  unmanaged!: UnmanagedHolding[];

  @Field(() => [String], { description: 'What else to know, in words.' })
  notes!: string[];
}

export const RebalancePlanResult = createUnionType({
  name: 'RebalancePlanResult',
  description: 'A plan, or why there is none.',
  types: () => [RebalancePlan, InputError] as const,
});
