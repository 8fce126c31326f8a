import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { UserError } from '../platform/graphql/errors.ts';
import { Node } from '../platform/graphql/node.ts';
import { CurrencyScalar, DateTimeScalar, DecimalScalar } from '../platform/graphql/scalars.ts';
import type { LotMethod } from '../trade/lots.ts';
import { LotMethodEnum } from './lot.type.ts';

@ObjectType('AccountCash', { description: 'Cash of an account in one currency.' })
export class AccountCash {
  @Field(() => CurrencyScalar, { description: 'The currency.' })
  currency!: string;

  @Field(() => DecimalScalar, { description: 'How much, negative where it is owed.' })
  amount!: string;
}

@ObjectType('AccountHoldings', {
  description:
    "What is in an account at a time, in the portfolio's base currency; a value is null where an exchange rate is missing.",
})
export class AccountHoldings {
  @Field(() => [AccountCash], { description: 'Its cash by currency, without those it has none of.' })
  cash!: AccountCash[];

  @Field(() => DecimalScalar, { nullable: true, description: 'What all its cash is worth.' })
  cashValue!: string | null;

  @Field(() => DecimalScalar, {
    nullable: true,
    description: 'What all it holds beside cash is worth; what was sold short counts below 0.',
  })
  marketValue!: string | null;

  @Field(() => DecimalScalar, { nullable: true, description: 'Both together.' })
  value!: string | null;
}

@ObjectType('Account', {
  implements: Node,
  description: 'A part of a portfolio with cash and lots of its own.',
})
export class Account extends Node {
  @Field(() => String, { description: 'Its name, unique within the portfolio.' })
  name!: string;

  @Field(() => LotMethodEnum, { description: 'Which lots its sales close where no method is asked for.' })
  lotMethod!: LotMethod;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'Since when it takes no more transactions; null while it is open.',
  })
  closedAt!: Date | null;

  portfolioId!: string;
}

const KEY = 'A key of 8 to 128 characters of your choice; the same key again gives the same answer.';
const VERSION = "The portfolio's ledgerVersion that the change is based on.";

@InputType({ description: 'A new account.' })
export class CreateAccountInput {
  @Field(() => ID, { description: KEY })
  idempotencyKey!: string;

  @Field(() => ID, { description: 'The portfolio.' })
  portfolioId!: string;

  @Field(() => Int, { description: VERSION })
  expectedVersion!: number;

  @Field(() => String, { description: 'Its name, unique within the portfolio.' })
  name!: string;

  @Field(() => LotMethodEnum, { defaultValue: 'FIFO', description: 'Which lots its sales close.' })
  lotMethod!: LotMethod;
}

@InputType({ description: 'An account that is to go.' })
export class DeleteAccountInput {
  @Field(() => ID, { description: KEY })
  idempotencyKey!: string;

  @Field(() => ID, { description: 'The account.' })
  id!: string;

  @Field(() => Int, { description: VERSION })
  expectedVersion!: number;
}

@InputType({ description: 'What to change of an account; what is left out stays.' })
export class UpdateAccountInput extends DeleteAccountInput {
  @Field(() => String, { nullable: true, description: 'Its name, unique within the portfolio.' })
  name?: string | null;

  @Field(() => LotMethodEnum, { nullable: true, description: 'Which lots its sales close.' })
  lotMethod?: LotMethod | null;

  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether it takes no more transactions; only an account that holds nothing can be closed.',
  })
  isClosed?: boolean | null;
}

@ObjectType('AccountPayload', { description: 'The account, or why not.' })
export class AccountPayload {
  @Field(() => Account, { nullable: true, description: 'The account.' })
  account?: Account;

  @Field(() => [UserError], { description: 'Why there is none; empty when there is.' })
  errors!: UserError[];
}
