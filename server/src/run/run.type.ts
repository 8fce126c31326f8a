import { Field, Float, Int, InterfaceType, registerEnumType } from 'type-graphql';
import { Node } from '../platform/graphql/node.ts';
import { DateTimeScalar } from '../platform/graphql/scalars.ts';
import type { RunRow, RunStatus } from './run.entity.ts';

const RunStatusValues = {
  QUEUED: 'QUEUED',
  RUNNING: 'RUNNING',
  SUCCEEDED: 'SUCCEEDED',
  FAILED: 'FAILED',
  CANCELLED: 'CANCELLED',
} as const;
registerEnumType(RunStatusValues, {
  name: 'RunStatus',
  description: 'Where a run stands.',
  valuesConfig: {
    QUEUED: { description: 'Waiting for a worker.' },
    RUNNING: { description: 'A worker is on it.' },
    SUCCEEDED: { description: 'Done; the results are stored.' },
    FAILED: { description: 'Ended with a problem; see errorMessage.' },
    CANCELLED: { description: 'Ended on request.' },
  },
});
export const RunStatusEnum = RunStatusValues;

/** The kind-specific type of a run is told by its row. */
export const runTypes: { of: (run: Run) => string } = { of: () => 'BacktestRun' };

@InterfaceType('Run', {
  implements: Node,
  description: 'A piece of work in the background: an import, a backtest or a sweep.',
  resolveType: (run: Run) => runTypes.of(run),
})
export abstract class Run extends Node {
  /** The stored row, for the fields of each kind. */
  readonly row!: RunRow;

  @Field(() => RunStatusValues, { description: 'Where it stands.' })
  readonly status!: RunStatus;

  @Field(() => Int, { description: 'How often a worker has begun it: above 1 after a crash.' })
  readonly attempt!: number;

  @Field(() => Int, { description: 'Rises with every change.' })
  readonly seq!: number;

  @Field(() => Float, { description: 'How much is done, from 0 to 1.' })
  readonly progress!: number;

  @Field(() => String, { description: 'What people call it.' })
  readonly label!: string;

  @Field(() => DateTimeScalar, { description: 'When it was asked for.' })
  readonly createdAt!: Date;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When a worker first began it.' })
  readonly startedAt!: Date | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it ended.' })
  readonly finishedAt!: Date | null;

  @Field(() => String, { nullable: true, description: 'Why it failed.' })
  readonly errorMessage!: string | null;
}

/** Fills the common fields of a run's type from its row. */
export function runFields<Kind extends Run>(type: new () => Kind, row: RunRow): Kind {
  const { id, status, attempt, seq, progress, label, createdAt, startedAt, finishedAt, errorMessage } = row;
  return Object.assign(new type(), {
    row,
    id,
    status,
    attempt,
    seq,
    progress,
    label,
    createdAt,
    startedAt,
    finishedAt,
    errorMessage,
  });
}
