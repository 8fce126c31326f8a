import type { Clock } from '../platform/clock.ts';
import type { Database, EntityManager } from '../platform/database/database.ts';
import { notFound } from '../platform/graphql/errors.ts';
import { writeAudit } from '../trade/audit.ts';

/** Why somebody says that a finding is right as it is. */
export interface Dismissal {
  readonly reason: string;
  readonly by: string;
  readonly at: Date;
}

interface Which {
  readonly portfolioId: string;
  readonly findingId: string;
}

/** Findings that were dismissed; each dismissal can be taken back and is in the audit log. */
export class DismissalStore {
  private readonly database: Database;
  private readonly clock: Clock;

  constructor(database: Database, clock: Clock) {
    this.database = database;
    this.clock = clock;
  }

  /** The dismissals of a portfolio by the keys of the findings. */
  async of(portfolioId: string): Promise<Map<string, Dismissal>> {
    const rows = await this.database
      .fork()
      .execute<{ finding_key: string; reason: string; created_by: string; created_at: string }[]>(
        'select finding_key, reason, created_by, created_at from finding_dismissal where portfolio_id = ?',
        [portfolioId],
      );
    return new Map(
      rows.map((row) => [
        row.finding_key,
        { reason: row.reason, by: row.created_by, at: new Date(row.created_at) },
      ]),
    );
  }

  /** Dismisses a finding in the caller's transaction. */
  async dismiss(
    em: EntityManager,
    { portfolioId, findingId }: Which,
    reason: string,
    actor: string,
  ): Promise<void> {
    await em.execute(
      `insert into finding_dismissal (portfolio_id, finding_key, reason, created_by, created_at)
       values (?, ?, ?, ?, ?)
       on conflict (portfolio_id, finding_key) do update set reason = excluded.reason,
         created_by = excluded.created_by, created_at = excluded.created_at`,
      [portfolioId, findingId, reason, actor, new Date(this.clock())],
    );
    const audited = { action: 'DISMISS', subjectId: findingId, portfolioId, actor } as const;
    await writeAudit(em, this.clock, { ...audited, details: { reason } });
  }

  /** Takes a dismissal back in the caller's transaction. */
  async restore(em: EntityManager, { portfolioId, findingId }: Which, actor: string): Promise<void> {
    const [gone] = await em.execute(
      'delete from finding_dismissal where portfolio_id = ? and finding_key = ? returning finding_key',
      [portfolioId, findingId],
    );
    if (!gone) throw notFound('dismissed finding', findingId, 'input', 'findingId');
    const audited = { action: 'RESTORE', subjectId: findingId, portfolioId, actor } as const;
    await writeAudit(em, this.clock, { ...audited, details: {} });
  }
}
