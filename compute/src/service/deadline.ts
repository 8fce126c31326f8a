import { ComputeError, type TaskOptions } from './contract.ts';

/** The longest wait that timers know. */
const DEADLINE_MAXIMUM_MS = 2 ** 31 - 1;

/** The options of a task whose signal covers its deadline, and what is left of the time where there is one. */
export interface LimitedOptions<Progress> extends Omit<TaskOptions<Progress>, 'deadlineMs'> {
  timeLeftMs(): number | undefined;
}

/** Calls `work` with a signal that also ends at the deadline of the options, and rejects then, whatever the work does. */
export async function withinDeadline<Progress, Result>(
  options: TaskOptions<Progress>,
  work: (options: LimitedOptions<Progress>) => Promise<Result>,
): Promise<Result> {
  const { deadlineMs, signal, onProgress } = options;
  if (deadlineMs === undefined) return work({ signal, onProgress, timeLeftMs: () => undefined });
  if (!isDeadline(deadlineMs))
    throw new ComputeError(
      'INVALID_PARAMETER',
      `expected a deadline of 0 to ${DEADLINE_MAXIMUM_MS} ms, was ${deadlineMs}`,
    );
  const startedAtMs = performance.now();
  const timeLeftMs = () => Math.max(0, startedAtMs + deadlineMs - performance.now());
  const late = new ComputeError('DEADLINE', `expected a result within ${deadlineMs} ms, was none`);
  const ending = new AbortController();
  const ended = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    ending.abort(late);
    ended.reject(late);
  }, deadlineMs);
  const either = signal ? AbortSignal.any([signal, ending.signal]) : ending.signal;
  try {
    return await Promise.race([work({ signal: either, onProgress, timeLeftMs }), ended.promise]);
  } catch (problem) {
    // Another machine knows what was left of the time, not what was asked for.
    throw problem instanceof ComputeError && problem.code === 'DEADLINE' ? late : problem;
  } finally {
    clearTimeout(timer);
  }
}

/** Whether it is so many milliseconds as a deadline can have. */
export function isDeadline(deadlineMs: number): boolean {
  return deadlineMs >= 0 && deadlineMs <= DEADLINE_MAXIMUM_MS;
}
