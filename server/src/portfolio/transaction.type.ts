import { Field, ID, ObjectType, registerEnumType } from 'type-graphql';
import { connectionOf } from '../platform/graphql/connection.ts';
import { enumOf } from '../platform/graphql/enum.ts';
import { UserError } from '../platform/graphql/errors.ts';
import { Node } from '../platform/graphql/node.ts';
import { CurrencyScalar, DateTimeScalar, DecimalScalar } from '../platform/graphql/scalars.ts';
import { TRANSACTION_KINDS, type TransactionKind } from '../trade/transaction-kinds.ts';
import { Portfolio } from './portfolio.type.ts';

export const TransactionKindEnum = enumOf('TransactionKind', 'What a transaction is.', TRANSACTION_KINDS);

export const TransactionSortField = enumOf(
  'TransactionSortField',
  'What transactions are ordered by; those without it come last.',
  {
    EXECUTED_AT: 'When they happened.',
    RECORDED_AT: 'When they were recorded.',
    KIND: 'What they are.',
    SYMBOL: 'The symbol.',
    QUANTITY: 'Units.',
    PRICE: 'Price per unit.',
    FEE: 'The fee.',
    TAX: 'The tax.',
    ACCOUNT: 'The name of the account.',
    AMOUNT: 'What they moved in cash.',
  },
);

@ObjectType('TransactionVoid', { description: 'Why and since when a transaction does not count any more.' })
export class TransactionVoid {
  @Field(() => DateTimeScalar, { description: 'Since when.' })
  at!: Date;

  @Field(() => String, { description: 'Who said so.' })
  by!: string;

  @Field(() => String, { description: 'Why.' })
  reason!: string;

  @Field(() => ID, { nullable: true, description: 'The transaction that stands in for it, if one does.' })
  replacementId!: string | null;
}

@ObjectType('Transaction', {
  implements: Node,
  description:
    'A row of the ledger that moves cash or holdings. It never changes: a correction voids it and adds another.',
})
export class Transaction extends Node {
  @Field(() => TransactionKindEnum, { description: 'What it is.' })
  kind!: TransactionKind;

  @Field(() => DateTimeScalar, { description: 'When it happened.' })
  executedAt!: Date;

  @Field(() => DateTimeScalar, { description: 'When it was recorded.' })
  recordedAt!: Date;

  @Field(() => String, { description: 'Who recorded it.' })
  recordedBy!: string;

  @Field(() => DecimalScalar, { nullable: true, description: 'Units.' })
  quantity!: string | null;

  @Field(() => DecimalScalar, { nullable: true, description: 'Price per unit.' })
  price!: string | null;

  @Field(() => DecimalScalar, {
    description:
      'What it moves in the cash of its account, fee and tax taken off; negative where cash leaves.',
  })
  amount!: string;

  @Field(() => DecimalScalar, {
    nullable: true,
    description:
      'Cash before fee and tax, as the `amount` of its input stated it; null where it states none.',
  })
  statedAmount!: string | null;

  @Field(() => DecimalScalar, { description: 'The fee, 0 or more.' })
  fee!: string;

  @Field(() => DecimalScalar, { description: 'The tax withheld or paid, 0 or more.' })
  tax!: string;

  @Field(() => CurrencyScalar, { description: 'The currency of all its amounts.' })
  currency!: string;

  @Field(() => DecimalScalar, {
    nullable: true,
    description: "Units of the portfolio's base currency for one of its currency, where it states that.",
  })
  exchangeRate!: string | null;

  @Field(() => DecimalScalar, { nullable: true, description: 'Cash that a conversion brought.' })
  otherAmount!: string | null;

  @Field(() => CurrencyScalar, { nullable: true, description: 'The currency of that.' })
  otherCurrency!: string | null;

  @Field(() => DecimalScalar, {
    nullable: true,
    description: 'New units for every `perUnits` held, of a split and the like.',
  })
  units!: string | null;

  @Field(() => DecimalScalar, {
    nullable: true,
    description: 'What `units` are for; 1 where it was left out.',
  })
  perUnits!: string | null;

  @Field(() => DecimalScalar, {
    nullable: true,
    description: 'The part of the cost that a spin-off takes along, 0 to 1.',
  })
  basisFraction!: string | null;

  @Field(() => DecimalScalar, { nullable: true, description: 'What units that came in had cost in all.' })
  costBasis!: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When units that came in had been bought.' })
  acquiredAt!: Date | null;

  @Field(() => [ID], { description: 'The lots that it closes first, by the transactions that opened them.' })
  lotIds!: readonly string[];

  @Field(() => ID, { nullable: true, description: 'The fill behind a buy or a sell.' })
  fillId!: string | null;

  @Field(() => ID, { nullable: true, description: 'The import that it came with.' })
  importId!: string | null;

