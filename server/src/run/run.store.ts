import { randomUUID } from 'node:crypto';
import type { Clock } from '../platform/clock.ts';
import type { Database, EntityManager } from '../platform/database/database.ts';
import { storable, storableJson } from '../platform/database/storable.ts';
import { visiblePortfolios } from '../access/membership.ts';
import type { Condition } from '../platform/database/conditions.ts';
import { type Pages, pagesOf } from '../platform/database/pages.ts';
import { existing } from '../platform/graphql/errors.ts';
import { newId } from '../platform/graphql/node.ts';
import type { Order } from '../platform/graphql/sort-direction.ts';
import type { PubSub, Topics } from '../platform/pub-sub/pub-sub.ts';
import type { Queue } from '../platform/queue/queue.ts';
import { together } from '../platform/together.ts';
import { viewer } from '../platform/viewer.ts';
import { RunRow, type RunKind, type RunStatus } from './run.entity.ts';
import { type RunChoice, runPage, type RunSortField } from './run-list.ts';

/**
 * How long a worker may be silent before another takes its run. The embedded database has one process, which
 * knows when it begins anew, and can hold that process up for seconds.
 */
const LEASE_MS = { embedded: 30_000, postgresql: 8_000 } as const;
const MESSAGES_AT_ONCE = 500;
const ATTEMPTS_MAXIMUM = 3;
/** Each may be megabytes. */
const ARTIFACTS_AT_ONCE = 16;
/** Who is told of a run that has changed: those who look at it and at the list; of one that is queued, workers too. */
const LISTENERS = `('run/' || changed.id, jsonb_build_object('seq', changed.seq)), ('runs', jsonb_build_object('id', changed.id))`;
const LISTENERS_AND_WORKERS = `${LISTENERS}, ('queue', jsonb_build_object('id', changed.id))`;
// By the clock of the database, which all workers share.
const LEASE_END = `clock_timestamp() + ? * interval '1 millisecond'`;

/** A claim on a run: writes with an older token are refused. */
export interface Lease {
  readonly runId: string;
  readonly token: string;
}

/** Thrown where a worker writes to a run that is no longer its own. */
export class LeaseLost extends Error {}

/** Bytes to store by their names; each is asked for when it is written, so that they need not all be there at once. */
export type Artifacts = Iterable<readonly [name: string, content: Uint8Array]>;

const WHOLE = { offset: 0, length: 2 ** 30 };

/** The changes a worker makes to its run. */
export interface RunChange {
  readonly status?: RunStatus;
  readonly progress?: number;
  readonly result?: Record<string, unknown>;
  readonly errorMessage?: string;
}

/** Bytes of what is stored under a name. */
interface Stretch {
  readonly runId: string;
  readonly name: string;
  readonly offset: number;
  readonly length: number;
}

interface OutboxRow {
  readonly id: string;
  readonly topic: (keyof Topics & string) | 'queue';
  readonly message: { readonly id: string };
}

/** The run table and its outbox: every change raises `seq` and leaves a message in the same transaction. */
export class RunStore {
  private readonly database: Database;
  private readonly pubSub: PubSub;
  private readonly queue: Queue;
  private readonly clock: Clock;
  private readonly leaseMs: number;
  private sending: Promise<void> = Promise.resolve();
  private following: Promise<void> | null = null;
  private readonly pages: Pages;
  private readonly artifacts = together(
    (wanted: readonly Stretch[]) => this.readArtifacts(wanted),
    ARTIFACTS_AT_ONCE,
  );

  constructor(database: Database, pubSub: PubSub, queue: Queue, clock: Clock) {
    this.database = database;
    this.pubSub = pubSub;
    this.queue = queue;
    this.clock = clock;
    this.leaseMs = LEASE_MS[database.kind];
    this.pages = pagesOf(database);
  }

  /** Stores a run of the present viewer, or of the portfolio its request names, as queued; its message travels once the caller's transaction has committed and `relay` is called. */
  async enqueue(
    em: EntityManager,
    kind: RunKind,
    label: string,
    request: Record<string, unknown>,
  ): Promise<string> {
    const id = newId('run', this.clock);
    const now = new Date(this.clock());
    await this.telling(
      em,
      `insert into run (id, kind, status, label, request, created_at, owner_id, portfolio_id)
       values (?, ?, 'QUEUED', ?, ?::jsonb, ?, ?, ?)`,
      [
        id,
        kind,
        label,
        JSON.stringify(request),
        now,
        viewer().userId,
        typeof request.portfolioId === 'string' ? request.portfolioId : null,
      ],
      { whom: LISTENERS_AND_WORKERS },
    );
    return id;
  }

  /** A run that the present viewer may see. */
  async find(id: string): Promise<RunRow | null> {
    const em = this.database.fork();
    return em.findOne(RunRow, { id, ...(await visibleOnly(em)) });
  }

