import { type AccessEventKind, logAccess } from '../access/access-log.ts';
import type { LoginLimiter } from '../access/limiter.ts';
import { hashOfSecret, newSecret } from '../access/secret.ts';
import { nameOf } from '../access/user.ts';
import type { MarketDataService } from '../market-data/market-data.service.ts';
import type { Clock } from '../platform/clock.ts';
import type { Database, EntityManager } from '../platform/database/database.ts';
import { invalid, notFound, refused } from '../platform/graphql/errors.ts';
import { once } from '../platform/graphql/idempotency.ts';
import { newId } from '../platform/graphql/node.ts';
import { togetherOfLists } from '../platform/together.ts';
import { asViewer, SYSTEM, type Viewer } from '../platform/viewer.ts';
import type { PortfolioService } from './portfolio.service.ts';
import type { LedgerReports } from './report.service.ts';
import { sharedView, type SharedView } from './shared-portfolio.ts';

const LINKS_MAXIMUM = 20;

/** A link by which anybody sees a portfolio without its amounts. */
export interface PublicLinkRow {
  readonly id: string;
  /** What those who open it read as its title. */
  readonly label: string;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
}

/** What a new link is to be. */
export interface NewPublicLink {
  readonly portfolioId: string;
  readonly label: string;
  readonly expiresAt?: Date | null;
  readonly idempotencyKey: string;
}

/** Links that show a portfolio to strangers: who has one has its secret, the database its hash. */
export class PublicLinks {
  private readonly database: Database;
  private readonly portfolios: PortfolioService;
  private readonly reports: LedgerReports;
  private readonly marketData: MarketDataService;
  private readonly limiter: LoginLimiter;
  private readonly clock: Clock;
  private readonly byPortfolio = togetherOfLists((ids) => this.rowsOf(this.database.fork(), ids));

  constructor(
    database: Database,
    portfolios: PortfolioService,
    reports: LedgerReports,
    marketData: MarketDataService,
    limiter: LoginLimiter,
    clock: Clock,
  ) {
    this.database = database;
    this.portfolios = portfolios;
    this.reports = reports;
    this.marketData = marketData;
    this.limiter = limiter;
    this.clock = clock;
  }

  /** Makes a link; its secret is told this once, and not when the same is asked again. */
  async create(
    who: Viewer,
    input: NewPublicLink,
    address: string,
  ): Promise<{ link: PublicLinkRow; secret: string | null }> {
    const { portfolioId, expiresAt = null } = input;
    const label = nameOf(input.label, 'label');
    if (!(await this.portfolios.find(portfolioId)))
      throw notFound('portfolio', portfolioId, 'input', 'portfolioId');
    if (expiresAt && expiresAt.getTime() <= this.clock())
      throw invalid(`expected a time to come, was ${expiresAt.toISOString()}`, 'input', 'expiresAt');
    let secret: string | null = null;
    const id = await this.database.fork().transactional((em) =>
      once(em, this.clock, 'createPublicLink', input, async () => {
        if (((await this.rowsOf(em, [portfolioId])).get(portfolioId)?.length ?? 0) >= LINKS_MAXIMUM)
          throw refused('LIMIT', `expected at most ${LINKS_MAXIMUM} links to a portfolio, was one more`);
        secret = newSecret();
        const linkId = newId('lnk', this.clock);
        await em.execute(
          `insert into public_link (id, portfolio_id, hash, label, created_by, created_at, expires_at)
           values (?, ?, ?, ?, ?, ?, ?)`,
          [linkId, portfolioId, hashOfSecret(secret), label, who.name, new Date(this.clock()), expiresAt],
        );
        await this.log(em, 'LINK_MADE', who, `${portfolioId} ${linkId}`, address);
        return linkId;
      }),
    );
    const link = (await this.list(portfolioId)).find((one) => one.id === id);
    if (!link) throw notFound('link', id);
    return { link, secret };
  }

  /** The links to a portfolio that have not ended, the oldest first. */
  async list(portfolioId: string): Promise<PublicLinkRow[]> {
    return (await this.byPortfolio.load([portfolioId])).get(portfolioId) ?? [];
  }

  /** Ends a link at once. */
  async revoke(who: Viewer, id: string, address: string): Promise<string> {
    await this.database.fork().transactional(async (em) => {
      const [ended] = await em.execute('delete from public_link where id = ? returning portfolio_id', [id]);
      if (!ended) throw notFound('link', id, 'input', 'id');
      await this.log(em, 'LINK_REVOKED', who, `${ended.portfolio_id} ${id}`, address);
    });
    return id;
  }

  /** What a link shows; null where it never was or has ended. */
  async open(secret: string, address: string): Promise<(SharedView & { title: string }) | null> {
    await this.limiter.open(address);
    const [link] = await this.database
      .fork()
      .execute(
        'select portfolio_id, label from public_link where hash = ? and (expires_at is null or expires_at > ?)',
        [hashOfSecret(secret), new Date(this.clock())],
      );
    if (!link) return null;
    // The link is the right to see this portfolio, and this view of it alone.
    return asViewer(SYSTEM, async () => ({ title: link.label, ...(await this.view(link.portfolio_id)) }));
  }

  private async view(portfolioId: string): Promise<SharedView> {
    const period = await this.reports.period(portfolioId);
    const state = await this.portfolios.state(portfolioId);
    const rows = await this.marketData.findMany(state.holdings.map(({ instrumentId }) => instrumentId));
    const known = rows.filter((row) => row !== null);
    return sharedView(period, state, new Map(known.map((row) => [row.id, row])));
  }

  private async rowsOf(
    em: EntityManager,
    portfolioIds: readonly string[],
  ): Promise<Map<string, PublicLinkRow[]>> {
    const rows = await em.execute<Record<string, any>[]>(
      `select * from public_link where portfolio_id = any(string_to_array(?, ' '))
         and (expires_at is null or expires_at > ?) order by created_at, id`,
      [portfolioIds.join(' '), new Date(this.clock())],
    );
    const links = rows.map((row) => ({
      id: row.id,
      portfolioId: row.portfolio_id as string,
      label: row.label,
      createdAt: new Date(row.created_at),
      expiresAt: row.expires_at === null ? null : new Date(row.expires_at),
    }));
    return Map.groupBy(links, (link) => link.portfolioId);
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
