import type { PubSub } from '../platform/pub-sub/pub-sub.ts';
import { isFinished, type RunRow } from '../run/run.entity.ts';
import type { RunStore } from '../run/run.store.ts';

/** A message may be lost on the way between processes; what is stored is not. */
const LOOK_AGAIN_MS = 5_000;

/** A run as it stands now, then again whenever it has changed, until it has ended. Changes in quick succession come as one. */
export async function* watchRun(
  runs: RunStore,
  pubSub: PubSub,
  id: string,
  afterSeq: number,
  signal?: AbortSignal,
): AsyncGenerator<RunRow> {
  const messages = pubSub.subscribe(`run/${id}`, signal);
  // Listening begins before the first look, so that no change falls between.
  let next = messages.next();
  let seq = afterSeq;
  // One timer for the whole watch: changes may come many times a second.
  let wake: (nothing: null) => void = () => undefined;
  const timer = setInterval(() => wake(null), LOOK_AGAIN_MS).unref();
  try {
    for (;;) {
      const row = await runs.find(id);
      if (!row) return;
      if (row.seq > seq || (isFinished(row.status) && row.seq >= seq)) {
        seq = row.seq;
        yield row;
      }
      if (isFinished(row.status)) return;
      const message = await Promise.race([next, new Promise<null>((resolve) => (wake = resolve))]);
      if (message?.done) return;
      timer.refresh();
      if (message) next = messages.next();
    }
  } finally {
    clearInterval(timer);
    await messages.return(undefined);
  }
}
