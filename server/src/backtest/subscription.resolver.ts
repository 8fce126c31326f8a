import { Arg, ID, Int, Resolver, Root, Subscription } from 'type-graphql';
import type { Context } from '../context.ts';
import { toImportRun } from '../market-data/import-run.type.ts';
import { Run } from '../run/run.type.ts';
import type { RunRow } from '../run/run.entity.ts';
import { SweepMetricEnum, type SweepMetricName } from './backtest.input.ts';
import { RunEvent, SweepEvent } from './backtest.type.ts';
import { watchRun } from './run-events.ts';
import { storedCounts } from './surface.ts';
import { toBacktestRun, toSweep } from './views.ts';

interface Watched {
  readonly args: {
    readonly id: string;
    readonly afterSeq?: number | null;
    readonly metric?: SweepMetricName;
  };
  readonly context: Context;
}

function toRun(row: RunRow): Run {
  if (row.kind === 'BACKTEST') return toBacktestRun(row);
  return row.kind === 'SWEEP' ? toSweep(row) : toImportRun(row);
}

function runEvents({ args, context }: Watched): AsyncGenerator<RunEvent> {
  const { services, signal } = context;
  let sent = 0;
  const withCourse = async (row: RunRow): Promise<RunEvent> => {
    const course = await services.backtests.columns(row.id, 'course');
    const equity = course.equity?.subarray(sent) ?? null;
    const event = {
      ...eventOf(row),
      equityFromIndex: equity && sent,
      equityTimes: equity && course.timesMs.subarray(sent),
      equity,
    };
    sent = course.equity?.length ?? 0;
    return event;
  };
  return watchRun(services, args.id, args.afterSeq ?? -1, signal, (row) =>
    row.kind === 'BACKTEST' ? withCourse(row) : eventOf(row),
  );
}

function eventOf(row: RunRow): RunEvent {
  return { seq: row.seq, run: toRun(row), equityFromIndex: null, equityTimes: null, equity: null };
}

async function* sweepEvents({ args, context }: Watched): AsyncGenerator<SweepEvent> {
  const { services, signal } = context;
  if ((await services.runs.find(args.id))?.kind !== 'SWEEP') return;
  const metric = args.metric ?? 'sharpe';
  let sent: readonly number[] = [];
  let attempt = 0;
  const changes = watchRun(services, args.id, args.afterSeq ?? -1, signal, async (row) => {
    // Another attempt may have begun anew, with other data.
    if (row.attempt !== attempt) sent = [];
    attempt = row.attempt;
    const run = toSweep(row);
    const counts = storedCounts(row.result, run.setsTotal);
    const { surfaces } = services.backtests;
    const stretches = await surfaces.changes(row.id, metric, run.setsTotal, counts, sent);
    sent = counts;
    return stretches.map((stretch) => ({ seq: row.seq, run, ...stretch }));
  });
  for await (const events of changes) yield* events;
}

async function* runListChanges({ context: { services, signal } }: Watched): AsyncGenerator<Run> {
  for await (const { id } of services.pubSub.subscribe('runs', signal)) {
    const row = await services.runs.find(id);
    if (row) yield toRun(row);
  }
}

@Resolver()
export class RunSubscriptionResolver {
  @Subscription(() => RunEvent, {
    subscribe: runEvents as never,
    description: 'How a run stands, then every change, until it has ended.',
  })
  runEvents(
    @Root() event: RunEvent,
    @Arg('id', () => ID, { description: 'The run.' }) _id: string,
    @Arg('afterSeq', () => Int, {
      nullable: true,
      description: 'The last seq seen; changes up to it are not sent again.',
    })
    _afterSeq?: number,
  ): RunEvent {
    return event;
  }

  @Subscription(() => SweepEvent, {
    subscribe: sweepEvents as never,
    description: 'How a sweep stands with its surface, then every change, until it has ended.',
  })
  sweepEvents(
    @Root() event: SweepEvent,
    @Arg('id', () => ID, { description: 'The sweep.' }) _id: string,
    @Arg('metric', () => SweepMetricEnum, {
      defaultValue: 'sharpe',
      description: 'Which metric the surface shows.',
    })
    _metric: SweepMetricName,
    @Arg('afterSeq', () => Int, {
      nullable: true,
      description: 'The last seq seen; changes up to it are not sent again.',
    })
    _afterSeq?: number,
  ): SweepEvent {
    return event;
  }

  @Subscription(() => Run, {
    subscribe: runListChanges as never,
    description: 'Every run that is made or changes.',
  })
  runListChanged(@Root() run: Run): Run {
    return run;
  }
}
