import { Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { enumOf } from '../platform/graphql/enum.ts';
import { UserError } from '../platform/graphql/errors.ts';
import { DateTimeScalar, DecimalScalar } from '../platform/graphql/scalars.ts';
import type { TransactionKind } from '../trade/transaction-kinds.ts';
import { FINDING_KINDS, type FindingKind, type Severity } from './checks/finding.ts';
import type { CheckedFinding } from './check.service.ts';
import { Portfolio } from './portfolio.type.ts';
import { TransactionKindEnum } from './transaction.type.ts';

export const FindingKindEnum = enumOf('FindingKind', 'What a finding is about.', FINDING_KINDS);

export const SeverityEnum = { ERROR: 'ERROR', WARNING: 'WARNING', NOTICE: 'NOTICE' } as const;
registerEnumType(SeverityEnum, {
  name: 'FindingSeverity',
  description: 'How much a finding matters.',
  valuesConfig: {
    ERROR: { description: 'Figures are wrong.' },
    WARNING: { description: 'Figures are probably wrong.' },
    NOTICE: { description: 'To be known.' },
  },
});

export const FixKindEnum = {
  RECORD: 'RECORD',
  VOID: 'VOID',
  REFRESH_PRICES: 'REFRESH_PRICES',
  IMPORT_PRICES: 'IMPORT_PRICES',
} as const;
registerEnumType(FixKindEnum, {
  name: 'FindingFixKind',
  description: 'What a fix does.',
  valuesConfig: {
    RECORD: { description: 'Records a transaction.' },
    VOID: { description: 'Voids transactions.' },
    REFRESH_PRICES: { description: 'Asks the sources of its symbol for prices, within a minute.' },
    IMPORT_PRICES: { description: 'Nothing by itself: prices of its symbol are to be imported.' },
  },
});

@ObjectType('FindingEvidence', { description: 'A fact that a finding rests on.' })
export class FindingEvidence {
  @Field(() => String, { description: 'What it is.' })
  label!: string;

  @Field(() => String, { description: 'The fact, for a person.' })
  value!: string;
}

@ObjectType('FindingFixTransaction', { description: 'The transaction that a fix would record.' })
export class FindingFixTransaction {
  @Field(() => TransactionKindEnum, { description: 'What it is.' })
  kind!: TransactionKind;

  @Field(() => DateTimeScalar, { description: 'When it happened.' })
  executedAt!: Date;

  @Field(() => ID, { description: 'The account.' })
  accountId!: string;

  @Field(() => String, { nullable: true, description: 'The symbol; null for cash alone.' })
  symbol?: string | null;

  @Field(() => DecimalScalar, { nullable: true, description: 'Units.' })
  quantity?: string | null;

  @Field(() => DecimalScalar, { nullable: true, description: 'Price per unit.' })
  price?: string | null;

  @Field(() => DecimalScalar, { nullable: true, description: 'Cash.' })
  amount?: string | null;

  @Field(() => DecimalScalar, { nullable: true, description: 'New units for every `perUnits` held.' })
  units?: string | null;

  @Field(() => DecimalScalar, { nullable: true, description: 'What `units` are for.' })
  perUnits?: string | null;

  @Field(() => DecimalScalar, { nullable: true, description: 'What units that come in had cost in all.' })
  costBasis?: string | null;
}

@ObjectType('FindingFix', { description: 'A change that would mend a finding.' })
export class FindingFix {
  @Field(() => ID, { description: 'Names it for applyFix; another change has another id.' })
  id!: string;

  @Field(() => FixKindEnum, { description: 'What it does.' })
  kind!: keyof typeof FixKindEnum;

  @Field(() => String, { description: 'The same for a person.' })
  label!: string;

  @Field(() => FindingFixTransaction, { nullable: true, description: 'What it would record, if it records.' })
  transaction!: FindingFixTransaction | null;

  @Field(() => [ID], { description: 'The transactions it would void.' })
  transactionIds!: readonly string[];

  @Field(() => String, {
    nullable: true,
    description: 'The symbol whose prices are asked for, or are to be imported.',
  })
  symbol!: string | null;
}

@ObjectType('FindingDismissal', { description: 'Why somebody says that a finding is right as it is.' })
export class FindingDismissal {
  @Field(() => String, { description: 'Why.' })
  reason!: string;

  @Field(() => String, { description: 'Who said so.' })
  by!: string;

  @Field(() => DateTimeScalar, { description: 'When.' })
  at!: Date;
}

@ObjectType('Finding', { description: 'Something in a ledger that is probably wrong.' })
export class LedgerFinding {
  @Field(() => ID, { description: 'The same for the same fault as long as it is there.' })
  id!: string;

  @Field(() => FindingKindEnum, { description: 'What it is about.' })
  kind!: FindingKind;

  @Field(() => SeverityEnum, { description: 'How much it matters.' })
  severity!: Severity;

  @Field(() => String, { description: 'What is wrong, and what is probably behind it.' })
  explanation!: string;

  @Field(() => DateTimeScalar, { description: 'Since when.' })
  since!: Date;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Until when; null where it still holds.' })
  until!: Date | null;

  @Field(() => Int, { description: 'How many transactions it rests on.' })
  transactionCount!: number;

  @Field(() => [FindingEvidence], { description: 'What it rests on beside transactions.' })
  evidence!: readonly FindingEvidence[];

  @Field(() => [FindingFix], { description: 'What would mend it, the likeliest first.' })
  fixes!: FindingFix[];

  @Field(() => FindingDismissal, {
    nullable: true,
    description: 'Why it was dismissed; null where it was not.',
  })
  dismissal!: FindingDismissal | null;

  finding!: CheckedFinding;
}

@ObjectType('CheckReport', {
  description: 'What the checks of a ledger found; counts leave out what was dismissed.',
})
export class CheckReport {
  @Field(() => Int, {
    description: 'The version of the ledger that was checked; what is done about a finding expects it.',
  })
  ledgerVersion!: number;

  @Field(() => Int, { description: 'How many errors there are.' })
  errorCount!: number;

  @Field(() => Int, { description: 'How many warnings there are.' })
  warningCount!: number;

  @Field(() => Int, { description: 'How many notices there are.' })
  noticeCount!: number;

  @Field(() => Int, { description: 'How many findings were dismissed.' })
  dismissedCount!: number;

  all!: readonly CheckedFinding[];
}

const KEY = 'A key of 8 to 128 characters of your choice; the same key again gives the same answer.';

@InputType({ description: 'A finding whose dismissal is taken back.' })
export class RestoreFindingInput {
  @Field(() => ID, { description: KEY })
  idempotencyKey!: string;

  @Field(() => ID, { description: 'The portfolio.' })
  portfolioId!: string;

  @Field(() => Int, { description: 'The ledgerVersion of the report that the finding was read from.' })
  expectedVersion!: number;

  @Field(() => ID, { description: 'The finding.' })
  findingId!: string;
}

@InputType({ description: 'A finding that is right as it is.' })
export class DismissFindingInput extends RestoreFindingInput {
  @Field(() => String, { description: 'Why, in 1 to 500 characters.' })
  reason!: string;
}

@InputType({ description: 'A fix of a finding to make.' })
export class ApplyFixInput extends RestoreFindingInput {
  @Field(() => ID, { description: 'The fix.' })
  fixId!: string;
}

@ObjectType('FindingPayload', { description: 'The portfolio, or why nothing was done.' })
export class FindingPayload {
  @Field(() => Portfolio, { nullable: true, description: 'The portfolio after the change.' })
  portfolio?: Portfolio;

  @Field(() => [UserError], { description: 'Why nothing was done; empty when it was.' })
  errors!: UserError[];
}
