import { ComputeError } from './contract.ts';
import type { ServiceReply } from './replies.ts';
import { encodeMessage, FrameReader, WireError, decodeMessage } from './wire.ts';

/** A service sends a sign of life every second: one that is silent for this long is taken for dead. */
const SILENCE_MAXIMUM_MS = 10_000;
const SLOWEST_BYTES_PER_MS = 1_000;
const REPLY_MAXIMUM_BYTES = 1024 * 1024 * 1024;
const KNOWN_COLUMNS_MAXIMUM = 10_000;

/** Says how many milliseconds the caller still waits: the clocks of two machines need not agree on a time. */
export const DEADLINE_HEADER = 'x-deadline-ms';

/** What a caller knows of one compute service. */
export interface Callee {
  readonly url: string;
  readonly token: string | null;
  /** Hashes of the columns it was sent. */
  readonly knownColumns: Set<string>;
}

/** A service that did not do its task; another, or the same later, may. */
export class NodeFailure extends Error {
  /** Whether it broke while it had the task, so that the task itself may be the reason. */
  readonly hadTask: boolean;

  constructor(message: string, hadTask: boolean) {
    super(message);
    this.hadTask = hadTask;
  }
}

type Ending = Exclude<ServiceReply, { kind: 'alive' | 'progress' }>;

export type TaskPath = '/backtest' | '/sweep' | '/risk' | '/simulation';

/** Sends a task to one service and gives its result; throws a NodeFailure where the service is the problem. */
export async function callNode<Result, Progress>(
  node: Callee,
  path: TaskPath,
  request: unknown,
  options: { signal?: AbortSignal; deadlineMs?: number; onProgress?: (progress: Progress) => void },
): Promise<Result> {
  const headers = {
    ...authorization(node.token),
    ...(options.deadlineMs === undefined ? {} : { [DEADLINE_HEADER]: String(options.deadlineMs) }),
  };
  for (const mayLeaveOut of [true, false]) {
    const isKnown = (hash: string) => mayLeaveOut && node.knownColumns.has(hash);
    const { bytes, hashes } = encodeMessage(request, isKnown);
    let end: Ending | undefined;
    for await (const reply of replies(node.url + path, headers, bytes, options.signal)) {
      if (reply.kind === 'progress') options.onProgress?.(reply.progress as Progress);
      else if (reply.kind !== 'alive') end = reply;
    }
    if (end?.kind === 'failed') throw problemOf(end);
    if (end?.kind === 'done') {
      if (node.knownColumns.size > KNOWN_COLUMNS_MAXIMUM) node.knownColumns.clear();
      for (const hash of hashes) node.knownColumns.add(hash);
      return end.result as Result;
    }
    node.knownColumns.clear();
  }
  throw new NodeFailure('expected columns that were sent to be there, were missing', true);
}

function problemOf({ code, message, diagnostics }: Extract<ServiceReply, { kind: 'failed' }>): Error {
  if (code === 'BUG') return new Error(message);
  return code === 'UNAVAILABLE'
    ? new NodeFailure(message, true)
    : new ComputeError(code, message, diagnostics);
}

/** The messages a service answers with, the last of them an ending. Leaving early ends the task over there. */
async function* replies(
  url: string,
  headers: Record<string, string>,
  body: Buffer,
  signal: AbortSignal | undefined,
): AsyncGenerator<ServiceReply> {
  const ending = new AbortController();
  const either = signal ? AbortSignal.any([signal, ending.signal]) : ending.signal;
  let heardAtMs = performance.now();
  let hadTask = false;
  let hasEnded = false;
  const watch = setInterval(() => {
    // As long as the request travels there is nothing to hear.
    const sendingMs = hadTask ? 0 : body.length / SLOWEST_BYTES_PER_MS;
    if (performance.now() - heardAtMs > SILENCE_MAXIMUM_MS + sendingMs)
      ending.abort(new Error(`no sign of life for ${SILENCE_MAXIMUM_MS / 1000} s`));
  }, SILENCE_MAXIMUM_MS / 10);
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers,
      body: new Uint8Array(body.buffer as ArrayBuffer, body.byteOffset, body.length),
      signal: either,
    });
    if (response.status !== 200) throw await refusalOf(response);
    hadTask = true;
    heardAtMs = performance.now();
    const frames = new FrameReader(REPLY_MAXIMUM_BYTES);
    for await (const chunk of response.body!) {
      heardAtMs = performance.now();
      for (const frame of frames.take(chunk)) {
        const reply = decodeMessage(frame) as ServiceReply;
        hasEnded = reply.kind !== 'alive' && reply.kind !== 'progress';
        yield reply;
      }
    }
    if (!hasEnded) throw new Error('the connection ended before a result');
  } catch (problem) {
    if (hasEnded) return;
    if (signal?.aborted) throw signal.reason;
    if (problem instanceof ComputeError) throw problem;
    throw new NodeFailure(causeOf(ending.signal.aborted ? ending.signal.reason : problem), hadTask);
  } finally {
    clearInterval(watch);
    ending.abort();
  }
}

async function refusalOf(response: Response): Promise<Error> {
  const { error = `status ${response.status}` } = (await response.json().catch(() => ({}))) as {
    error?: string;
  };
  return response.status === 413 ? new ComputeError('LIMIT', error) : new Error(error);
}

/** The header that lets a caller in. */
export function authorization(token: string | null): Record<string, string> {
  return token === null ? {} : { authorization: `Bearer ${token}` };
}

/** The reason behind a failed request, which `fetch` wraps. */
export function causeOf(problem: unknown): string {
  if (!(problem instanceof Error)) return String(problem);
  if (problem instanceof WireError) return problem.message;
  const { cause } = problem;
  if (cause instanceof AggregateError) return cause.errors.map((one: Error) => one.message).join(', ');
  return cause instanceof Error ? cause.message : problem.message;
}
