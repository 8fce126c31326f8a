import { defineEntity, p } from '@mikro-orm/core';

export type RunKind = 'BACKTEST' | 'SWEEP' | 'IMPORT';
export type RunStatus = 'QUEUED' | 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'CANCELLED';

const RunSchema = defineEntity({
  name: 'RunRow',
  tableName: 'run',
  properties: {
    id: p.string().primary(),
    kind: p.string().$type<RunKind>(),
    status: p.string().$type<RunStatus>(),
    label: p.string(),
    attempt: p.integer(),
    seq: p.integer(),
    progress: p.double(),
    request: p.json().$type<Record<string, unknown>>(),
    result: p.json().$type<Record<string, unknown>>().nullable(),
    errorMessage: p.string().nullable(),
    isCancelRequested: p.boolean(),
    ownerId: p.string().nullable(),
    portfolioId: p.string().nullable(),
    createdAt: p.datetime(),
    startedAt: p.datetime().nullable(),
    finishedAt: p.datetime().nullable(),
  },
});

/** One piece of work: the row is the truth about it, whichever process does it. */
export class RunRow extends RunSchema.class {}
RunSchema.setClass(RunRow);

/** Whether nothing more will happen to it. */
export function isFinished(status: RunStatus): boolean {
  return status === 'SUCCEEDED' || status === 'FAILED' || status === 'CANCELLED';
}
