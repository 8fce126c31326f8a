import { setTimeout as sleep } from 'node:timers/promises';

/** Daily prices as a provider has them; raw prices as they were traded, NaN where one is not known. */
export interface DailyPrice {
  /** The date of the session, as YYYY-MM-DD. */
  readonly date: string;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  /** The close with later splits and dividends taken out; NaN where the provider has none. */
  readonly adjustedClose: number;
  readonly volume: number;
}

/** A split (units after for each unit before) or a dividend (an amount for each unit). */
export interface CorporateEvent {
  readonly kind: 'SPLIT' | 'DIVIDEND';
  readonly date: string;
  readonly value: number;
}

/** What a provider has of an instrument over some time, the oldest first. */
export interface PriceHistory {
  /** What prices and dividends are told in, such as USD, or GBX for pence; null where the provider does not say. */
  readonly currency: string | null;
  readonly prices: readonly DailyPrice[];
  readonly events: readonly CorporateEvent[];
}

/** A source of daily prices. */
export interface PriceProvider {
  readonly name: string;
  /** For people, with whose data it is. */
  readonly label: string;
  /** A reference in the provider's own terms, as an example. */
  readonly example: string;
  /** Why a reference cannot be one of this provider; null where it may be. */
  problemOf(reference: string): string | null;
  /** Daily prices of the dates from `from` to `to`, both included; throws with the reason where it cannot have them. */
  history(reference: string, from: string, to: string, signal: AbortSignal): Promise<PriceHistory>;
}

/** How providers reach the outside: the platform's own `fetch`, or another in tests. */
export type Fetch = typeof fetch;

/** What may be tried again: the service was busy or away. */
export class ProviderBusy extends Error {}

const WAITS_MS = [1_000, 4_000];

/** Tries again, after a second and after four, what may pass; anything else goes on at once. */
export async function retried<Result>(
  work: () => Promise<Result>,
  signal: AbortSignal,
  wait: (ms: number) => Promise<unknown> = (ms) => sleep(ms, undefined, { signal }),
): Promise<Result> {
  for (const waitMs of WAITS_MS) {
    try {
      return await work();
    } catch (problem) {
      if (!(problem instanceof ProviderBusy) || signal.aborted) throw problem;
      await wait(waitMs);
    }
  }
  return work();
}

/** Lets one request through at a time, and none sooner than `intervalMs` after the one before. */
export class Pace {
  private readonly intervalMs: number;
  private readonly wait: (ms: number) => Promise<unknown>;
  private last: Promise<unknown> = Promise.resolve();

  constructor(
    intervalMs: number,
    wait: (ms: number) => Promise<unknown> = (ms) => sleep(ms, undefined, { ref: false }),
  ) {
    this.intervalMs = intervalMs;
    this.wait = wait;
  }

  run<Result>(work: () => Promise<Result>, signal: AbortSignal): Promise<Result> {
    const turn = this.last.then(() => {
      signal.throwIfAborted();
      return work();
    });
    this.last = turn.catch(() => undefined).then(() => this.wait(this.intervalMs));
    return turn;
  }
}

/** A fetch whose busy answers (429 and 5xx) and broken connections are told apart from refusals. */
export async function expectAnswer(call: () => Promise<Response>, what: string): Promise<Response> {
  let response: Response;
  try {
    response = await call();
  } catch (problem) {
    const { cause, message } = problem as Error;
    throw new ProviderBusy(`${what} could not be reached: ${(cause as Error)?.message ?? message}`, {
      cause: problem,
    });
  }
  if (response.status === 429 || response.status >= 500)
    throw new ProviderBusy(`${what} is busy: it answered ${response.status}`);
  if (!response.ok) throw new Error(`${what} refused: it answered ${response.status}`);
  return response;
}

/** The date of a time in UTC. */
export function dateOf(time: Date | number): string {
  return new Date(time).toISOString().slice(0, 10);
}
