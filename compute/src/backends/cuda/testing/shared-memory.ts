/** The memory that the threads of one block share. */
export interface SharedMemory {
  read(address: number, thread: number): number;
  write(address: number, thread: number, value: number): void;
  /** Adds in one step; any number of threads may do so between two barriers. */
  add(address: number, thread: number, value: number): void;
  /** All threads have come to a barrier. */
  pass(): void;
}

const [READ, WRITE, ADD] = [1, 2, 3];
/** Stands for more than one thread. */
const SEVERAL = -1;

/**
 * Shared memory of so many bytes that refuses what a device gets silently wrong: words that were not written, and words that two threads
 * use between the same barriers, unless both only read or both only add.
 */
export function sharedMemory(bytes: number): SharedMemory {
  const words = new Uint32Array(bytes / 4);
  // What was done with each word last: in which phase, by whom, and how; 0 for nothing.
  const phases = new Int32Array(words.length);
  const threads = new Int32Array(words.length);
  const uses = new Uint8Array(words.length);
  let phase = 0;
  const use = (address: number, thread: number, how: number): number => {
    const word = address / 4;
    if (!(word < words.length)) throw new Error(`expected shared memory, was ${address}`);
    if (how !== WRITE && uses[word] === 0) throw new Error(`expected a written word, was ${address}`);
    const isFirst = uses[word] === 0 || phases[word] !== phase;
    if (!isFirst && threads[word] !== thread) {
      if (how === WRITE || how !== uses[word])
        throw new Error(`expected a barrier before thread ${thread} uses ${address}`);
      threads[word] = SEVERAL;
    } else threads[word] = thread;
    // What one thread has written, another may not even read.
    uses[word] = isFirst || uses[word] === how ? how : WRITE;
    phases[word] = phase;
    return word;
  };
  return {
    read: (address, thread) => words[use(address, thread, READ)],
    write: (address, thread, value) => void (words[use(address, thread, WRITE)] = value),
    add: (address, thread, value) => void (words[use(address, thread, ADD)] += value),
    pass: () => void (phase += 1),
  };
}
