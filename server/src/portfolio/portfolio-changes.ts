import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../platform/database/database.ts';
import type { PubSub } from '../platform/pub-sub/pub-sub.ts';

/** What counts the changes of a portfolio; each number only rises. */
export interface PortfolioRevision {
  /** Of its name, settings and tags. */
  readonly settings: number;
  /** Of its transactions and accounts, and of what was said to findings. */
  readonly ledger: number;
  readonly targets: number;
  /** Of what was noted about trades. */
  readonly notes: number;
  /** Of the bars of all that its transactions name, and of exchange rates. */
  readonly prices: number;
}

/** A part of a portfolio that can change. */
export type PortfolioPart = keyof PortfolioRevision;

/** That a portfolio has changed, and in what. */
export interface PortfolioChange {
  readonly seq: number;
  /** Whether this is how things stand at the beginning, and not a change. */
  readonly isSnapshot: boolean;
  readonly changed: readonly PortfolioPart[];
}

/** A message may be lost on the way between processes; what is stored is not. */
const LOOK_AGAIN_MS = 15_000;
/** Changes in quick succession come as one. */
const QUIET_MS = 200;

const PARTS: readonly PortfolioPart[] = ['settings', 'ledger', 'targets', 'notes', 'prices'];

/** Reads the revisions of a portfolio; null where there is none. */
export async function readRevision(
  database: Database,
  portfolioId: string,
): Promise<PortfolioRevision | null> {
  const [row] = await database.fork().execute<Record<keyof PortfolioRevision, number | string>[]>(
    `select p.version as settings, p.ledger_version as ledger, (
       select coalesce(sum(g.version), 0) from portfolio_targets g where g.portfolio_id = p.id
     ) as targets, (
       select coalesce(sum(n.version), 0) from trade_note n join account a on a.id = n.account_id where a.portfolio_id = p.id
     ) as notes, (
       select coalesce(sum(d.revision), 0) from data_set d join instrument i on i.id = d.instrument_id
       where i.asset_class = 'FX' or i.id = p.benchmark_id or i.id in (
         select unnest(array[t.instrument_id, t.other_instrument_id])
         from transaction t join account a on a.id = t.account_id where a.portfolio_id = p.id)
     ) as prices from portfolio p where p.id = ?`,
    [portfolioId],
  );
  if (!row) return null;
  const [settings, ledger, targets, notes, prices] = PARTS.map((part) => Number(row[part]));
  return { settings, ledger, targets, notes, prices };
}

/** The one number that stands for all revisions. */
export function seqOf(revision: PortfolioRevision): number {
  return PARTS.reduce((sum, part) => sum + revision[part], 0);
}

/** Tells of changes of portfolios, whichever process made them. */
export class PortfolioChanges {
  private readonly database: Database;
  private readonly pubSub: PubSub;

  constructor(database: Database, pubSub: PubSub) {
    this.database = database;
    this.pubSub = pubSub;
  }

  /** How a portfolio stands, and every change of it. */
  watch(id: string, afterSeq: number | null, signal?: AbortSignal): AsyncGenerator<PortfolioChange> {
    return watchPortfolio(() => readRevision(this.database, id), this.pubSub, id, afterSeq, signal);
  }
}

/**
 * How a portfolio stands, unless `afterSeq` says that this is known, and then again whenever it has
 * changed, until the signal aborts or it is deleted. Holds no more than one change for a slow reader.
 */
export async function* watchPortfolio(
  read: () => Promise<PortfolioRevision | null>,
  pubSub: PubSub,
  portfolioId: string,
  afterSeq: number | null,
  signal?: AbortSignal,
): AsyncGenerator<PortfolioChange> {
  const topics = [
    pubSub.subscribe(`portfolio/${portfolioId}`, signal),
    pubSub.subscribe('prices', signal),
  ] as const;
  const bell = new Bell();
  for (const topic of topics) void ringOn(topic, bell);
  let known: PortfolioRevision | null = null;
  try {
    for (;;) {
      bell.settle();
      const now = await read();
      if (!now || signal?.aborted) return;
      const seq = seqOf(now);
      const before: PortfolioRevision | null = known;
      const changed = before === null ? [] : PARTS.filter((part) => now[part] !== before[part]);
      known = now;
      if (before === null ? seq !== afterSeq : changed.length > 0) {
        yield { seq, isSnapshot: before === null, changed };
        await sleep(QUIET_MS, null, { ref: false });
      }
      await bell.heard(LOOK_AGAIN_MS);
      if (bell.isOver) return;
    }
  } finally {
    for (const topic of topics) await topic.return();
  }
}

/** Remembers that something has come, however often it did. */
class Bell {
  isOver = false;
  private hasRung = false;
  private wake: () => void = () => undefined;

  ring(): void {
    this.hasRung = true;
    this.wake();
  }

  settle(): void {
    this.hasRung = false;
  }

  async heard(timeoutMs: number): Promise<void> {
    if (this.hasRung || this.isOver) return;
    const limit = new AbortController();
    const rung = new Promise<void>((resolve) => (this.wake = resolve));
    await Promise.race([
      rung,
      sleep(timeoutMs, null, { ref: false, signal: limit.signal }).catch(() => null),
    ]);
    limit.abort();
  }
}

async function ringOn(messages: AsyncIterable<unknown>, bell: Bell): Promise<void> {
  for await (const _ of messages) bell.ring();
  bell.isOver = true;
  bell.ring();
}