  async get(id: string): Promise<RunRow> {
    return existing(await this.database.fork().findOne(RunRow, { id }), 'run', id);
  }

  /** What is chosen of the runs that the present viewer may see, with the number of all that are. */
  async list(
    choice: RunChoice,
    offset: number,
    limit: number,
    order?: Order<RunSortField> | null,
  ): Promise<[RunRow[], number]> {
    const em = this.database.fork();
    const visible = await visiblePortfolios(em);
    const condition: Condition | null = visible && [
      `((r.portfolio_id is null and r.owner_id = ?) or r.portfolio_id = any(string_to_array(?, ' ')))`,
      viewer().userId ?? '',
      [...visible.keys()].join(' '),
    ];
    const [rows, total] = await this.pages(runPage(choice, condition, offset, limit, order));
    return [rows.map((row) => em.map(RunRow, row)), total];
  }

  /** Takes the oldest queued run, or one whose worker has not been heard of; null when there is none. */
  async claim(): Promise<{ run: RunRow; lease: Lease } | null> {
    const now = new Date(this.clock());
    const token = randomUUID();
    const em = this.database.fork();
    const [row] = await this.telling(
      em,
      `update run set seq = seq + 1, status = 'RUNNING', attempt = attempt + 1, lease_token = ?, lease_until = ${LEASE_END},
         started_at = coalesce(started_at, ?), error_message = null
       where id = (select id from run where (status = 'QUEUED' or (status = 'RUNNING' and lease_until < clock_timestamp()))
         and attempt < ? order by created_at for update skip locked limit 1)`,
      [token, this.leaseMs, now, ATTEMPTS_MAXIMUM],
      { columns: '*' },
    );
    if (!row) return null;
    this.relaySoon();
    return { run: em.map(RunRow, row), lease: { runId: row.id, token } };
  }

  /** Fails runs that have used up their attempts, and gives back runs of workers that are known to be gone. */
  async recover(isEveryWorkerGone: boolean): Promise<void> {
    const now = new Date(this.clock());
    const em = this.database.fork();
    await em.transactional(async (tx) => {
      if (isEveryWorkerGone)
        await tx.execute(`update run set lease_until = ? where status = 'RUNNING'`, [new Date(0)]);
      await this.telling(
        tx,
        `update run set seq = seq + 1, status = 'FAILED', finished_at = ?, error_message = coalesce(error_message, ?)
         where status in ('QUEUED', 'RUNNING') and attempt >= ? and coalesce(lease_until, to_timestamp(0)) < clock_timestamp()`,
        [now, `the process died ${ATTEMPTS_MAXIMUM} times while working on this`, ATTEMPTS_MAXIMUM],
      );
    });
    await this.relay();
  }

  /** Extends a lease; tells whether the run is to be cancelled. */
  async heartbeat(lease: Lease): Promise<{ isCancelRequested: boolean }> {
    const [row] = await this.database
      .fork()
      .execute(
        `update run set lease_until = ${LEASE_END} where id = ? and lease_token = ? returning is_cancel_requested`,
        [this.leaseMs, lease.runId, lease.token],
      );
    if (!row) throw new LeaseLost(`the run ${lease.runId} has another worker`);
    return { isCancelRequested: row.is_cancel_requested };
  }

  /** Changes a run under its lease, with artifacts in the same transaction. */
  async change(
    lease: Lease,
    change: RunChange,
    artifacts?: Artifacts | null,
    alsoWrite?: (em: EntityManager) => Promise<void>,
  ): Promise<void> {
    const finishedAt =
      change.status && change.status !== 'RUNNING' && change.status !== 'QUEUED'
        ? new Date(this.clock())
        : null;
    const write = async (em: EntityManager) => {
      const [row] = await this.telling(
        em,
        `update run set seq = seq + 1, status = coalesce(?, status), progress = coalesce(?, progress), result = coalesce(?::jsonb, result),
           error_message = coalesce(?, error_message), finished_at = coalesce(?, finished_at)
         where id = ? and lease_token = ? and status = 'RUNNING'`,
        [
          change.status ?? null,
          change.progress ?? null,
          change.result ? storableJson(change.result) : null,
          change.errorMessage ? storable(change.errorMessage) : null,
          finishedAt,
          lease.runId,
          lease.token,
        ],
      );
      if (!row) throw new LeaseLost(`the run ${lease.runId} has another worker`);
      for (const [name, content] of artifacts ?? []) {
        await em.execute(
          'insert into run_artifact (run_id, name, content) values (?, ?, ?) on conflict (run_id, name) do update set content = excluded.content',
          [lease.runId, name, Buffer.from(content.buffer, content.byteOffset, content.byteLength)],
        );
      }
      await alsoWrite?.(em);
    };
    const isOneStatement = !artifacts && !alsoWrite;
    const em = this.database.fork();
    await (isOneStatement ? write(em) : em.transactional(write));
    this.relaySoon();
  }

