import type { MarketDataService } from '../market-data/market-data.service.ts';
import type { Clock } from '../platform/clock.ts';
import type { Database, EntityManager } from '../platform/database/database.ts';
import { newId } from '../platform/graphql/node.ts';
import type { Logger } from '../platform/logging/logger.ts';
import type { PubSub } from '../platform/pub-sub/pub-sub.ts';
import { asViewer, onBehalfOf } from '../platform/viewer.ts';
import { dailyLevels, endsOfDays, flowAdjustedLevels } from '../portfolio/growth-levels.ts';
import type { PortfolioService } from '../portfolio/portfolio.service.ts';
import type { RiskService } from '../risk/risk.service.ts';
import type { SystemService } from '../system/system.service.ts';
import { AlertDeliveryRow, AlertRow, AlertRuleRow } from './alert.entity.ts';
import {
  dependencyFinding,
  drawdownFinding,
  type Finding,
  priceFinding,
  valueAtRiskFinding,
} from './conditions.ts';
import { type AlertMessage, type DeliverySettings, postWebhook, sendMail, waitAfter } from './delivery.ts';

const RUNS_AT_ONCE = 50;
const DELIVERIES_AT_ONCE = 50;

/** What the watcher looks at. */
export interface Watched {
  readonly portfolios: PortfolioService;
  readonly marketData: MarketDataService;
  readonly risk: RiskService;
  readonly system: SystemService;
  readonly pubSub: PubSub;
}

/**
 * Looks at every rule, stores what it finds with its ways out in one transaction, and sends what waits. What it notes at a rule
 * is no change of the rule: its version stays.
 */
export class AlertWatcher {
  private readonly database: Database;
  private readonly watched: Watched;
  private readonly settings: DeliverySettings;
  private readonly clock: Clock;
  private readonly logger: Logger;

  constructor(
    database: Database,
    watched: Watched,
    settings: DeliverySettings,
    clock: Clock,
    logger: Logger,
  ) {
    this.database = database;
    this.watched = watched;
    this.settings = settings;
    this.clock = clock;
    this.logger = logger;
  }

  /** Judges all rules that are on; a condition is told when it comes true, and again only after it was false. */
  async look(): Promise<void> {
    const em = this.database.fork();
    const shutOut = await shutOutUsers(em);
    const rules = await em.find(AlertRuleRow, { isEnabled: true });
    for (const rule of rules) {
      if (shutOut.has(rule.ownerId)) continue;
      try {
        if (rule.kind === 'RUN_FINISHED') await this.lookAtRuns(rule);
        else await this.settle(rule, await this.findingOf(rule));
      } catch (problem) {
        this.logger.warn({ err: problem, rule: rule.id }, 'an alert rule could not be judged');
        await this.note(rule, (problem as Error).message);
      }
    }
  }

  /** Sends what is due; what fails waits longer each time, and is given up after five times. */
  async deliver(): Promise<void> {
    const em = this.database.fork();
    const due = await em.find(
      AlertDeliveryRow,
      { status: 'WAITING', dueAt: { $lte: new Date(this.clock()) } },
      { orderBy: { dueAt: 'asc' }, limit: DELIVERIES_AT_ONCE },
    );
    for (const delivery of due) await this.send(delivery);
  }

  private async send(delivery: AlertDeliveryRow): Promise<void> {
    const em = this.database.fork();
    const alert = await em.findOneOrFail(AlertRow, { id: delivery.alertId });
    const rule = await em.findOneOrFail(AlertRuleRow, { id: alert.ruleId });
    if ((await shutOutUsers(em)).has(rule.ownerId)) {
      await this.change(delivery, { status: 'FAILED', problem: 'its user may not log in any more' });
      return;
    }
    const { id, message, at } = alert;
    const value = alert.value ?? null;
    const text: AlertMessage = { id, rule: rule.name, kind: rule.kind, message, value, at: at.toISOString() };
    const nowMs = this.clock();
    try {
      if (delivery.channel === 'WEBHOOK')
        await postWebhook(delivery.target, delivery.id, text, this.settings, nowMs);
      else await sendMail(delivery.target, delivery.id, text, this.settings);
      await this.change(delivery, { status: 'SENT', problem: null, sentAt: new Date(this.clock()) });
    } catch (problem) {
      const waitMs = waitAfter(delivery.attempts + 1);
      const reason = (problem as Error).cause ?? problem;
      await this.change(delivery, {
        status: waitMs === null ? 'FAILED' : 'WAITING',
        problem: (reason as Error).message || String(reason),
        dueAt: new Date(nowMs + (waitMs ?? 0)),
      });
    }
  }

  private async change(delivery: AlertDeliveryRow, changes: Partial<AlertDeliveryRow>): Promise<void> {
    await this.database
      .fork()
      .nativeUpdate(AlertDeliveryRow, { id: delivery.id }, { ...changes, attempts: delivery.attempts + 1 });
  }

