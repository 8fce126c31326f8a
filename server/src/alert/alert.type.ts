import { Field, Float, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { connectionOf } from '../platform/graphql/connection.ts';
import { UserError } from '../platform/graphql/errors.ts';
import { Node } from '../platform/graphql/node.ts';
import { DateTimeScalar } from '../platform/graphql/scalars.ts';
import type { AlertKind } from './alert.entity.ts';

export const AlertKindEnum = {
  DRAWDOWN: 'DRAWDOWN',
  VALUE_AT_RISK: 'VALUE_AT_RISK',
  PRICE_ABOVE: 'PRICE_ABOVE',
  PRICE_BELOW: 'PRICE_BELOW',
  RUN_FINISHED: 'RUN_FINISHED',
  DEPENDENCY_DOWN: 'DEPENDENCY_DOWN',
} as const satisfies Record<AlertKind, AlertKind>;
registerEnumType(AlertKindEnum, {
  name: 'AlertKind',
  description: 'What a rule watches.',
  valuesConfig: {
    DRAWDOWN: { description: 'The fall of a portfolio from its peak reaches the threshold, a fraction.' },
    VALUE_AT_RISK: {
      description:
        "A portfolio's newest loss goes beyond the historical value at risk of the time before; the threshold is its confidence.",
    },
    PRICE_ABOVE: { description: 'The last price of an instrument is at the threshold or above.' },
    PRICE_BELOW: { description: 'The last price of an instrument is at the threshold or below.' },
    RUN_FINISHED: { description: 'A backtest, sweep or import has ended.' },
    DEPENDENCY_DOWN: { description: 'The database, compute, queue or events do not answer.' },
  },
});

@ObjectType({ implements: Node, description: 'A condition that is looked at every minute.' })
export class AlertRule extends Node {
  @Field(() => Int, { description: 'Rises with every change; updates name the version they expect.' })
  declare version: number;

  @Field(() => String, { description: 'Its name.' })
  declare name: string;

  @Field(() => AlertKindEnum, { description: 'What it watches.' })
  declare kind: AlertKind;

  @Field(() => Float, { nullable: true, description: 'The limit: a fraction, a confidence or a price.' })
  declare threshold: number | null;

  @Field(() => String, { nullable: true, description: 'Where it is posted to.' })
  declare webhookUrl: string | null;

  @Field(() => String, { nullable: true, description: 'Where it is mailed to.' })
  declare email: string | null;

  @Field(() => Boolean, { description: 'Whether it is looked at.' })
  declare isEnabled: boolean;

  @Field(() => Boolean, { description: 'Whether the condition held when it was last looked at.' })
  declare isTriggered: boolean;

  @Field(() => DateTimeScalar, { description: 'When it was last looked at.' })
  declare checkedAt: Date;

  @Field(() => String, { nullable: true, description: 'Why it could not be judged the last time.' })
  declare problem: string | null;

  declare portfolioId: string | null;
  declare instrumentId: string | null;
}

@ObjectType({ description: 'The way of an alert to an address.' })
export class AlertDelivery {
  @Field(() => String, { description: 'WEBHOOK or EMAIL.' })
  declare channel: string;

  @Field(() => String, { description: 'The address.' })
  declare target: string;

  @Field(() => String, { description: 'WAITING, SENT or FAILED.' })
  declare status: string;

  @Field(() => Int, { description: 'How often it was tried.' })
  declare attempts: number;

  @Field(() => String, { nullable: true, description: 'What the last attempt met with.' })
  declare problem: string | null;
}

@ObjectType({ description: 'One time that a condition came true.' })
export class Alert {
  @Field(() => ID, { description: 'Its id.' })
  declare id: string;

  @Field(() => String, { description: 'What has happened, for people.' })
  declare message: string;

  @Field(() => Float, { nullable: true, description: 'The figure that was compared.' })
  declare value: number | null;

  @Field(() => DateTimeScalar, { description: 'When it was found.' })
  declare at: Date;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When somebody said to have seen it.' })
  declare seenAt: Date | null;

  @Field(() => AlertRule, { description: 'The rule that found it.' })
  declare rule: AlertRule;

  @Field(() => [AlertDelivery], { description: 'Its ways out of the installation.' })
  declare deliveries: AlertDelivery[];
}

export const AlertConnection = connectionOf(Alert, 'Alert');

@ObjectType({ description: 'How alerts can leave this installation.' })
export class AlertChannels {
  @Field(() => [String], { description: 'Hosts that webhooks may go to; empty where webhooks are off.' })
  declare webhookHosts: string[];

  @Field(() => Boolean, { description: 'Whether mail can be sent.' })
  declare canMail: boolean;
}

@InputType({ description: 'A condition to look at.' })
export class CreateAlertRuleInput {
  @Field(() => ID, { description: 'A key of the caller: the same key again gives the same rule.' })
  declare idempotencyKey: string;

  @Field(() => String, { description: 'Its name, 1 to 120 characters.' })
  declare name: string;

  @Field(() => AlertKindEnum, { description: 'What it watches.' })
  declare kind: AlertKind;

  @Field(() => ID, { nullable: true, description: 'The portfolio, for a drawdown or a value at risk.' })
  declare portfolioId?: string | null;

  @Field(() => String, { nullable: true, description: 'The symbol, for a price.' })
  declare symbol?: string | null;

  @Field(() => Float, {
    nullable: true,
    description:
      'The limit: a fraction above 0 and below 1 for a drawdown, a confidence above 0.5 and below 1, or a price.',
  })
  declare threshold?: number | null;

  @Field(() => String, { nullable: true, description: 'Where to post it; the host must be allowed.' })
  declare webhookUrl?: string | null;

  @Field(() => String, { nullable: true, description: 'Where to mail it.' })
  declare email?: string | null;
}

@InputType({ description: 'Changes of a rule; what is left out stays.' })
export class UpdateAlertRuleInput {
  @Field(() => ID, { description: 'The rule.' })
  declare id: string;

  @Field(() => Int, { description: 'The version that was looked at.' })
  declare expectedVersion: number;

  @Field(() => Boolean, { nullable: true, description: 'Whether it is looked at.' })
  declare isEnabled?: boolean | null;

  @Field(() => Float, { nullable: true, description: 'The limit.' })
  declare threshold?: number | null;
}

@ObjectType({ description: 'The rule, or why not.' })
export class AlertRulePayload {
  @Field(() => AlertRule, { nullable: true, description: 'The rule after the change.' })
  declare rule?: AlertRule | null;

  @Field(() => [UserError], { description: 'Why nothing was changed; empty when it was.' })
  declare errors: UserError[];
}

@ObjectType({ description: 'How many alerts were not seen before.' })
export class MarkAlertsSeenPayload {
  @Field(() => Int, { description: 'How many.' })
  declare seenCount: number;

  @Field(() => [UserError], { description: 'Why nothing was changed; empty when it was.' })
  declare errors: UserError[];
}
