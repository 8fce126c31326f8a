import { defineEntity, p } from '@mikro-orm/core';

/** What a rule watches. */
export type AlertKind =
  'DRAWDOWN' | 'VALUE_AT_RISK' | 'PRICE_ABOVE' | 'PRICE_BELOW' | 'RUN_FINISHED' | 'DEPENDENCY_DOWN';

const AlertRuleSchema = defineEntity({
  name: 'AlertRuleRow',
  tableName: 'alert_rule',
  properties: {
    id: p.string().primary(),
    version: p.integer().version(),
    name: p.string(),
    kind: p.string().$type<AlertKind>(),
    portfolioId: p.string().nullable(),
    instrumentId: p.string().nullable(),
    threshold: p.double().$type<number>().nullable(),
    webhookUrl: p.string().nullable(),
    email: p.string().nullable(),
    isEnabled: p.boolean(),
    isTriggered: p.boolean(),
    checkedAt: p.datetime(),
    problem: p.string().nullable(),
    createdAt: p.datetime(),
    ownerId: p.string().nullable(),
  },
});

/** A condition that is looked at every minute. */
export class AlertRuleRow extends AlertRuleSchema.class {}
AlertRuleSchema.setClass(AlertRuleRow);

const AlertSchema = defineEntity({
  name: 'AlertRow',
  tableName: 'alert',
  properties: {
    id: p.string().primary(),
    ruleId: p.string(),
    message: p.string(),
    value: p.double().$type<number>().nullable(),
    at: p.datetime(),
    seenAt: p.datetime().nullable(),
  },
});

/** One time that a condition came true. */
export class AlertRow extends AlertSchema.class {}
AlertSchema.setClass(AlertRow);

const AlertDeliverySchema = defineEntity({
  name: 'AlertDeliveryRow',
  tableName: 'alert_delivery',
  properties: {
    id: p.string().primary(),
    alertId: p.string(),
    channel: p.string().$type<'WEBHOOK' | 'EMAIL'>(),
    target: p.string(),
    status: p.string().$type<'WAITING' | 'SENT' | 'FAILED'>(),
    attempts: p.integer(),
    dueAt: p.datetime(),
    problem: p.string().nullable(),
    sentAt: p.datetime().nullable(),
  },
});

/** The way of one alert to one address. */
export class AlertDeliveryRow extends AlertDeliverySchema.class {}
AlertDeliverySchema.setClass(AlertDeliveryRow);
