import { randomUUID } from 'node:crypto';
import type { Clock } from '../platform/clock.ts';
import type { Database, EntityManager } from '../platform/database/database.ts';
import { newId } from '../platform/graphql/node.ts';
import type { PubSub } from '../platform/pub-sub/pub-sub.ts';
import { RunRow, type RunKind, type RunStatus } from './run.entity.ts';

export const LEASE_MS = 30_000;
const ATTEMPTS_MAXIMUM = 3;

/** A claim on a run: writes with an older token are refused. */
export interface Lease {
  readonly runId: string;
  readonly token: string;
}

/** Thrown where a worker writes to a run that is no longer its own. */
export class LeaseLost extends Error {}

/** The changes a worker makes to its run. */
export interface RunChange {
  readonly status?: RunStatus;
  readonly progress?: number;
  readonly result?: Record<string, unknown>;
  readonly errorMessage?: string;
}

interface OutboxRow {
  readonly id: string;
  readonly topic: 'runs';
  readonly message: { readonly id: string };
}

/** The run table and its outbox: every change raises `seq` and leaves a message in the same transaction. */
export class RunStore {
  private readonly database: Database;
  private readonly pubSub: PubSub;
  private readonly clock: Clock;

  constructor(database: Database, pubSub: PubSub, clock: Clock) {
    this.database = database;
    this.pubSub = pubSub;
    this.clock = clock;
  }

  /** Stores a run as queued; its message travels once the caller's transaction has committed and `relay` is called. */
  async enqueue(
    em: EntityManager,
    kind: RunKind,
    label: string,
    request: Record<string, unknown>,
  ): Promise<string> {
    const id = newId('run', this.clock);
    const now = new Date(this.clock());
    await em.execute(
      `insert into run (id, kind, status, label, request, created_at) values (?, ?, 'QUEUED', ?, ?::jsonb, ?)`,
      [id, kind, label, JSON.stringify(request), now],
    );
    await this.leaveMessages(em, id, 0);
    return id;
  }

  async find(id: string): Promise<RunRow | null> {
    return this.database.fork().findOne(RunRow, { id });
  }

  async get(id: string): Promise<RunRow> {
    return this.database.fork().findOneOrFail(RunRow, { id });
  }

  /** Newest first, of one kind. */
  async list(
    kind: RunKind,
    where: { status?: RunStatus; request?: Record<string, unknown> },
    offset: number,
    limit: number,
  ): Promise<[RunRow[], number]> {
    const { status, request } = where;
    const filter = {
      kind,
      ...(status ? { status } : {}),
      ...(request ? { request: { $contains: request } } : {}),
    };
    const options = { orderBy: { createdAt: 'desc', id: 'desc' }, offset, limit } as const;
    return this.database.fork().findAndCount(RunRow, filter as object, options);
  }

  /** Takes the oldest queued run, or one whose worker has not been heard of; null when there is none. */
  async claim(): Promise<{ run: RunRow; lease: Lease } | null> {
    const now = new Date(this.clock());
    const token = randomUUID();
    const em = this.database.fork();
    const claimed = await em.transactional(async (tx) => {
      const [row] = await tx.execute(
        `update run set status = 'RUNNING', attempt = attempt + 1, seq = seq + 1, lease_token = ?, lease_until = ?,
           started_at = coalesce(started_at, ?), error_message = null
         where id = (select id from run where (status = 'QUEUED' or (status = 'RUNNING' and lease_until < ?)) and attempt < ?
           order by created_at for update skip locked limit 1)
         returning id, seq`,
        [token, new Date(now.getTime() + LEASE_MS), now, now, ATTEMPTS_MAXIMUM],
      );
      if (row) await this.leaveMessages(tx, row.id, row.seq);
      return row;
    });
    if (!claimed) return null;
    await this.relay();
    return { run: await this.get(claimed.id), lease: { runId: claimed.id, token } };
  }

  /** Fails runs that have used up their attempts, and gives back runs of workers that are known to be gone. */
  async recover(isEveryWorkerGone: boolean): Promise<void> {
    const now = new Date(this.clock());
    const em = this.database.fork();
    await em.transactional(async (tx) => {
      if (isEveryWorkerGone)
        await tx.execute(`update run set lease_until = ? where status = 'RUNNING'`, [new Date(0)]);
      const failed = await tx.execute(
        `update run set status = 'FAILED', seq = seq + 1, finished_at = ?, error_message = ?
         where status in ('QUEUED', 'RUNNING') and attempt >= ? and coalesce(lease_until, to_timestamp(0)) < ? returning id, seq`,
        [now, `the process died ${ATTEMPTS_MAXIMUM} times while working on this`, ATTEMPTS_MAXIMUM, now],
      );
      for (const row of failed) await this.leaveMessages(tx, row.id, row.seq);
    });
    await this.relay();
  }

