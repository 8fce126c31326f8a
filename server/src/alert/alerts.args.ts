import { ArgsType, Field, ID, InputType, Int } from 'type-graphql';
import { enumOf } from '../platform/graphql/enum.ts';
import { DateTimeScalar } from '../platform/graphql/scalars.ts';
import { SortDirection } from '../platform/graphql/sort-direction.ts';
import type { AlertKind } from './alert.entity.ts';
import { ALERT_SORT_FIELDS, type AlertSortField } from './alert-list.ts';
import { AlertKindEnum } from './alert.type.ts';

const AlertSortFieldEnum = enumOf('AlertSortField', 'What alerts are ordered by.', ALERT_SORT_FIELDS);

@InputType({ description: 'Which alerts to list; every condition must hold.' })
export class AlertFilter {
  @Field(() => [AlertKindEnum], {
    nullable: true,
    description: 'Of rules of any of these kinds; of all when empty.',
  })
  kinds?: AlertKind[] | null;

  @Field(() => ID, { nullable: true, description: 'Of this rule.' })
  ruleId?: string | null;

  @Field(() => Boolean, { nullable: true, description: 'Whether somebody said to have seen it.' })
  isSeen?: boolean | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Found then or later.' })
  from?: Date | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Found then or earlier.' })
  to?: Date | null;
}

@InputType({ description: 'How alerts are ordered.' })
export class AlertOrder {
  @Field(() => AlertSortFieldEnum, { description: 'By what.' })
  field!: AlertSortField;

  @Field(() => SortDirection, { description: 'Which end first.' })
  direction!: keyof typeof SortDirection;
}

/** Which alerts, in which order. */
@ArgsType()
export class AlertsArgs {
  @Field(() => Int, { description: 'How many, 1 to 100.' })
  first!: number;

  @Field(() => String, { nullable: true, description: 'The cursor to go on from.' })
  after?: string | null;

  @Field(() => AlertFilter, { nullable: true, description: 'Which ones.' })
  filter?: AlertFilter | null;

  @Field(() => AlertOrder, {
    nullable: true,
    description: 'How they are ordered; newest first when left out.',
  })
  orderBy?: AlertOrder | null;
}
