import type { Database } from '../platform/database/database.ts';
import type { Right } from '../platform/graphql/access.ts';
import { wasDone } from '../platform/graphql/idempotency.ts';
import { isUnrestricted, type Viewer } from '../platform/viewer.ts';
import type { Role } from './membership.ts';

/**
 * Whose things of one kind are: of the whole installation, or as a query tells that is given an id.
 * Its row has `portfolio_id` where the portfolio decides, and otherwise `owner_id`, a user. Some are for admins too.
 */
export type OwnershipRule = 'SHARED' | { readonly query: string; readonly isForAdmins?: boolean };

/** The rules by the prefix of the ids, e.g. `prt`. */
export type OwnershipRules = Readonly<Record<string, OwnershipRule>>;

/** An id as `newId` makes it, alone. */
const ID = /^([a-z]{3})_[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/;
const RIGHTS: Readonly<Record<Role, readonly Right[]>> = {
  VIEWER: ['READ'],
  EDITOR: ['READ', 'EDIT'],
  OWNER: ['READ', 'EDIT', 'OWN'],
};

/** What somebody has on a thing: nothing at all, some rights, or the one that was asked for. */
export type Verdict = 'NOT_FOUND' | 'FORBIDDEN' | 'ALLOWED';

/** The one place that knows who may see and change what. */
export class Ownership {
  private readonly database: Database;
  private readonly rules: OwnershipRules;

  constructor(database: Database, rules: OwnershipRules) {
    this.database = database;
    this.rules = rules;
  }

  /** Whether a text is an id that stands for something. */
  isId(text: string): boolean {
    return ID.test(text);
  }

  /** Whether somebody has a right on a thing. What has no rule is nobody's. */
  async verdict(who: Viewer, id: string, right: Right): Promise<Verdict> {
    if (isUnrestricted(who)) return 'ALLOWED';
    // What stands after it, as in the id of one lot of a transaction, is its own business.
    const [whole, prefix] = ID.exec(id) ?? ['', ''];
    const rule = this.rules[prefix];
    if (rule === 'SHARED') return who.userId === null ? 'NOT_FOUND' : 'ALLOWED';
    if (!rule || who.userId === null) return 'NOT_FOUND';
    const em = this.database.fork();
    const [thing] = await em.execute(rule.query, [whole]);
    if (!thing) return 'NOT_FOUND';
    if (rule.isForAdmins && who.isAdmin) return 'ALLOWED';
    const role = thing.portfolio_id
      ? await this.roleIn(thing.portfolio_id, who.userId)
      : thing.owner_id === who.userId
        ? 'OWNER'
        : null;
    if (!role) return 'NOT_FOUND';
    return RIGHTS[role].includes(right) ? 'ALLOWED' : 'FORBIDDEN';
  }

  /** Whether the present viewer has done this very write before. */
  hasDone(operation: string, input: { readonly idempotencyKey: string }): Promise<boolean> {
    return wasDone(this.database.fork(), operation, input);
  }

  private async roleIn(portfolioId: string, userId: string): Promise<Role | null> {
    const [member] = await this.database
      .fork()
      .execute<{ role: Role }[]>('select role from portfolio_member where portfolio_id = ? and user_id = ?', [
        portfolioId,
        userId,
      ]);
    return member?.role ?? null;
  }
}