  /** Extends a lease; tells whether the run is to be cancelled. */
  async heartbeat(lease: Lease): Promise<{ isCancelRequested: boolean }> {
    const until = new Date(this.clock() + LEASE_MS);
    const [row] = await this.database
      .fork()
      .execute(
        'update run set lease_until = ? where id = ? and lease_token = ? returning is_cancel_requested',
        [until, lease.runId, lease.token],
      );
    if (!row) throw new LeaseLost(`the run ${lease.runId} has another worker`);
    return { isCancelRequested: row.is_cancel_requested };
  }

  /** Changes a run under its lease, with artifacts in the same transaction. */
  async change(
    lease: Lease,
    change: RunChange,
    artifacts: Readonly<Record<string, Uint8Array>> = {},
    alsoWrite?: (em: EntityManager) => Promise<void>,
  ): Promise<void> {
    const finishedAt =
      change.status && change.status !== 'RUNNING' && change.status !== 'QUEUED'
        ? new Date(this.clock())
        : null;
    await this.database.fork().transactional(async (tx) => {
      const [row] = await tx.execute(
        `update run set status = coalesce(?, status), progress = coalesce(?, progress), result = coalesce(?::jsonb, result),
           error_message = coalesce(?, error_message), finished_at = coalesce(?, finished_at), seq = seq + 1
         where id = ? and lease_token = ? and status = 'RUNNING' returning seq`,
        [
          change.status ?? null,
          change.progress ?? null,
          change.result ? storable(JSON.stringify(change.result)) : null,
          change.errorMessage ? storable(change.errorMessage) : null,
          finishedAt,
          lease.runId,
          lease.token,
        ],
      );
      if (!row) throw new LeaseLost(`the run ${lease.runId} has another worker`);
      for (const [name, content] of Object.entries(artifacts)) {
        await tx.execute(
          'insert into run_artifact (run_id, name, content) values (?, ?, ?) on conflict (run_id, name) do update set content = excluded.content',
          [lease.runId, name, Buffer.from(content.buffer, content.byteOffset, content.byteLength)],
        );
      }
      await alsoWrite?.(tx);
      await this.leaveMessages(tx, lease.runId, row.seq);
    });
    await this.relay();
  }

  /** Gives a run back unfinished, for another attempt that does not count against it. */
  async giveBack(lease: Lease): Promise<void> {
    await this.database
      .fork()
      .execute(
        `update run set status = 'QUEUED', attempt = attempt - 1, lease_token = null where id = ? and lease_token = ? and status = 'RUNNING'`,
        [lease.runId, lease.token],
      );
  }

  /** Asks for an end: a queued run ends at once, a running one when its worker sees it. */
  async requestCancel(id: string): Promise<void> {
    const now = new Date(this.clock());
    await this.database.fork().transactional(async (tx) => {
      const [row] = await tx.execute(
        `update run set is_cancel_requested = true, seq = seq + 1, status = case when status = 'QUEUED' then 'CANCELLED' else status end,
           finished_at = case when status = 'QUEUED' then ?::timestamptz else finished_at end
         where id = ? and status in ('QUEUED', 'RUNNING') returning seq`,
        [now, id],
      );
      if (row) await this.leaveMessages(tx, id, row.seq);
    });
    await this.relay();
  }

  async delete(id: string): Promise<void> {
    await this.database.fork().execute('delete from run where id = ?', [id]);
  }

  async artifact(runId: string, name: string): Promise<Buffer | null> {
    const [row] = await this.database
      .fork()
      .execute('select content from run_artifact where run_id = ? and name = ?', [runId, name]);
    return row ? Buffer.from(row.content) : null;
  }

  /** Sends what committed transactions left in the outbox; a message may come twice, never not at all. */
  async relay(): Promise<void> {
    const em = this.database.fork();
    const rows = await em.execute<OutboxRow[]>('select id, topic, message from outbox order by id');
    if (rows.length === 0) return;
    for (const { topic, message } of rows) this.pubSub.publish(topic, message);
    await em.execute(
      `delete from outbox where id in (${rows.map(() => '?').join(', ')})`,
      rows.map(({ id }) => id),
    );
  }

  private async leaveMessages(em: EntityManager, id: string, seq: number): Promise<void> {
    await em.execute(
      'insert into outbox (topic, message, created_at) values (?, ?::jsonb, ?), (?, ?::jsonb, ?)',
      [
        `run/${id}`,
        JSON.stringify({ seq }),
        new Date(this.clock()),
        'runs',
        JSON.stringify({ id }),
        new Date(this.clock()),
      ],
    );
  }
}

/** A text without NUL, which PostgreSQL cannot keep: a file of bytes may have put one into a message. */
function storable(text: string): string {
  return text.replaceAll('\u0000', '').replaceAll('\\u0000', '');
}
