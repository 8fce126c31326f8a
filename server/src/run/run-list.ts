import { type Condition, allOf, orderOf } from '../platform/database/conditions.ts';
import type { PageQuery } from '../platform/database/pages.ts';
import type { Order } from '../platform/graphql/sort-direction.ts';
import type { RunKind, RunStatus } from './run.entity.ts';

/** What runs of every kind can be ordered by. */
export const RUN_SORT_FIELDS = {
  CREATED_AT: 'When it was started.',
  LABEL: 'Its name.',
  STATUS: 'Where it stands.',
  SYMBOL: 'The traded symbol.',
  STRATEGY: 'The name of the strategy.',
} as const;

/** What backtests can be ordered by. */
export const BACKTEST_SORT_FIELDS = {
  ...RUN_SORT_FIELDS,
  TOTAL_RETURN: 'What it returned.',
  SHARPE: 'Its Sharpe ratio.',
  MAX_DRAWDOWN: 'Its deepest drawdown.',
  TRADE_COUNT: 'How many trades it made.',
} as const;

/** What sweeps can be ordered by. */
export const SWEEP_SORT_FIELDS = { ...RUN_SORT_FIELDS, SETS_DONE: 'How many sets are done.' } as const;

export type RunSortField = keyof typeof BACKTEST_SORT_FIELDS | keyof typeof SWEEP_SORT_FIELDS;

const figure = (path: string) => `(r.result #>> '{${path}}')::float8`;
const ORDER_COLUMNS: Readonly<Record<RunSortField, string>> = {
  CREATED_AT: 'r.created_at',
  LABEL: 'lower(r.label)',
  STATUS: 'r.status',
  SYMBOL: `coalesce(r.request #>> '{universe,0}', r.request ->> 'symbol')`,
  STRATEGY: `lower(r.request ->> 'strategyName')`,
  TOTAL_RETURN: figure('statistics,totalReturn,value'),
  SHARPE: figure('statistics,sharpe,value'),
  MAX_DRAWDOWN: figure('statistics,maxDrawdown,value'),
  TRADE_COUNT: figure('statistics,tradeCount,value'),
  SETS_DONE: figure('setsDone'),
};

/** Which runs to list; every condition must hold. */
export interface RunChoice {
  readonly kind: RunKind;
  readonly status?: RunStatus | null;
  /** In upper case: the traded symbol, or one of a universe. */
  readonly symbol?: string | null;
}

/** A page of runs that meet a condition too: the newest first where no order is asked for; those without a figure last. */
export function runPage(
  { kind, status, symbol }: RunChoice,
  visible: Condition | null,
  offset: number,
  limit: number,
  order?: Order<RunSortField> | null,
): PageQuery {
  const { text, values } = allOf([
    ['r.kind = ?', kind],
    status ? ['r.status = ?', status] : null,
    symbol
      ? [
          '(r.request @> ?::jsonb or r.request @> ?::jsonb)',
          JSON.stringify({ symbol }),
          JSON.stringify({ universe: [symbol] }),
        ]
      : null,
    visible,
  ]);
  const { field, direction } = order ?? { field: 'CREATED_AT', direction: 'DESCENDING' };
  const orderBy = orderOf([ORDER_COLUMNS[field], 'r.id'], direction, { isNullable: true });
  return { select: 'select r.*', from: `from run r where ${text}`, orderBy, values, offset, limit };
}
