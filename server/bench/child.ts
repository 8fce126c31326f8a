import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** A server of a measurement, or what computes for one, in a process of its own so that its processor time is its own. */
export class Child {
  readonly process: ChildProcess;
  url = '';

  private constructor(kind: string) {
    const file = kind === 'compute' ? './compute-process.ts' : './server-process.ts';
    this.process = fork(fileURLToPath(new URL(file, import.meta.url)), [kind], {});
  }

  /** Starts one and waits until it listens, or can compute. */
  static async start(kind: 'floor' | 'stack' | 'events' | 'compute'): Promise<Child> {
    const child = new Child(kind);
    const { port } = await child.message<{ port?: number }>();
    child.url = `http://127.0.0.1:${port}`;
    return child;
  }

  /** The processor time it has used so far, in microseconds. */
  async cpuMicros(): Promise<number> {
    this.process.send('usage');
    return (await this.message<{ cpuMicros: number }>()).cpuMicros;
  }

  /** The next message it sends. */
  async message<Message>(): Promise<Message> {
    const ended = once(this.process, 'exit').then(([code]) => {
      throw new Error(`expected the server to answer, was an end with ${code}`);
    });
    const [message] = await Promise.race([once(this.process, 'message'), ended]);
    return message as Message;
  }

  stop(): void {
    this.process.kill();
  }
}

/** The middle one of some figures. */
export function median(figures: readonly number[]): number {
  return figures.toSorted((a, b) => a - b)[Math.floor(figures.length / 2)];
}

/** The figure below which a share of the others is. */
export function quantile(figures: readonly number[], share: number): number {
  return figures.toSorted((a, b) => a - b)[Math.min(figures.length - 1, Math.floor(figures.length * share))];
}
