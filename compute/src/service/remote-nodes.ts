import { setTimeout as sleep } from 'node:timers/promises';
import { ENGINE_VERSION } from './content-hash.ts';
import { type ComputeDescription, ComputeError } from './contract.ts';
import { authorization, type Callee, causeOf } from './remote-call.ts';

const CHECK_INTERVAL_MS = 2_000;
const CHECK_MAXIMUM_MS = 2_000;
const AGAIN_MS = 100;

/** One compute service of several, with what was last heard of it. */
export class ComputeNode implements Callee {
  readonly url: string;
  readonly token: string | null;
  readonly knownColumns = new Set<string>();
  /** Tasks that this process has given it. */
  taskCount = 0;
  description: ComputeDescription | null = null;
  /** Why it cannot be used; null while it can. */
  problem: string | null = 'not asked yet';

  constructor(url: string, token: string | null) {
    this.url = url.replace(/\/+$/, '');
    this.token = token;
  }

  /** Tasks per thread: ours since it was last asked, and everybody's when it was. */
  get load(): number {
    const { threads, busyThreads, queuedTasks } = this.description!;
    return (Math.max(this.taskCount, busyThreads) + queuedTasks) / threads;
  }

  /** Asks how it is. */
  async check(): Promise<void> {
    try {
      const response = await fetch(`${this.url}/description`, {
        headers: authorization(this.token),
        signal: AbortSignal.timeout(CHECK_MAXIMUM_MS),
      });
      const body = (await response.json()) as ComputeDescription & { error?: string };
      if (response.status !== 200) throw new Error(body.error ?? `status ${response.status}`);
      if (body.engineVersion !== ENGINE_VERSION)
        throw new Error(`expected engine version ${ENGINE_VERSION}, was ${body.engineVersion}`);
      this.description = body;
      this.problem = null;
    } catch (problem) {
      this.problem = causeOf(problem);
    }
  }
}

/** Several compute services: asked every two seconds, and chosen by how busy they are. */
export class ComputeNodes {
  readonly all: readonly ComputeNode[];
  private readonly closing = new AbortController();
  private readonly timer: NodeJS.Timeout;
  private checking: Promise<unknown> | null = null;

  constructor(urls: readonly string[], token: string | null) {
    this.all = urls.map((url) => new ComputeNode(url, token));
    this.timer = setInterval(() => void this.check(), CHECK_INTERVAL_MS).unref();
  }

  get usable(): ComputeNode[] {
    return this.all.filter(({ problem }) => problem === null);
  }

  /** Asks each how it is; who asks meanwhile shares the answers. */
  async check(): Promise<void> {
    this.checking ??= Promise.all(this.all.map((node) => node.check())).finally(() => (this.checking = null));
    await this.checking;
  }

  /** Gives a task to the least busy that can be used, rather none of `avoided`; waits up to `patienceMs` for one. */
  async take(
    patienceMs: number,
    avoided: ReadonlySet<ComputeNode>,
    signal?: AbortSignal,
  ): Promise<ComputeNode> {
    const startedAtMs = performance.now();
    for (;;) {
      this.expectOpen();
      signal?.throwIfAborted();
      const { usable } = this;
      const fresh = usable.filter((node) => !avoided.has(node));
      const [best] = (fresh.length > 0 ? fresh : usable).toSorted((a, b) => a.load - b.load);
      if (best) {
        best.taskCount += 1;
        return best;
      }
      await this.check();
      if (this.usable.length > 0) continue;
      if (performance.now() - startedAtMs >= patienceMs) throw this.unavailable();
      const either = AbortSignal.any([this.closing.signal, ...(signal ? [signal] : [])]);
      await sleep(AGAIN_MS, undefined, { signal: either }).catch(() => undefined);
    }
  }

  /** The problem in words where none can be used. */
  unavailable(): ComputeError {
    const problems = this.all.map(({ url, problem }) => `${url}: ${problem ?? 'answers'}`);
    return new ComputeError(
      'UNAVAILABLE',
      `expected a compute service that answers, was none (${problems.join('; ')})`,
    );
  }

  /** Ends what is under way, too. */
  close(): void {
    clearInterval(this.timer);
    this.closing.abort(closed());
  }

  get closed(): AbortSignal {
    return this.closing.signal;
  }

  private expectOpen(): void {
    if (this.closing.signal.aborted) throw closed();
  }
}

function closed(): ComputeError {
  return new ComputeError('UNAVAILABLE', 'the compute service is closed');
}
