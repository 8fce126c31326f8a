import type { Clock } from '../platform/clock.ts';
import type { Database, EntityManager } from '../platform/database/database.ts';
import { existing, invalid, notFound, staleVersion } from '../platform/graphql/errors.ts';
import { once } from '../platform/graphql/idempotency.ts';
import { togetherOfLists } from '../platform/together.ts';
import { actorName } from '../platform/viewer.ts';
import { leaveMessage } from '../run/outbox.ts';
import { writeAudit } from '../trade/audit.ts';
import { PortfolioRow } from './portfolio.entity.ts';

/** What is tagged: an instrument or an account, as a portfolio sees it. */
export interface TagSubject {
  readonly instrumentId: string | null;
  readonly accountId: string | null;
}

/** The tags of one subject, by the alphabet. */
export interface Tagged extends TagSubject {
  readonly tags: readonly string[];
}

/** Tags to give a subject in place of those it has. */
export interface TagChange {
  readonly idempotencyKey: string;
  readonly portfolioId: string;
  readonly expectedVersion: number;
  readonly symbol?: string | null;
  readonly accountId?: string | null;
  readonly tags: readonly string[];
}

interface TagRow {
  readonly portfolio_id: string;
  readonly instrument_id: string | null;
  readonly account_id: string | null;
  readonly tag: string;
}

const TAGS_MAXIMUM = 20;
const LENGTH_MAXIMUM = 60;

/** The tags that a portfolio gives to instruments and accounts. */
export class TagStore {
  private readonly database: Database;
  private readonly clock: Clock;
  private readonly byPortfolio = togetherOfLists((ids) => this.read(ids));
  private readonly relay: () => Promise<void>;

  /** `relay` sends the messages that a committed write has left. */
  constructor(database: Database, clock: Clock, relay: () => Promise<void>) {
    this.database = database;
    this.clock = clock;
    this.relay = relay;
  }

  /** Everything that a portfolio tags. */
  async of(portfolioId: string): Promise<Tagged[]> {
    const rows = (await this.byPortfolio.load([portfolioId])).get(portfolioId) ?? [];
    return [...Map.groupBy(rows, (row) => row.instrument_id ?? row.account_id).values()].map((own) => ({
      instrumentId: own[0].instrument_id,
      accountId: own[0].account_id,
      tags: own.map(({ tag }) => tag),
    }));
  }

  private async read(portfolioIds: readonly string[]): Promise<Map<string, TagRow[]>> {
    const rows = await this.database.fork().execute<TagRow[]>(
      `select portfolio_id, instrument_id, account_id, tag from portfolio_tag
         where portfolio_id = any(string_to_array(?, ' ')) order by tag`,
      [portfolioIds.join(' ')],
    );
    return Map.groupBy(rows, (row) => row.portfolio_id);
  }

  /** Gives a subject other tags; raises the version of the portfolio. */
  async set(input: TagChange): Promise<PortfolioRow> {
    const { portfolioId, expectedVersion } = input;
    const tags = tagsOf(input.tags);
    await this.database.fork().transactional((em) =>
      once(em, this.clock, 'setTags', input, async () => {
        const [row] = await em.execute(
          'update portfolio set version = version + 1 where id = ? returning version',
          [portfolioId],
        );
        if (!row) throw notFound('portfolio', portfolioId, 'input', 'portfolioId');
        const before = Number(row.version) - 1;
        if (before !== expectedVersion) throw staleVersion(expectedVersion, before);
        const [column, id] = await subjectOf(em, input);
        await em.execute(`delete from portfolio_tag where portfolio_id = ? and ${column} = ?`, [
          portfolioId,
          id,
        ]);
        for (const tag of tags)
          await em.execute(`insert into portfolio_tag (portfolio_id, ${column}, tag) values (?, ?, ?)`, [
            portfolioId,
            id,
            tag,
          ]);
        await writeAudit(em, this.clock, {
          action: 'SET_TAGS',
          subjectId: id,
          portfolioId,
          actor: actorName(),
          details: { reason: tags.join(', ') || 'no tags' },
        });
        await leaveMessage(em, this.clock, `portfolio/${portfolioId}`, { id: portfolioId });
        return portfolioId;
      }),
    );
    await this.relay();
    return existing(
      await this.database.fork().findOne(PortfolioRow, { id: portfolioId }),
      'portfolio',
      portfolioId,
    );
  }
}

function tagsOf(given: readonly string[]): string[] {
  const tags = [...new Set(given.map((tag) => tag.trim()))];
  const wrong = tags.find((tag) => tag === '' || tag.length > LENGTH_MAXIMUM);
  if (wrong !== undefined)
    throw invalid(
      `expected tags of 1 to ${LENGTH_MAXIMUM} characters, was ${JSON.stringify(wrong)}`,
      'input',
      'tags',
    );
  if (tags.length > TAGS_MAXIMUM)
    throw invalid(`expected at most ${TAGS_MAXIMUM} tags, was ${tags.length}`, 'input', 'tags');
  return tags;
}

async function subjectOf(
  em: EntityManager,
  { portfolioId, symbol, accountId }: TagChange,
): Promise<['instrument_id' | 'account_id', string]> {
  if (Boolean(symbol) === Boolean(accountId))
    throw invalid(
      `expected either symbol or accountId, was ${symbol ? 'both' : 'none of them'}`,
      'input',
      'symbol',
    );
  const [row] = symbol
    ? await em.execute('select id from instrument where symbol = ?', [symbol.trim().toUpperCase()])
    : await em.execute('select id from account where id = ? and portfolio_id = ?', [accountId!, portfolioId]);
  if (row) return [symbol ? 'instrument_id' : 'account_id', row.id];
  throw symbol
    ? notFound('instrument', symbol, 'input', 'symbol')
    : notFound('account of the portfolio', accountId!, 'input', 'accountId');
}
