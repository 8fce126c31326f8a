import { ArgsType, Field, InputType, Int } from 'type-graphql';
import { connectionOf } from '../platform/graphql/connection.ts';
import { enumOf } from '../platform/graphql/enum.ts';
import { CurrencyScalar } from '../platform/graphql/scalars.ts';
import { SortDirection } from '../platform/graphql/sort-direction.ts';
import type { LotMethod } from '../trade/lots.ts';
import { ACCOUNT_SORT_FIELDS, type AccountSortField } from './account-list.ts';
import { Account } from './account.type.ts';
import { LotMethodEnum } from './lot.type.ts';

const AccountSortFieldEnum = enumOf(
  'AccountSortField',
  'What accounts are ordered by; those without the figure come last.',
  ACCOUNT_SORT_FIELDS,
);

@InputType({ description: 'Which accounts to list; every condition must hold.' })
export class AccountFilter {
  @Field(() => String, { nullable: true, description: 'Part of the name.' })
  search?: string | null;

  @Field(() => Boolean, { nullable: true, description: 'Whether it takes transactions.' })
  isOpen?: boolean | null;

  @Field(() => LotMethodEnum, { nullable: true, description: 'Which lots its sales close.' })
  lotMethod?: LotMethod | null;

  @Field(() => CurrencyScalar, { nullable: true, description: 'A currency that it has cash in, or owes.' })
  currency?: string | null;
}

@InputType({ description: 'How accounts are ordered.' })
export class AccountOrder {
  @Field(() => AccountSortFieldEnum, { description: 'By what.' })
  field!: AccountSortField;

  @Field(() => SortDirection, { description: 'Which end first.' })
  direction!: keyof typeof SortDirection;
}

/** Which accounts, in which order. */
@ArgsType()
export class AccountsArgs {
  @Field(() => Int, {
    nullable: true,
    description: 'How many, 1 to 100; all when left out, of which there are at most 100.',
  })
  first?: number | null;

  @Field(() => String, { nullable: true, description: 'The cursor to go on from.' })
  after?: string | null;

  @Field(() => AccountFilter, { nullable: true, description: 'Which ones; all when left out.' })
  filter?: AccountFilter | null;

  @Field(() => AccountOrder, {
    nullable: true,
    description: 'How they are ordered; the oldest first when left out.',
  })
  orderBy?: AccountOrder | null;
}

export const AccountConnection = connectionOf(Account, 'Account');