  private async findingOf(rule: AlertRuleRow): Promise<Finding | null> {
    const { kind, portfolioId, instrumentId, ownerId } = rule;
    const threshold = rule.threshold ?? NaN;
    if (kind === 'DEPENDENCY_DOWN') {
      const { components } = await this.watched.system.health();
      return dependencyFinding(
        components.map(({ name, state, detail }) => ({ name, state, detail: detail ?? '' })),
      );
    }
    if (instrumentId) {
      const [instrument, bars] = await Promise.all([
        this.watched.marketData.find(instrumentId),
        this.watched.marketData.closes(instrumentId),
      ]);
      const side = kind === 'PRICE_ABOVE' ? 'above' : 'below';
      return priceFinding(instrument?.symbol ?? '', bars?.close.at(-1) ?? null, side, threshold);
    }
    const portfolio = await asViewer(onBehalfOf(ownerId), () => this.watched.portfolios.find(portfolioId!));
    const columns = portfolio && (await this.watched.portfolios.equity(portfolio.id));
    if (!columns) return null;
    if (kind === 'DRAWDOWN')
      return drawdownFinding(portfolio.name, endsOfDays(flowAdjustedLevels(columns)).levels, threshold);
    const { timesMs, levels, periodsPerYear } = dailyLevels(columns);
    const before = { timesMs: timesMs.slice(0, -1), levels: levels.slice(0, -1) };
    const report = await this.watched.risk.report(
      { ...before, periodsPerYear, equity: 1 },
      { confidence: threshold, horizonBars: 1, window: 0 },
    );
    if (!('measures' in report)) return null;
    const valueAtRisk = report.measures.find(({ name }) => name === 'valueAtRisk')?.value ?? null;
    return valueAtRiskFinding(portfolio.name, levels, valueAtRisk, threshold);
  }

  private async settle(rule: AlertRuleRow, finding: Finding | null): Promise<void> {
    const isMet = finding?.isMet ?? false;
    const raised = await this.database.fork().transactional(async (em) => {
      const problem = finding ? null : 'there is too little data to judge it';
      await em.execute('update alert_rule set is_triggered = ?, checked_at = ?, problem = ? where id = ?', [
        isMet,
        new Date(this.clock()),
        problem,
        rule.id,
      ]);
      return isMet && !rule.isTriggered ? this.raise(em, rule, finding!.message, finding!.value) : null;
    });
    if (raised) this.watched.pubSub.publish('alerts', { id: raised });
  }

  private async lookAtRuns(rule: AlertRuleRow): Promise<void> {
    const raised = await this.database.fork().transactional(async (em) => {
      const runs = await em.execute<{ label: string; status: string; finished_at: Date }[]>(
        `select label, status, finished_at from run where finished_at > ? and owner_id is not distinct from ?
         order by finished_at limit ?`,
        [rule.checkedAt, rule.ownerId, RUNS_AT_ONCE],
      );
      const ids = [];
      for (const { label, status } of runs)
        ids.push(await this.raise(em, rule, `${label}: ${status.toLowerCase()}`, null));
      const last = runs.at(-1)?.finished_at;
      if (last)
        await em.execute('update alert_rule set checked_at = ?, problem = null where id = ?', [
          new Date(last),
          rule.id,
        ]);
      return ids;
    });
    for (const id of raised) this.watched.pubSub.publish('alerts', { id });
  }

  private async raise(
    em: EntityManager,
    rule: AlertRuleRow,
    message: string,
    value: number | null,
  ): Promise<string> {
    const now = new Date(this.clock());
    const id = newId('alt', this.clock);
    em.create(AlertRow, { id, ruleId: rule.id, message, value, at: now, seenAt: null });
    await em.flush();
    const ways = [
      { channel: 'WEBHOOK' as const, target: rule.webhookUrl },
      { channel: 'EMAIL' as const, target: rule.email },
    ];
    for (const { channel, target } of ways) {
      if (!target) continue;
      em.create(AlertDeliveryRow, {
        id: newId('ald', this.clock),
        alertId: id,
        channel,
        target,
        status: 'WAITING',
        attempts: 0,
        dueAt: now,
        problem: null,
        sentAt: null,
      });
    }
    await em.flush();
    return id;
  }

  private async note(rule: AlertRuleRow, problem: string): Promise<void> {
    await this.database.fork().execute('update alert_rule set problem = ? where id = ?', [problem, rule.id]);
  }
}

/** Users who may not log in any more: nothing is told to them either. */
async function shutOutUsers(em: EntityManager): Promise<ReadonlySet<string | null | undefined>> {
  const rows = await em.execute<{ id: string }[]>('select id from app_user where is_disabled');
  return new Set(rows.map(({ id }) => id));
}
