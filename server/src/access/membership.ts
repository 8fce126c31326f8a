import type { EntityManager } from '../platform/database/database.ts';
import { isUnrestricted, viewer } from '../platform/viewer.ts';

/** What somebody is for a portfolio. */
export type Role = 'OWNER' | 'EDITOR' | 'VIEWER';

/** The portfolios the present viewer may see; null where that is all of them. */
export async function visiblePortfolios(em: EntityManager): Promise<ReadonlyMap<string, Role> | null> {
  const who = viewer();
  if (isUnrestricted(who)) return null;
  if (who.userId === null) return new Map();
  const rows = await em.execute<{ portfolio_id: string; role: Role }[]>(
    'select portfolio_id, role from portfolio_member where user_id = ?',
    [who.userId],
  );
  return new Map(rows.map(({ portfolio_id: id, role }) => [id, role]));
}

/** The condition by which a query finds those portfolios only. */
export async function visibleOnly(em: EntityManager): Promise<{ id?: { $in: string[] } }> {
  const visible = await visiblePortfolios(em);
  return visible ? { id: { $in: [...visible.keys()] } } : {};
}

/**
 * Makes whoever makes a portfolio its owner, in the same transaction. What the product itself makes
 * belongs to the first admin; before there is one, to nobody.
 */
export async function own(em: EntityManager, portfolioId: string, now: Date): Promise<void> {
  await em.execute(
    `insert into portfolio_member (portfolio_id, user_id, role, created_at)
     select ?, id, 'OWNER', ? from app_user where id = coalesce(?, (select id from app_user where is_admin order by created_at, id limit 1))`,
    [portfolioId, now, viewer().userId],
  );
}
