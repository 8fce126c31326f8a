import type { Clock } from '../platform/clock.ts';
import type { Database, EntityManager } from '../platform/database/database.ts';
import { notFound } from '../platform/graphql/errors.ts';
import { together } from '../platform/together.ts';
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
  private readonly byPortfolio = together((ids: readonly string[]) => this.read(ids));

  constructor(database: Database, clock: Clock) {
    this.database = database;
    this.clock = clock;
  }

  /** The dismissals of a portfolio by the keys of the findings. */
  of(portfolioId: string): Promise<ReadonlyMap<string, Dismissal>> {
    return this.byPortfolio.load(portfolioId);
  }

  private async read(portfolioIds: readonly string[]): Promise<ReadonlyMap<string, Dismissal>[]> {
    const rows = await this.database.fork().execute<Record<string, string>[]>(
      `select portfolio_id, finding_key, reason, created_by, created_at from finding_dismissal
       where portfolio_id = any(string_to_array(?, ' '))`,
      [portfolioIds.join(' ')],
    );
    const byPortfolio = Map.groupBy(rows, (row) => row.portfolio_id);
    const toDismissal = ({ reason, created_by: by, created_at: at }: Record<string, string>) => ({
      reason,
      by,
      at: new Date(at),
    });
    return portfolioIds.map(
      (id) => new Map(byPortfolio.get(id)?.map((row) => [row.finding_key, toDismissal(row)])),
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
