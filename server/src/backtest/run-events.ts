import type { PubSub } from '../platform/pub-sub/pub-sub.ts';
import { isFinished, type RunRow } from '../run/run.entity.ts';
import type { RunStore } from '../run/run.store.ts';

/** A message may be lost on the way between processes; what is stored is not. */
const LOOK_AGAIN_MS = 5_000;

/**
 * A run as it stands now, then again whenever it has changed, until it has ended, each time as an event. Changes in
 * quick succession come as one.
 */
export async function* watchRun<Event>(
  { runs, pubSub }: { readonly runs: RunStore; readonly pubSub: PubSub },
  id: string,
  afterSeq: number,
  signal: AbortSignal | undefined,
  toEvent: (row: RunRow) => Event | Promise<Event>,
): AsyncGenerator<Event> {
  // Listening begins before the first look, so that no change falls between.
  const messages = pubSub.subscribe(`run/${id}`, signal);
  let seq = afterSeq;
  const timer = setInterval(() => messages.take({ seq }), LOOK_AGAIN_MS).unref();
  try {
    for (;;) {
      const row = await runs.find(id);
      if (!row) return;
      if (row.seq > seq || (isFinished(row.status) && row.seq >= seq)) {
        seq = row.seq;
        const event = toEvent(row);
        yield event instanceof Promise ? await event : event;
      }
      if (isFinished(row.status)) return;
      if ((await messages.next()).done) return;
      timer.refresh();
    }
  } finally {
    clearInterval(timer);
    await messages.return();
  }
}
