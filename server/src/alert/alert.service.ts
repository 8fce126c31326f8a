import { InstrumentRow } from '../market-data/instrument.entity.ts';
import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/database/database.ts';
import { type Pages, pagesOf } from '../platform/database/pages.ts';
import { existing, invalid, notFound, staleVersion } from '../platform/graphql/errors.ts';
import { once } from '../platform/graphql/idempotency.ts';
import { newId } from '../platform/graphql/node.ts';
import type { Order } from '../platform/graphql/sort-direction.ts';
import { isUnrestricted, viewer } from '../platform/viewer.ts';
import type { PortfolioService } from '../portfolio/portfolio.service.ts';
import { type AlertChoice, alertPage, type AlertSortField } from './alert-list.ts';
import { AlertDeliveryRow, type AlertKind, AlertRow, AlertRuleRow } from './alert.entity.ts';
import type { CreateAlertRuleInput, UpdateAlertRuleInput } from './alert.type.ts';
import { type DeliverySettings, mailProblem, webhookProblem } from './delivery.ts';

const RULES_MAXIMUM = 200;

/** Rules that watch, and what they found; each user has their own. */
export class AlertService {
  readonly settings: DeliverySettings;
  private readonly database: Database;
  private readonly portfolios: PortfolioService;
  private readonly clock: Clock;
  private readonly pages: Pages;

  constructor(database: Database, portfolios: PortfolioService, settings: DeliverySettings, clock: Clock) {
    this.database = database;
    this.portfolios = portfolios;
    this.settings = settings;
    this.clock = clock;
    this.pages = pagesOf(database);
  }

  /** All rules, the oldest first. */
  rules(): Promise<AlertRuleRow[]> {
    return this.database.fork().find(AlertRuleRow, ownOnly(), { orderBy: { createdAt: 'asc' } });
  }

  rulesOf(ids: readonly string[]): Promise<AlertRuleRow[]> {
    return this.database.fork().find(AlertRuleRow, { id: { $in: [...ids] }, ...ownOnly() });
  }

  findRule(id: string): Promise<AlertRuleRow | null> {
    return this.database.fork().findOne(AlertRuleRow, { id, ...ownOnly() });
  }

  async find(id: string): Promise<AlertRow | null> {
    return this.database.fork().findOne(AlertRow, { id, ...(await this.ofOwnRules()) });
  }

  /** What is chosen of what was found, with the number of all that is. */
  async list(
    choice: AlertChoice,
    offset: number,
    limit: number,
    order?: Order<AlertSortField> | null,
  ): Promise<[AlertRow[], number]> {
    const { ownerId = null } = ownOnly();
    const [rows, total] = await this.pages(alertPage(choice, ownerId, offset, limit, order));
    const em = this.database.fork();
    return [rows.map((row) => em.map(AlertRow, row)), total];
  }

  /** The ways out of alerts. */
  deliveriesOf(alertIds: readonly string[]): Promise<AlertDeliveryRow[]> {
    return this.database
      .fork()
      .find(AlertDeliveryRow, { alertId: { $in: [...alertIds] } }, { orderBy: { channel: 'asc' } });
  }

  async unseenCount(): Promise<number> {
    return this.database.fork().count(AlertRow, { seenAt: null, ...(await this.ofOwnRules()) });
  }

  async create(input: CreateAlertRuleInput): Promise<AlertRuleRow> {
    expectThreshold(input.kind, input.threshold ?? null);
    this.expectChannels(input);
    const portfolioId = await this.portfolioOf(input);
    const id = await this.database.fork().transactional((em) =>
      once(em, this.clock, 'createAlertRule', input, async () => {
        const name = input.name.trim();
        if (name === '' || name.length > 120)
          throw invalid(
            `expected a name of 1 to 120 characters, was ${JSON.stringify(input.name)}`,
            'input',
            'name',
          );
        if ((await em.count(AlertRuleRow, ownOnly())) >= RULES_MAXIMUM)
          throw invalid(`expected at most ${RULES_MAXIMUM} rules, was one more`, 'input');
        expectThreshold(input.kind, input.threshold ?? null);
        this.expectChannels(input);
        const now = new Date(this.clock());
        const row = em.create(AlertRuleRow, {
          id: newId('alr', this.clock),
          version: 1,
          name,
          kind: input.kind,
          portfolioId,
          instrumentId: await this.instrumentOf(input, (symbol) => em.findOne(InstrumentRow, { symbol })),
          threshold: input.threshold ?? null,
          webhookUrl: input.webhookUrl || null,
          email: input.email || null,
          isEnabled: true,
          isTriggered: false,
          checkedAt: now,
          problem: null,
          createdAt: now,
          ownerId: viewer().userId,
        });
        await em.flush();
        return row.id;
      }),
    );
    return existing(await this.findRule(id), 'rule', id);
  }

