import { ArgsType, Field, ID, InputType, Int } from 'type-graphql';
import { enumOf } from '../platform/graphql/enum.ts';
import { DateTimeScalar } from '../platform/graphql/scalars.ts';
import { SortDirection } from '../platform/graphql/sort-direction.ts';
import { DELETION_SORT_FIELDS, type DeletionSortField } from '../trade/audit.ts';
import { IMPORT_SORT_FIELDS, type ImportSortField } from '../trade/imports/import.store.ts';
import { AuditAction } from './transaction.type.ts';

@InputType({ description: 'Which entries of an audit log; all that is given has to hold.' })
export class AuditFilter {
  @Field(() => [AuditAction], {
    nullable: true,
    description: 'Where any of these was done; anything when empty.',
  })
  actions?: (keyof typeof AuditAction)[] | null;

  @Field(() => String, { nullable: true, description: 'What this one did.' })
  actor?: string | null;

  @Field(() => ID, { nullable: true, description: 'What was done to this.' })
  subjectId?: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'The earliest time.' })
  from?: Date | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'The latest time.' })
  to?: Date | null;
}

/** Which entries of an audit log, in which order. */
@ArgsType()
export class AuditLogArgs {
  @Field(() => Int, { description: 'How many, 1 to 100.' })
  first!: number;

  @Field(() => String, { nullable: true, description: 'The cursor to go on from.' })
  after?: string | null;

  @Field(() => AuditFilter, { nullable: true, description: 'Which ones.' })
  filter?: AuditFilter | null;

  @Field(() => SortDirection, { nullable: true, description: 'Which end first; the newest when left out.' })
  direction?: keyof typeof SortDirection | null;
}

@InputType({ description: 'Which imports; all that is given has to hold.' })
export class TransactionImportFilter {
  @Field(() => String, {
    nullable: true,
    description: 'Part of the name of the file or of its format, in any case.',
  })
  search?: string | null;

  @Field(() => String, { nullable: true, description: 'Done by this one.' })
  createdBy?: string | null;

  @Field(() => Boolean, { nullable: true, description: 'Those that were undone, or those that count.' })
  isUndone?: boolean | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'The earliest time.' })
  from?: Date | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'The latest time.' })
  to?: Date | null;
}

const TransactionImportSortFieldEnum = enumOf(
  'TransactionImportSortField',
  'What imports are ordered by.',
  IMPORT_SORT_FIELDS,
);

@InputType({ description: 'How imports are ordered.' })
export class TransactionImportOrder {
  @Field(() => TransactionImportSortFieldEnum, { description: 'By what.' })
  field!: ImportSortField;

  @Field(() => SortDirection, { description: 'Which end first.' })
  direction!: keyof typeof SortDirection;
}

/** Which imports, in which order. */
@ArgsType()
export class TransactionImportsArgs {
  @Field(() => Int, { description: 'How many, 1 to 100.' })
  first!: number;

  @Field(() => String, { nullable: true, description: 'The cursor to go on from.' })
  after?: string | null;

  @Field(() => TransactionImportFilter, { nullable: true, description: 'Which ones.' })
  filter?: TransactionImportFilter | null;

  @Field(() => TransactionImportOrder, {
    nullable: true,
    description: 'How they are ordered; the newest first when left out.',
  })
  orderBy?: TransactionImportOrder | null;
}

const DeletedPortfolioSortFieldEnum = enumOf(
  'DeletedPortfolioSortField',
  'What deleted portfolios are ordered by.',
  DELETION_SORT_FIELDS,
);

@InputType({ description: 'Which deleted portfolios; all that is given has to hold.' })
export class DeletedPortfolioFilter {
  @Field(() => String, {
    nullable: true,
    description: 'Part of the name it had, or of who deleted it, in any case.',
  })
  search?: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Deleted then or later.' })
  from?: Date | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Deleted then or earlier.' })
  to?: Date | null;
}

@InputType({ description: 'How deleted portfolios are ordered.' })
export class DeletedPortfolioOrder {
  @Field(() => DeletedPortfolioSortFieldEnum, { description: 'By what.' })
  field!: DeletionSortField;

  @Field(() => SortDirection, { description: 'Which end first.' })
  direction!: keyof typeof SortDirection;
}

/** Which deleted portfolios, in which order. */
@ArgsType()
export class DeletedPortfoliosArgs {
  @Field(() => Int, { description: 'How many, 1 to 100.' })
  first!: number;

  @Field(() => String, { nullable: true, description: 'The cursor to go on from.' })
  after?: string | null;

  @Field(() => DeletedPortfolioFilter, { nullable: true, description: 'Which ones.' })
  filter?: DeletedPortfolioFilter | null;

  @Field(() => DeletedPortfolioOrder, {
    nullable: true,
    description: 'How they are ordered; the newest first when left out.',
  })
  orderBy?: DeletedPortfolioOrder | null;
}
