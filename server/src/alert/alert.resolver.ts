import {
  Arg,
  Args,
  Ctx,
  FieldResolver,
  Int,
  Mutation,
  Query,
  Resolver,
  Root,
  Subscription,
} from 'type-graphql';
import type { Context } from '../context.ts';
import { DeleteInput, DeletePayload, Instrument } from '../market-data/instrument.type.ts';
import { toInstrument } from '../market-data/market-data.resolver.ts';
import { type Connection, pageOf, toConnection } from '../platform/graphql/connection.ts';
import { Access } from '../platform/graphql/access.ts';
import { payload } from '../platform/graphql/errors.ts';
import { toPortfolio } from '../portfolio/portfolio.resolver.ts';
import { Portfolio } from '../portfolio/portfolio.type.ts';
import type { AlertRow, AlertRuleRow } from './alert.entity.ts';
import { AlertsArgs } from './alerts.args.ts';
import {
  Alert,
  AlertChannels,
  AlertConnection,
  AlertRule,
  AlertRulePayload,
  CreateAlertRuleInput,
  MarkAlertsSeenPayload,
  UpdateAlertRuleInput,
} from './alert.type.ts';

/** A rule as the API shows it. */
export function toAlertRule(row: AlertRuleRow): AlertRule {
  return Object.assign(new AlertRule(), row);
}

async function toAlerts({ services: { alerts } }: Context, rows: readonly AlertRow[]): Promise<Alert[]> {
  const [rules, deliveries] = await Promise.all([
    alerts.rulesOf(rows.map(({ ruleId }) => ruleId)),
    alerts.deliveriesOf(rows.map(({ id }) => id)),
  ]);
  return rows.map((row) =>
    Object.assign(new Alert(), row, {
      rule: toAlertRule(rules.find(({ id }) => id === row.ruleId)!),
      deliveries: deliveries.filter(({ alertId }) => alertId === row.id),
    }),
  );
}

async function* raisedAlerts({ context }: { context: Context }): AsyncGenerator<Alert> {
  const { services, signal } = context;
  for await (const { id } of services.pubSub.subscribe('alerts', signal)) {
    const row = await services.alerts.find(id);
    if (row) yield* await toAlerts(context, [row]);
  }
}

@Resolver(() => AlertRule)
export class AlertResolver {
  @Query(() => [AlertRule], { description: 'The rules that watch, the oldest first.' })
  async alertRules(@Ctx() { services }: Context): Promise<AlertRule[]> {
    return (await services.alerts.rules()).map(toAlertRule);
  }

  @Query(() => AlertConnection, { description: 'What the rules found.' })
  async alerts(
    @Ctx() context: Context,
    @Args(() => AlertsArgs) { first, after, filter, orderBy }: AlertsArgs,
  ): Promise<Connection<Alert>> {
    const { offset, limit } = pageOf(first, after);
    const [rows, total] = await context.services.alerts.list(filter ?? {}, offset, limit, orderBy);
    return toConnection(await toAlerts(context, rows), offset, total);
  }

  @Query(() => Int, { description: 'How many alerts nobody has said to have seen.' })
  unseenAlertCount(@Ctx() { services }: Context): Promise<number> {
    return services.alerts.unseenCount();
  }

  @Query(() => AlertChannels, { description: 'How alerts can leave this installation.' })
  alertChannels(@Ctx() { services }: Context): AlertChannels {
    const { webhookHosts, webhookSecret, smtpUrl } = services.alerts.settings;
    return { webhookHosts: webhookSecret ? [...webhookHosts] : [], canMail: smtpUrl !== null };
  }

  @Access({ who: 'USER', right: 'READ' })
  @Mutation(() => AlertRulePayload, { description: 'Adds a rule that is looked at every minute.' })
  createAlertRule(
    @Ctx() { services }: Context,
    @Arg('input', () => CreateAlertRuleInput, { description: 'The rule.' }) input: CreateAlertRuleInput,
  ): Promise<AlertRulePayload> {
    return payload(async () => ({ rule: toAlertRule(await services.alerts.create(input)) }));
  }

  @Mutation(() => AlertRulePayload, { description: 'Changes a rule.' })
  updateAlertRule(
    @Ctx() { services }: Context,
    @Arg('input', () => UpdateAlertRuleInput, { description: 'The changes.' }) input: UpdateAlertRuleInput,
  ): Promise<AlertRulePayload> {
    return payload(async () => ({ rule: toAlertRule(await services.alerts.update(input)) }));
  }

  @Mutation(() => DeletePayload, { description: 'Deletes a rule with what it found.' })
  deleteAlertRule(
    @Ctx() { services }: Context,
    @Arg('input', () => DeleteInput, { description: 'The rule.' }) input: DeleteInput,
  ): Promise<DeletePayload> {
    return payload(async () => ({
      deletedId: await services.alerts.delete(input.id, input.expectedVersion),
    }));
  }

  @Access({ who: 'USER' })
  @Mutation(() => MarkAlertsSeenPayload, { description: 'Says of every alert that it was seen.' })
  markAlertsSeen(@Ctx() { services }: Context): Promise<MarkAlertsSeenPayload> {
    return payload(async () => ({ seenCount: await services.alerts.markSeen() }));
  }

  @FieldResolver(() => Portfolio, { nullable: true, description: 'The portfolio that it watches.' })
  async portfolio(@Ctx() { loaders }: Context, @Root() rule: AlertRule): Promise<Portfolio | null> {
    const row = rule.portfolioId && (await loaders.portfolios.load(rule.portfolioId));
    return row ? toPortfolio(row) : null;
  }

  @FieldResolver(() => Instrument, { nullable: true, description: 'The instrument that it watches.' })
  async instrument(@Ctx() { loaders }: Context, @Root() rule: AlertRule): Promise<Instrument | null> {
    const row = rule.instrumentId && (await loaders.instruments.load(rule.instrumentId));
    return row ? toInstrument(row) : null;
  }

  @Subscription(() => Alert, {
    subscribe: raisedAlerts as never,
    description: 'Every alert as it is found.',
  })
  alertRaised(@Root() alert: Alert): Alert {
    return alert;
  }
}