  @Field(() => String, { nullable: true, description: "The broker's own identifier." })
  externalId!: string | null;

  @Field(() => String, { nullable: true, description: 'A note.' })
  note!: string | null;

  @Field(() => TransactionVoid, {
    nullable: true,
    description: 'Why it does not count any more; null while it does.',
  })
  voided!: TransactionVoid | null;

  @Field(() => ID, { nullable: true, description: 'The transaction that it stands in for.' })
  replacesId!: string | null;

  accountId!: string;
  counterAccountId!: string | null;
  instrumentId!: string | null;
  otherInstrumentId!: string | null;
}

export const TransactionConnection = connectionOf(Transaction, 'Transaction');

export const AuditAction = {
  RECORD: 'RECORD',
  VOID: 'VOID',
  REPLACE: 'REPLACE',
  IMPORT: 'IMPORT',
  DISMISS: 'DISMISS',
  RESTORE: 'RESTORE',
  ANNOTATE: 'ANNOTATE',
  SET_TARGETS: 'SET_TARGETS',
  UNDO_IMPORT: 'UNDO_IMPORT',
  SET_TAGS: 'SET_TAGS',
  ASK_PRICES: 'ASK_PRICES',
  CREATE_PORTFOLIO: 'CREATE_PORTFOLIO',
  UPDATE_PORTFOLIO: 'UPDATE_PORTFOLIO',
  DELETE_PORTFOLIO: 'DELETE_PORTFOLIO',
  CREATE_ACCOUNT: 'CREATE_ACCOUNT',
  UPDATE_ACCOUNT: 'UPDATE_ACCOUNT',
  DELETE_ACCOUNT: 'DELETE_ACCOUNT',
} as const;
registerEnumType(AuditAction, {
  name: 'AuditAction',
  description: 'What somebody did to a ledger.',
  valuesConfig: {
    RECORD: { description: 'Added a transaction.' },
    VOID: { description: 'Made a transaction not count any more.' },
    REPLACE: { description: 'Put another transaction in the place of one.' },
    IMPORT: { description: 'Brought transactions in from a file.' },
    DISMISS: { description: 'Said that a finding of the checks is right as it is.' },
    RESTORE: { description: 'Took such a word back.' },
    ANNOTATE: { description: 'Changed the notes of a trade.' },
    SET_TARGETS: { description: 'Set what the portfolio is meant to hold.' },
    UNDO_IMPORT: { description: 'Voided all that an import brought in.' },
    SET_TAGS: { description: 'Gave an instrument or an account other tags.' },
    ASK_PRICES: { description: 'Asked the sources of an instrument for prices that the checks miss.' },
    CREATE_PORTFOLIO: { description: 'Made the portfolio, with the cash it began with.' },
    UPDATE_PORTFOLIO: { description: 'Changed the name or the benchmark of the portfolio.' },
    DELETE_PORTFOLIO: { description: 'Deleted the portfolio with all that was in it.' },
    CREATE_ACCOUNT: { description: 'Made an account.' },
    UPDATE_ACCOUNT: {
      description: 'Renamed an account, gave it another method, closed it or opened it again.',
    },
    DELETE_ACCOUNT: { description: 'Deleted an account without transactions.' },
  },
});

@ObjectType('AuditEntry', { description: 'Who did what to the ledger of a portfolio; entries never change.' })
export class AuditLogEntry {
  @Field(() => ID, { description: 'Its id.' })
  id!: string;

  @Field(() => AuditAction, { description: 'What was done.' })
  action!: keyof typeof AuditAction;

  @Field(() => ID, {
    description:
      'The transaction it was done to, the run of the import, the finding, the opening of the noted trade, the account, the tagged instrument or account, or the portfolio itself.',
  })
  subjectId!: string;

  @Field(() => String, { description: 'Who did it.' })
  actor!: string;

  @Field(() => DateTimeScalar, { description: 'When.' })
  at!: Date;

  @Field(() => String, { nullable: true, description: 'The reason that was given, or what was changed.' })
  reason!: string | null;

  @Field(() => ID, {
    nullable: true,
    description: 'The transaction that was put in the place of `subjectId`; null of everything but REPLACE.',
  })
  replacementId!: string | null;
}

export const AuditEntryConnection = connectionOf(AuditLogEntry, 'AuditEntry');

@ObjectType('TransactionPayload', { description: 'The transaction, or why not.' })
export class TransactionPayload {
  @Field(() => Transaction, {
    nullable: true,
    description: 'The transaction; where one was replaced, the one that stands in for it.',
  })
  transaction?: Transaction;

  @Field(() => Portfolio, {
    nullable: true,
    description: 'The portfolio with the new version of its ledger.',
  })
  portfolio?: Portfolio;

  @Field(() => [UserError], { description: 'Why nothing was written; empty when it was.' })
  errors!: UserError[];
}
