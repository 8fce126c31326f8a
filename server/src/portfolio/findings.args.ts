import { ArgsType, Field, InputType, Int } from 'type-graphql';
import { connectionOf } from '../platform/graphql/connection.ts';
import { enumOf } from '../platform/graphql/enum.ts';
import { SortDirection } from '../platform/graphql/sort-direction.ts';
import { FindingKindEnum, LedgerFinding, SeverityEnum } from './check.type.ts';
import type { FindingKind, Severity } from './checks/finding.ts';
import { FINDING_SORT_FIELDS, type FindingSortField } from './finding-list.ts';

const FindingSortFieldEnum = enumOf('FindingSortField', 'What findings are ordered by.', FINDING_SORT_FIELDS);

@InputType({ description: 'Which findings to list; every condition must hold.' })
export class FindingFilter {
  @Field(() => [FindingKindEnum], {
    nullable: true,
    description: 'Of any of these kinds; of all when empty.',
  })
  kinds?: FindingKind[] | null;

  @Field(() => SeverityEnum, { nullable: true, description: 'Of this severity.' })
  severity?: Severity | null;

  @Field(() => Boolean, {
    defaultValue: false,
    description: 'Whether those that were dismissed are listed too.',
  })
  includeDismissed!: boolean;

  @Field(() => String, { nullable: true, description: 'Part of the explanation.' })
  search?: string | null;
}

@InputType({ description: 'How findings are ordered.' })
export class FindingOrder {
  @Field(() => FindingSortFieldEnum, { description: 'By what.' })
  field!: FindingSortField;

  @Field(() => SortDirection, { description: 'Which end first.' })
  direction!: keyof typeof SortDirection;
}

/** Which findings, in which order. */
@ArgsType()
export class FindingsArgs {
  @Field(() => Int, { description: 'How many, 1 to 100.' })
  first!: number;

  @Field(() => String, { nullable: true, description: 'The cursor to go on from.' })
  after?: string | null;

  @Field(() => FindingFilter, { nullable: true, description: 'Which ones.' })
  filter?: FindingFilter | null;

  @Field(() => FindingOrder, {
    nullable: true,
    description: 'How they are ordered; what matters most first when left out.',
  })
  orderBy?: FindingOrder | null;
}

export const LedgerFindingConnection = connectionOf(LedgerFinding, 'Finding');
