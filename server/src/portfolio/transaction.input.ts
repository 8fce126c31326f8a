import { Field, ID, InputType, Int } from 'type-graphql';
import { CurrencyScalar, DateTimeScalar, DecimalScalar } from '../platform/graphql/scalars.ts';
import { SortDirection } from '../platform/graphql/sort-direction.ts';
import type { TransactionKind } from '../trade/transaction-kinds.ts';
import { TransactionKindEnum, TransactionSortField } from './transaction.type.ts';

@InputType({ description: 'A transaction as somebody states it; which fields it needs is said by its kind.' })
export class TransactionInput {
  @Field(() => TransactionKindEnum, { description: 'What it is.' })
  kind!: TransactionKind;

  @Field(() => DateTimeScalar, { description: 'When it happened; not in the future.' })
  executedAt!: Date;

  @Field(() => ID, { nullable: true, description: "The account; the portfolio's first when left out." })
  accountId?: string | null;

  @Field(() => String, { nullable: true, description: 'The symbol of the instrument.' })
  symbol?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'The symbol that a spin-off, a merger or a ticker change leads to.',
  })
  otherSymbol?: string | null;

  @Field(() => DecimalScalar, {
    nullable: true,
    description: 'Units, above 0; an adjustment, opening balance or transfer may be below.',
  })
  quantity?: string | null;

  @Field(() => DecimalScalar, { nullable: true, description: 'Price per unit, 0 or more.' })
  price?: string | null;

  @Field(() => DecimalScalar, {
    nullable: true,
    description: 'Cash before fee and tax; above 0 but where the kind says that it may be negative.',
  })
  amount?: string | null;

  @Field(() => DecimalScalar, { nullable: true, description: 'The fee, 0 or more.' })
  fee?: string | null;

  @Field(() => DecimalScalar, { nullable: true, description: 'The tax withheld or paid, 0 or more.' })
  tax?: string | null;

  @Field(() => CurrencyScalar, {
    nullable: true,
    description:
      "The currency of all its amounts; the instrument's when left out, and without one the portfolio's.",
  })
  currency?: string | null;

  @Field(() => DecimalScalar, {
    nullable: true,
    description:
      "Units of the portfolio's base currency for one of `currency`; by the stored rates of its day when left out.",
  })
  exchangeRate?: string | null;

  @Field(() => DecimalScalar, {
    nullable: true,
    description: 'Cash that a conversion brings, above 0.',
  })
  otherAmount?: string | null;

  @Field(() => CurrencyScalar, { nullable: true, description: 'The currency of what a conversion brings.' })
  otherCurrency?: string | null;

  @Field(() => DecimalScalar, {
    nullable: true,
    description: 'New units for every `perUnits` held: 4 of a split 4 for 1.',
  })
  units?: string | null;

  @Field(() => DecimalScalar, { nullable: true, description: 'What `units` are for; 1 when left out.' })
  perUnits?: string | null;

  @Field(() => DecimalScalar, {
    nullable: true,
    description: 'The part of the cost that a spin-off takes along, 0 to 1.',
  })
  basisFraction?: string | null;

  @Field(() => DecimalScalar, {
    nullable: true,
    description: 'What units that come in had cost in all; price times units when left out.',
  })
  costBasis?: string | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'When units that come in had been bought; now when left out.',
  })
  acquiredAt?: Date | null;

  @Field(() => ID, {
    nullable: true,
    description: 'The account of the same portfolio that a transfer out goes to.',
  })
  counterAccountId?: string | null;

  @Field(() => [ID], {
    nullable: true,
    description: 'Lots to close first, by the transactions that opened them.',
  })
  lotIds?: string[] | null;

  @Field(() => DecimalScalar, {
    nullable: true,
    description:
      'Units that a dividend was put back into, above 0, with `reinvestedPrice`: a purchase of them is recorded beside the dividend, a transaction of its own that is corrected and voided by itself.',
  })
  reinvestedUnits?: string | null;

  @Field(() => DecimalScalar, {
    nullable: true,
    description: 'The price of each of them, above 0, in the currency of the dividend.',
  })
  reinvestedPrice?: string | null;

  @Field(() => String, { nullable: true, description: "The broker's own identifier." })
  externalId?: string | null;

  @Field(() => String, { nullable: true, description: 'A note.' })
  note?: string | null;
}

const KEY = 'A key of 8 to 128 characters of your choice; the same key again gives the same answer.';
const VERSION = "The portfolio's ledgerVersion that the change is based on.";

@InputType({ description: 'A transaction to add to a portfolio.' })
export class RecordTransactionInput {
  @Field(() => ID, { description: KEY })
  idempotencyKey!: string;

  @Field(() => ID, { description: 'The portfolio.' })
  portfolioId!: string;

  @Field(() => Int, { description: VERSION })
  expectedVersion!: number;

  @Field(() => TransactionInput, { description: 'The transaction.' })
  transaction!: TransactionInput;
}

@InputType({ description: 'A transaction that is not to count any more.' })
export class VoidTransactionInput {
  @Field(() => ID, { description: KEY })
  idempotencyKey!: string;

  @Field(() => ID, { description: 'The transaction.' })
  id!: string;

  @Field(() => Int, { description: VERSION })
  expectedVersion!: number;

  @Field(() => String, { description: 'Why, in 1 to 500 characters.' })
  reason!: string;
}

@InputType({ description: 'A transaction to void, and the one that stands in for it.' })
export class ReplaceTransactionInput extends VoidTransactionInput {
  @Field(() => TransactionInput, {
    description: 'What it should have been; in the same account when that is left out.',
  })
  transaction!: TransactionInput;
}

@InputType({ description: 'Which transactions to list; every condition must hold.' })
export class TransactionFilter {
  @Field(() => ID, { nullable: true, description: 'This one alone.' })
  id?: string;

  @Field(() => String, {
    nullable: true,
    description: "Part of the symbol, the name, the note or the broker's own identifier.",
  })
  search?: string;

  @Field(() => [TransactionKindEnum], {
    nullable: true,
    description: 'Of any of these kinds; of all when empty.',
  })
  kinds?: TransactionKind[];

  @Field(() => ID, { nullable: true, description: 'Of this account.' })
  accountId?: string;

  @Field(() => DateTimeScalar, { nullable: true, description: 'The earliest time.' })
  from?: Date;

  @Field(() => DateTimeScalar, { nullable: true, description: 'The latest time.' })
  to?: Date;

  @Field(() => Boolean, { nullable: true, description: 'Whether those that were voided are listed too.' })
  includeVoided?: boolean;
}

@InputType({ description: 'How transactions are ordered.' })
export class TransactionOrder {
  @Field(() => TransactionSortField, { description: 'By what.' })
  field!: keyof typeof TransactionSortField;

  @Field(() => SortDirection, { description: 'Which end first.' })
  direction!: keyof typeof SortDirection;
}