  async update({ id, expectedVersion, isEnabled, threshold }: UpdateAlertRuleInput): Promise<AlertRuleRow> {
    const em = this.database.fork();
    const row = await em.findOne(AlertRuleRow, { id });
    if (!row) throw notFound('rule', id, 'input', 'id');
    if (row.version !== expectedVersion) throw staleVersion(expectedVersion, row.version);
    if (typeof threshold === 'number') {
      expectThreshold(row.kind, threshold);
      row.threshold = threshold;
    }
    if (typeof isEnabled === 'boolean') {
      // What ended while nobody looked is no news when looking begins again.
      if (isEnabled && !row.isEnabled) row.checkedAt = new Date(this.clock());
      row.isEnabled = isEnabled;
    }
    await em.flush();
    return row;
  }

  async delete(id: string, expectedVersion: number): Promise<string> {
    const em = this.database.fork();
    const row = await em.findOne(AlertRuleRow, { id });
    if (!row) throw notFound('rule', id, 'input', 'id');
    if (row.version !== expectedVersion) throw staleVersion(expectedVersion, row.version);
    await em.execute('delete from alert_rule where id = ?', [id]);
    return id;
  }

  /** Says of every alert that it was seen; tells how many were not. */
  async markSeen(): Promise<number> {
    const now = new Date(this.clock());
    const unseen = { seenAt: null, ...(await this.ofOwnRules()) };
    return this.database.fork().nativeUpdate(AlertRow, unseen, { seenAt: now });
  }

  private async ofOwnRules(): Promise<{ ruleId?: { $in: string[] } }> {
    if (isUnrestricted(viewer())) return {};
    return { ruleId: { $in: (await this.rules()).map(({ id }) => id) } };
  }

  private async portfolioOf({ kind, portfolioId }: CreateAlertRuleInput): Promise<string | null> {
    if (kind !== 'DRAWDOWN' && kind !== 'VALUE_AT_RISK') return null;
    if (!portfolioId) throw invalid(`expected a portfolio for ${kind}, was nothing`, 'input', 'portfolioId');
    if (!(await this.portfolios.find(portfolioId)))
      throw notFound('portfolio', portfolioId, 'input', 'portfolioId');
    return portfolioId;
  }

  private async instrumentOf(
    { kind, symbol }: CreateAlertRuleInput,
    find: (symbol: string) => Promise<InstrumentRow | null>,
  ): Promise<string | null> {
    if (kind !== 'PRICE_ABOVE' && kind !== 'PRICE_BELOW') return null;
    if (!symbol) throw invalid(`expected a symbol for ${kind}, was nothing`, 'input', 'symbol');
    const instrument = await find(symbol.trim().toUpperCase());
    if (!instrument) throw notFound('instrument', symbol, 'input', 'symbol');
    return instrument.id;
  }

  private expectChannels({ webhookUrl, email }: CreateAlertRuleInput): void {
    const webhook = webhookUrl ? webhookProblem(webhookUrl, this.settings) : null;
    if (webhook) throw invalid(webhook, 'input', 'webhookUrl');
    const mail = email ? mailProblem(email, this.settings) : null;
    if (mail) throw invalid(mail, 'input', 'email');
  }
}

function ownOnly(): { ownerId?: string } {
  const who = viewer();
  return isUnrestricted(who) ? {} : { ownerId: who.userId ?? '' };
}

function expectThreshold(kind: AlertKind, threshold: number | null): void {
  const refuse = (expected: string) =>
    invalid(`expected ${expected}, was ${threshold ?? 'nothing'}`, 'input', 'threshold');
  const value = threshold ?? NaN;
  if (kind === 'DRAWDOWN' && !(value > 0 && value < 1)) throw refuse('a fraction above 0 and below 1');
  if (kind === 'VALUE_AT_RISK' && !(value > 0.5 && value < 1))
    throw refuse('a confidence above 0.5 and below 1');
  if (kind.startsWith('PRICE') && !(Number.isFinite(value) && value > 0)) throw refuse('a price above 0');
}
