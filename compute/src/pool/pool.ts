import { Worker } from 'node:worker_threads';
import { ComputeError } from '../service/contract.ts';
import { CANCELLED, markRead, newControl, UNREAD } from './progress.ts';
import type { WorkerProgress, WorkerReply, WorkerTask } from '../service/messages.ts';

const QUEUE_MAXIMUM = 10_000;
// The same file runs from its TypeScript source and, compiled, from dist.
const WORKER_FILE = new URL(`./worker.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url);

interface Job {
  readonly task: WorkerTask;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: WorkerProgress) => void;
  readonly resolve: (result: unknown) => void;
  readonly reject: (reason: unknown) => void;
  readonly control: Int32Array;
  hasCrashed: boolean;
  isSettled: boolean;
}

/** Worker threads that take tasks in order, one at a time each. A task whose thread dies is tried once more. */
export class WorkerPool {
  readonly threads: number;
  private readonly idle: Worker[] = [];
  private readonly busy = new Map<Worker, { readonly requestId: number; readonly job: Job }>();
  private readonly waiting: Job[] = [];
  private requestCount = 0;
  private isClosed = false;
  private hasAnswered = false;
  /** The thread that has devices open, if one has. */
  private atDevices: Worker | undefined;

  constructor(threads: number) {
    this.threads = threads;
  }

  get busyCount(): number {
    return this.busy.size;
  }

  get waitingCount(): number {
    return this.waiting.length;
  }

  /** Whether a thread has its code loaded, so that the next task begins at once. */
  get isStarted(): boolean {
    return this.hasAnswered;
  }

  /** Runs a task; aborting the signal rejects with its reason at once and stops the thread's work soon after. */
  run<Result, Progress extends WorkerProgress = WorkerProgress>(
    task: WorkerTask,
    options: { signal?: AbortSignal; onProgress?: (progress: Progress) => void } = {},
  ): Promise<Result> {
    if (this.isClosed)
      return Promise.reject(new ComputeError('UNAVAILABLE', 'the compute service is closed'));
    if (this.waiting.length >= QUEUE_MAXIMUM) {
      return Promise.reject(
        new ComputeError('LIMIT', `expected at most ${QUEUE_MAXIMUM} waiting tasks, was more`),
      );
    }
    return new Promise((resolve, reject) => {
      const onAbort = () => this.cancel(job);
      // A signal may outlive thousands of tasks: a finished one leaves nothing on it.
      const settling = (settle: (value: never) => void) => (value: unknown) => {
        job.isSettled = true;
        options.signal?.removeEventListener('abort', onAbort);
        settle(value as never);
      };
      const job: Job = {
        task,
        signal: options.signal,
        onProgress: options.onProgress as Job['onProgress'],
        resolve: settling(resolve),
        reject: settling(reject),
        control: newControl(),
        hasCrashed: false,
        isSettled: false,
      };
      options.signal?.addEventListener('abort', onAbort, { once: true });
      if (options.signal?.aborted) return this.cancel(job);
      this.waiting.push(job);
      this.dispatch();
    });
  }

  /** Starts the threads that are not there yet, so that the first task need not wait for them. */
  warmUp(): void {
    while (this.idle.length + this.busy.size < this.threads) {
      const worker = this.start();
      worker.unref();
      this.idle.push(worker);
    }
  }

  async close(): Promise<void> {
    this.isClosed = true;
    const closed = new ComputeError('UNAVAILABLE', 'the compute service is closed');
    for (const job of this.waiting.splice(0)) job.reject(closed);
    for (const { job } of this.busy.values()) job.reject(closed);
    const workers = [...this.idle, ...this.busy.keys()];
    this.busy.clear();
    await Promise.all(workers.map((worker) => worker.terminate()));
  }

  private cancel(job: Job): void {
    Atomics.store(job.control, CANCELLED, 1);
    const place = this.waiting.indexOf(job);
    if (place >= 0) this.waiting.splice(place, 1);
    job.reject(job.signal?.reason);
  }

  private dispatch(): void {
    while (this.waiting.length > 0 && this.busy.size < this.threads) {
      const job = this.waiting.shift()!;
      const worker = this.workerFor(job.task);
      this.requestCount += 1;
      this.busy.set(worker, { requestId: this.requestCount, job });
      worker.ref();
      worker.postMessage({ requestId: this.requestCount, control: job.control, ...job.task });
    }
  }

  /** Work on devices goes to the thread that has them open while it is idle: another would load and assemble everything anew. */
  private workerFor({ kind }: WorkerTask): Worker {
    const isOnDevices = kind === 'cudaSweep' || kind === 'cudaPaths';
    const place = isOnDevices && this.atDevices ? this.idle.indexOf(this.atDevices) : -1;
    const worker = place < 0 ? (this.idle.pop() ?? this.start()) : this.idle.splice(place, 1)[0];
    if (isOnDevices) this.atDevices = worker;
    return worker;
  }

  private start(): Worker {
    const worker = new Worker(WORKER_FILE);
    worker.on('message', (reply: WorkerReply) => this.receive(worker, reply));
    worker.on('error', (problem) => this.crashed(worker, problem));
    worker.on('exit', (code) => this.crashed(worker, new Error(`the thread ended with code ${code}`)));
    return worker;
  }

  private receive(worker: Worker, reply: WorkerReply): void {
    this.hasAnswered = true;
    const current = this.busy.get(worker);
    if (!current || current.requestId !== reply.requestId) return;
    if (reply.kind === 'progress') {
      markRead(current.job.control);
      for (const each of reply.progress) if (!current.job.signal?.aborted) current.job.onProgress?.(each);
      return;
    }
    this.busy.delete(worker);
    // Other work takes the thread of the devices last.
    if (worker === this.atDevices) this.idle.unshift(worker);
    else this.idle.push(worker);
    worker.unref();
    const { job } = current;
    if (reply.kind === 'done') job.resolve(reply.result);
    else if (reply.kind === 'cancelled') job.reject(job.signal?.reason);
    else if (reply.code === 'BUG') job.reject(new Error(reply.message));
    else job.reject(new ComputeError(reply.code, reply.message, reply.diagnostics));
    this.dispatch();
  }

  private crashed(worker: Worker, problem: Error): void {
    const current = this.busy.get(worker);
    this.busy.delete(worker);
    const place = this.idle.indexOf(worker);
    if (place >= 0) this.idle.splice(place, 1);
    if (current && !this.isClosed) {
      if (current.job.isSettled) {
        // Cancelled: nobody waits for it.
      } else if (current.job.hasCrashed) {
        current.job.reject(
          new ComputeError('UNAVAILABLE', `a compute thread died twice on this task: ${problem.message}`),
        );
      } else {
        current.job.hasCrashed = true;
        // What the dead thread had sent is read or lost.
        Atomics.store(current.job.control, UNREAD, 0);
        this.waiting.unshift(current.job);
      }
      this.dispatch();
    }
  }
}
