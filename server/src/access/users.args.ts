import { ArgsType, Field, InputType, Int } from 'type-graphql';
import { connectionOf } from '../platform/graphql/connection.ts';
import { enumOf } from '../platform/graphql/enum.ts';
import { DateTimeScalar } from '../platform/graphql/scalars.ts';
import { SortDirection } from '../platform/graphql/sort-direction.ts';
import { User } from './login.type.ts';
import { USER_SORT_FIELDS, type UserSortField } from './user-list.ts';

const UserSortFieldEnum = enumOf('UserSortField', 'What users are ordered by.', USER_SORT_FIELDS);

@InputType({ description: 'Which users to list; every condition must hold.' })
export class UserFilter {
  @Field(() => String, {
    nullable: true,
    description: 'Part of the name or the e-mail address, in any case.',
  })
  search?: string | null;

  @Field(() => Boolean, { nullable: true, description: 'Whether they run the installation.' })
  isAdmin?: boolean | null;

  @Field(() => Boolean, { nullable: true, description: 'Whether they are shut out.' })
  isDisabled?: boolean | null;
}

@InputType({ description: 'How users are ordered.' })
export class UserOrder {
  @Field(() => UserSortFieldEnum, { description: 'By what.' })
  field!: UserSortField;

  @Field(() => SortDirection, { description: 'Which end first.' })
  direction!: keyof typeof SortDirection;
}

/** Which users, in which order. */
@ArgsType()
export class UsersArgs {
  @Field(() => Int, { description: 'How many, 1 to 100.' })
  first!: number;

  @Field(() => String, { nullable: true, description: 'The cursor to go on from.' })
  after?: string | null;

  @Field(() => UserFilter, { nullable: true, description: 'Which ones.' })
  filter?: UserFilter | null;

  @Field(() => UserOrder, {
    nullable: true,
    description: 'How they are ordered; by e-mail address when left out.',
  })
  orderBy?: UserOrder | null;
}

export const UserConnection = connectionOf(User, 'User');

@InputType({ description: 'Which lines of the log of logins and rights; all that is given has to hold.' })
export class AccessLogFilter {
  @Field(() => [String], {
    nullable: true,
    description: 'Where any of these happened, such as `LOGIN_FAILED`; anything when empty.',
  })
  kinds?: string[] | null;

  @Field(() => String, {
    nullable: true,
    description: 'Part of who did it, what it was about, or from where, in any case.',
  })
  search?: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'The earliest time.' })
  from?: Date | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'The latest time.' })
  to?: Date | null;
}

/** Which lines of the log of logins and rights, in which order. */
@ArgsType()
export class AccessLogArgs {
  @Field(() => Int, { description: 'How many, 1 to 100.' })
  first!: number;

  @Field(() => String, { nullable: true, description: 'The cursor to go on from.' })
  after?: string | null;

  @Field(() => AccessLogFilter, { nullable: true, description: 'Which ones.' })
  filter?: AccessLogFilter | null;

  @Field(() => SortDirection, { nullable: true, description: 'Which end first; the newest when left out.' })
  direction?: keyof typeof SortDirection | null;
}
