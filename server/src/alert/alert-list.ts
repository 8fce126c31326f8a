import { allOf, orderOf } from '../platform/database/conditions.ts';
import type { PageQuery } from '../platform/database/pages.ts';
import type { Order } from '../platform/graphql/sort-direction.ts';
import type { AlertKind } from './alert.entity.ts';

/** What alerts can be ordered by. */
export const ALERT_SORT_FIELDS = {
  AT: 'When it was found.',
  KIND: 'What its rule watches.',
  RULE: 'The name of its rule.',
  MESSAGE: 'What has happened.',
} as const;
export type AlertSortField = keyof typeof ALERT_SORT_FIELDS;

const ORDER_COLUMNS: Readonly<Record<AlertSortField, string>> = {
  AT: 'a.at',
  KIND: 'r.kind',
  RULE: 'lower(r.name)',
  MESSAGE: 'lower(a.message)',
};

/** Which alerts to list; every condition must hold. */
export interface AlertChoice {
  readonly kinds?: readonly AlertKind[] | null;
  readonly ruleId?: string | null;
  readonly isSeen?: boolean | null;
  readonly from?: Date | null;
  readonly to?: Date | null;
}

/** A page of the alerts of an owner, or of all where none is named: the newest first where no order is asked for. */
export function alertPage(
  { kinds, ruleId, isSeen, from, to }: AlertChoice,
  ownerId: string | null,
  offset: number,
  limit: number,
  order?: Order<AlertSortField> | null,
): PageQuery {
  const { text, values } = allOf([
    ['true'],
    ownerId === null ? null : ['r.owner_id = ?', ownerId],
    kinds?.length ? [`r.kind in (${kinds.map(() => '?').join(', ')})`, ...kinds] : null,
    ruleId ? ['a.rule_id = ?', ruleId] : null,
    typeof isSeen === 'boolean' ? [`a.seen_at is ${isSeen ? 'not ' : ''}null`] : null,
    from ? ['a.at >= ?', from] : null,
    to ? ['a.at <= ?', to] : null,
  ]);
  const { field, direction } = order ?? { field: 'AT', direction: 'DESCENDING' };
  return {
    select: 'select a.*',
    from: `from alert a join alert_rule r on r.id = a.rule_id where ${text}`,
    orderBy: orderOf([ORDER_COLUMNS[field], 'a.at', 'a.id'], direction),
    values,
    offset,
    limit,
  };
}
