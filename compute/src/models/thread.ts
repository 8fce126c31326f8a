import { Worker } from 'node:worker_threads';
import { ComputeError } from '../service/contract.ts';
import type { ModelReply, ModelTask } from './messages.ts';

// The same file runs from its TypeScript source and, compiled, from dist.
const WORKER_FILE = new URL(`./worker.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url);

/** A model that does not do what it should, in words for a person. */
export class ModelProblem extends Error {}

interface Waiting {
  readonly resolve: (result: never) => void;
  readonly reject: (problem: unknown) => void;
}

/** The thread that runs models: a model at work blocks whatever shares its thread. Started when first needed. */
export class ModelThread {
  private worker: Worker | null = null;
  private readonly waiting = new Map<number, Waiting>();
  private requestCount = 0;
  private isClosed = false;

  /** Performs a task; aborting rejects at once and stops the work after the batch it is at. */
  call<Result>(task: ModelTask, signal?: AbortSignal): Promise<Result> {
    if (this.isClosed) return Promise.reject(new ComputeError('UNAVAILABLE', 'models are closed'));
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      this.requestCount += 1;
      const requestId = this.requestCount;
      const cancelled = new Int32Array(new SharedArrayBuffer(4));
      const onAbort = () => {
        Atomics.store(cancelled, 0, 1);
        reject(signal!.reason);
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      const settle = <Value>(settled: (value: Value) => void) => {
        return (value: Value) => {
          signal?.removeEventListener('abort', onAbort);
          settled(value);
        };
      };
      this.waiting.set(requestId, { resolve: settle(resolve), reject: settle(reject) });
      this.worker ??= this.start();
      this.worker.ref();
      this.worker.postMessage({ requestId, cancelled, ...task });
    });
  }

  async close(): Promise<void> {
    this.isClosed = true;
    const { worker } = this;
    this.fail(new ComputeError('UNAVAILABLE', 'models are closed'));
    await worker?.terminate();
  }

  private start(): Worker {
    const worker = new Worker(WORKER_FILE);
    worker.on('message', (reply: ModelReply) => this.receive(reply));
    const ended = (why: string) => {
      if (this.worker === worker)
        this.fail(new ComputeError('UNAVAILABLE', `the thread that runs models ended: ${why}`));
    };
    worker.on('error', (problem) => ended(problem.message));
    worker.on('exit', (code) => ended(`code ${code}`));
    return worker;
  }

  private receive(reply: ModelReply): void {
    const waiting = this.waiting.get(reply.requestId);
    this.waiting.delete(reply.requestId);
    if (this.waiting.size === 0) this.worker?.unref();
    if (reply.kind === 'done') waiting?.resolve(reply.result as never);
    else if (reply.fault === 'model') waiting?.reject(new ModelProblem(reply.message));
    else waiting?.reject(new ComputeError('UNAVAILABLE', reply.message));
  }

  private fail(problem: ComputeError): void {
    this.worker = null;
    for (const { reject } of this.waiting.values()) reject(problem);
    this.waiting.clear();
  }
}
