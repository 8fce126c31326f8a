import { type AccessEventKind, logAccess } from '../access/access-log.ts';
import type { Role } from '../access/membership.ts';
import type { AccessChanged } from '../access/sessions.ts';
import { emailOf, findUser } from '../access/user.ts';
import type { Clock } from '../platform/clock.ts';
import type { Database, EntityManager } from '../platform/database/database.ts';
import { notFound, refused } from '../platform/graphql/errors.ts';
import { togetherOfLists } from '../platform/together.ts';
import type { Viewer } from '../platform/viewer.ts';

/** Somebody who may see a portfolio. */
export interface Member {
  readonly userId: string;
  readonly email: string;
  readonly name: string;
  readonly role: Role;
}

/** Who may see and change a portfolio; at least one owner always stays. */
export class SharingService {
  private readonly database: Database;
  private readonly clock: Clock;
  private readonly announce: AccessChanged;
  private readonly byPortfolio = togetherOfLists((ids) => membersByPortfolio(this.database.fork(), ids));

  constructor(database: Database, clock: Clock, announce: AccessChanged) {
    this.database = database;
    this.clock = clock;
    this.announce = announce;
  }

  /** The members of a portfolio, owners first. */
  async members(portfolioId: string): Promise<Member[]> {
    return (await this.byPortfolio.load([portfolioId])).get(portfolioId) ?? [];
  }

  /** Gives somebody with an account a role, whatever they were before. */
  async share(
    who: Viewer,
    input: { portfolioId: string; email: string; role: Role },
    address: string,
  ): Promise<string> {
    const { portfolioId, role } = input;
    const email = emailOf(input.email);
    await this.database.fork().transactional(async (em) => {
      await lock(em, portfolioId);
      const user = await findUser(em, 'email = ?', email);
      if (!user || user.isDisabled) throw notFound('user with an account', email, 'input', 'email');
      if (role !== 'OWNER') await expectOtherOwner(em, portfolioId, user.id);
      await em.execute(
        `insert into portfolio_member (portfolio_id, user_id, role, created_at) values (?, ?, ?, ?)
         on conflict (portfolio_id, user_id) do update set role = excluded.role`,
        [portfolioId, user.id, role, new Date(this.clock())],
      );
      await this.log(em, 'SHARED', who, `${portfolioId} ${email} ${role}`, address);
    });
    return portfolioId;
  }

  /** Takes a portfolio from somebody. */
  async unshare(
    who: Viewer,
    { portfolioId, email: text }: { portfolioId: string; email: string },
    address: string,
  ): Promise<string> {
    const email = emailOf(text);
    await this.remove(who, portfolioId, (member) => member.email === email, email, address);
    return portfolioId;
  }

  /** Gives up one's own part in a portfolio. */
  async leave(who: Viewer, portfolioId: string, address: string): Promise<string> {
    await this.remove(who, portfolioId, (member) => member.userId === who.userId, who.name, address);
    return portfolioId;
  }

  private async remove(
    who: Viewer,
    portfolioId: string,
    isMeant: (member: Member) => boolean,
    email: string,
    address: string,
  ): Promise<void> {
    const userId = await this.database.fork().transactional(async (em) => {
      await lock(em, portfolioId);
      const member = (await membersOf(em, portfolioId)).find(isMeant);
      if (!member) throw notFound('member', email, 'input', 'email');
      await expectOtherOwner(em, portfolioId, member.userId);
      await em.execute('delete from portfolio_member where portfolio_id = ? and user_id = ?', [
        portfolioId,
        member.userId,
      ]);
      await this.log(em, 'UNSHARED', who, `${portfolioId} ${email}`, address);
      return member.userId;
    });
    this.announce(userId);
  }

  private log(
    em: EntityManager,
    kind: AccessEventKind,
    { name }: Viewer,
    subject: string,
    address: string,
  ): Promise<void> {
    return logAccess(em, this.clock, { kind, actor: name, subject, address });
  }
}

// Two owners who take each other's role at the same moment would leave none.
async function lock(em: EntityManager, portfolioId: string): Promise<void> {
  const rows = await em.execute('select id from portfolio where id = ? for update', [portfolioId]);
  if (rows.length === 0) throw notFound('portfolio', portfolioId, 'input', 'portfolioId');
}

async function membersOf(em: EntityManager, portfolioId: string): Promise<Member[]> {
  return (await membersByPortfolio(em, [portfolioId])).get(portfolioId) ?? [];
}

async function membersByPortfolio(
  em: EntityManager,
  portfolioIds: readonly string[],
): Promise<Map<string, Member[]>> {
  const rows = await em.execute<(Member & { portfolioId: string })[]>(
    `select m.portfolio_id as "portfolioId", m.user_id as "userId", u.email, u.name, m.role
     from portfolio_member m join app_user u on u.id = m.user_id
     where m.portfolio_id = any(string_to_array(?, ' '))
     order by array_position(array['OWNER', 'EDITOR', 'VIEWER'], m.role), u.email`,
    [portfolioIds.join(' ')],
  );
  return Map.groupBy(rows, (row) => row.portfolioId);
}

async function expectOtherOwner(em: EntityManager, portfolioId: string, userId: string): Promise<void> {
  const others = (await membersOf(em, portfolioId)).filter((one) => one.userId !== userId);
  if (others.some(({ role }) => role === 'OWNER')) return;
  throw refused('INVALID', 'expected a portfolio with an owner, was one that would have none');
}
