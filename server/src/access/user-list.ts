import { allOf, orderOf } from '../platform/database/conditions.ts';
import type { PageQuery } from '../platform/database/pages.ts';
import type { Order } from '../platform/graphql/sort-direction.ts';

/** What users can be ordered by. */
export const USER_SORT_FIELDS = {
  EMAIL: 'The e-mail address.',
  NAME: 'The name.',
  CREATED_AT: 'When the account was made.',
  LAST_LOGIN_AT: 'When they logged in last; those who never did come last.',
} as const;
export type UserSortField = keyof typeof USER_SORT_FIELDS;

const ORDER_COLUMNS: Readonly<Record<UserSortField, string>> = {
  EMAIL: 'u.email',
  NAME: 'lower(u.name)',
  CREATED_AT: 'u.created_at',
  LAST_LOGIN_AT: 'u.last_login_at',
};

/** Which users to list; every condition must hold. */
export interface UserChoice {
  /** Part of the name or the e-mail address. */
  readonly search?: string | null;
  readonly isAdmin?: boolean | null;
  readonly isDisabled?: boolean | null;
}

/** A page of users: by e-mail address where no order is asked for. */
export function userPage(
  { search, isAdmin, isDisabled }: UserChoice,
  offset: number,
  limit: number,
  order?: Order<UserSortField> | null,
): PageQuery {
  const { text, values } = allOf([
    ['true'],
    search?.trim()
      ? ['position(lower(?) in lower(concat(u.name, chr(10), u.email))) > 0', search.trim()]
      : null,
    typeof isAdmin === 'boolean' ? ['u.is_admin = ?', isAdmin] : null,
    typeof isDisabled === 'boolean' ? ['u.is_disabled = ?', isDisabled] : null,
  ]);
  const { field, direction } = order ?? { field: 'EMAIL', direction: 'ASCENDING' };
  const orderBy = orderOf([ORDER_COLUMNS[field], 'u.id'], direction, { isNullable: true });
  return { select: 'select u.*', from: `from app_user u where ${text}`, orderBy, values, offset, limit };
}
