import DataLoader from 'dataloader';

/**
 * Asks one question for all that is asked for in one tick, whoever asks, and keeps no answer: what is asked for
 * later is asked anew. Not for what depends on the viewer or on a transaction.
 * @param ask gives the answers in the order of its keys, each of which is another.
 * @param atOnce the most keys of one question; all where it is left out.
 */
export function together<Key, Value>(
  ask: (keys: readonly Key[]) => Promise<readonly Value[]>,
  atOnce?: number,
): DataLoader<Key, Value> {
  const loader = new DataLoader<Key, Value>(
    (keys) => {
      loader.clearAll();
      return ask(keys);
    },
    { maxBatchSize: atOnce ?? Infinity },
  );
  return loader;
}

/** The same where keys are lists: one question for the union of them, whose answers all get. */
export function togetherOfLists<Answers>(
  ask: (keys: readonly string[]) => Promise<Answers>,
): DataLoader<readonly string[], Answers> {
  return together(async (lists) => {
    const answers = await ask([...new Set(lists.flat())]);
    return lists.map(() => answers);
  });
}