  /** Gives a run back unfinished, for another attempt that does not count against it. */
  giveBack(lease: Lease): Promise<void> {
    return this.queueAgain(lease, 'attempt = attempt - 1', null);
  }

  /** Gives a run back because of something that may pass; after the last attempt the reason is why it failed. */
  postpone(lease: Lease, reason: string): Promise<void> {
    return this.queueAgain(lease, 'error_message = ?', reason);
  }

  private async queueAgain(lease: Lease, change: string, value: string | null): Promise<void> {
    await this.telling(
      this.database.fork(),
      `update run set seq = seq + 1, status = 'QUEUED', lease_token = null, lease_until = null, ${change}
       where id = ? and lease_token = ? and status = 'RUNNING'`,
      [...(value === null ? [] : [storable(value)]), lease.runId, lease.token],
      { whom: LISTENERS_AND_WORKERS },
    );
    await this.relay();
  }

  /** Asks for an end: a queued run ends at once, a running one when its worker sees it. */
  async requestCancel(id: string): Promise<void> {
    const now = new Date(this.clock());
    await this.telling(
      this.database.fork(),
      `update run set seq = seq + 1, is_cancel_requested = true, status = case when status = 'QUEUED' then 'CANCELLED' else status end,
         finished_at = case when status = 'QUEUED' then ?::timestamptz else finished_at end
       where id = ? and status in ('QUEUED', 'RUNNING')`,
      [now, id],
    );
    await this.relay();
  }

  async delete(id: string): Promise<void> {
    await this.database.fork().execute('delete from run where id = ?', [id]);
  }

  /** What is stored under a name, or some of its bytes. */
  artifact(
    runId: string,
    name: string,
    { offset, length }: { readonly offset: number; readonly length: number } = WHOLE,
  ): Promise<Buffer | null> {
    return this.artifacts.load({ runId, name, offset, length });
  }

  private async readArtifacts(wanted: readonly Stretch[]): Promise<(Buffer | null)[]> {
    const branches = wanted.map(
      (_, place) =>
        `select ${place} as place, substring(content from ? for ?) as content from run_artifact where run_id = ? and name = ?`,
    );
    const rows = await this.database.fork().execute<{ place: number; content: Uint8Array }[]>(
      branches.join(' union all '),
      wanted.flatMap(({ runId, name, offset, length }) => [offset + 1, length, runId, name]),
    );
    const contents = new Map(rows.map(({ place, content }) => [Number(place), content]));
    return wanted.map((_, place) => {
      const content = contents.get(place);
      return content ? Buffer.from(content.buffer, content.byteOffset, content.byteLength) : null;
    });
  }

  /**
   * Sends what committed transactions left in the outbox; a message may come twice, never not at all. Who asks while
   * messages are being sent shares one look with all others who do.
   */
  relay(): Promise<void> {
    // The look under way may have begun before the caller's transaction had committed: the next has not.
    this.following ??= this.sending
      .catch(() => undefined)
      .then(() => {
        this.following = null;
        return (this.sending = this.send());
      });
    return this.following;
  }

  /** The same for those who need not wait: what cannot be sent now is sent when the outbox is next looked into. */
  private relaySoon(): void {
    this.relay().catch(() => undefined);
  }

  private async send(): Promise<void> {
    let isMore = true;
    while (isMore) {
      isMore = await this.database.fork().transactional(async (tx) => {
        // A deletion that a crash undoes sends a message again, so it has no need to wait for the disk.
        const rows = await tx.execute<OutboxRow[]>(
          `delete from outbox where id in (select id from outbox order by id limit ? for update skip locked)
           returning id, topic, message, set_config('synchronous_commit', 'off', true)`,
          [MESSAGES_AT_ONCE],
        );
        for (const { topic, message } of rows.toSorted((a, b) => Number(a.id) - Number(b.id))) {
          if (topic === 'queue') this.queue.add(message.id);
          else this.pubSub.publish(topic, message);
        }
        return rows.length === MESSAGES_AT_ONCE;
      });
    }
  }

  /** Inserts or updates runs and leaves messages of it, all by one statement; gives columns of the rows. */
  private telling(
    em: EntityManager,
    statement: string,
    values: readonly unknown[],
    { whom = LISTENERS, columns = 'id' } = {},
  ): Promise<any[]> {
    return em.execute(
      `with changed as (${statement} returning *), told as
         (insert into outbox (topic, message, created_at) select topic, message, ? from changed, lateral (values ${whom}) as told (topic, message))
       select ${columns} from changed`,
      [...values, new Date(this.clock())],
    );
  }
}

/** Runs of the viewer's portfolios, and those of no portfolio that are the viewer's own. */
async function visibleOnly(em: EntityManager): Promise<object> {
  const visible = await visiblePortfolios(em);
  if (!visible) return {};
  const ownRuns = { portfolioId: null, ownerId: viewer().userId ?? '' };
  return { $or: [ownRuns, { portfolioId: { $in: [...visible.keys()] } }] };
}
