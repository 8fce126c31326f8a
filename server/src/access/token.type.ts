import { Field, ID, InputType, ObjectType, registerEnumType } from 'type-graphql';
import { UserError } from '../platform/graphql/errors.ts';
import { Node } from '../platform/graphql/node.ts';
import { DateTimeScalar } from '../platform/graphql/scalars.ts';
import type { Scope } from '../platform/viewer.ts';

const ScopeValues = {
  READ: 'READ',
  TRADE_WRITE: 'TRADE_WRITE',
  BACKTEST_RUN: 'BACKTEST_RUN',
  ADMIN: 'ADMIN',
};
registerEnumType(ScopeValues, {
  name: 'TokenScope',
  description: 'What an API token may do, at most what its user may.',
  valuesConfig: {
    READ: { description: 'Queries, subscriptions and downloads.' },
    TRADE_WRITE: { description: 'Changes of portfolios, ledgers and alerts, and uploads.' },
    BACKTEST_RUN: { description: 'Begin, end and delete backtests and sweeps.' },
    ADMIN: { description: 'Changes for which one must be an admin: prices, models, backups.' },
  },
});

@ObjectType('ApiToken', { implements: Node, description: 'What a program acts for you with.' })
export class ApiToken extends Node {
  @Field(() => String, { description: 'What you call it.' })
  readonly name!: string;

  @Field(() => String, { description: 'How its secret begins.' })
  readonly prefix!: string;

  @Field(() => [ScopeValues], { description: 'What it may do.' })
  readonly scopes!: Scope[];

  @Field(() => DateTimeScalar, { description: 'When it was made.' })
  readonly createdAt!: Date;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it ends; never when null.' })
  readonly expiresAt!: Date | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was last used, to the minute.' })
  readonly lastUsedAt!: Date | null;
}

@InputType('CreateApiTokenInput', { description: 'A new API token.' })
export class CreateApiTokenInput {
  @Field(() => String, { description: 'What to call it, up to 120 characters.' })
  readonly name!: string;

  @Field(() => [ScopeValues], { description: 'What it may do.' })
  readonly scopes!: Scope[];

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it ends; never when left out.' })
  readonly expiresAt?: Date | null;

  @Field(() => ID, { description: 'The same key makes one token, however often it is sent.' })
  readonly idempotencyKey!: string;
}

@ObjectType('CreateApiTokenPayload', { description: 'How making a token went.' })
export class CreateApiTokenPayload {
  @Field(() => ApiToken, { nullable: true, description: 'The token.' })
  readonly token?: ApiToken;

  @Field(() => String, {
    nullable: true,
    description: 'Its secret, for `Authorization: Bearer`; told this once.',
  })
  readonly secret?: string | null;

  @Field(() => [UserError], { description: 'What went wrong, if anything.' })
  readonly errors!: UserError[];
}

@InputType('RevokeApiTokenInput', { description: 'Which token to end.' })
export class RevokeApiTokenInput {
  @Field(() => ID, { description: 'The token.' })
  readonly id!: string;
}

@ObjectType('RevokeApiTokenPayload', { description: 'How ending a token went.' })
export class RevokeApiTokenPayload {
  @Field(() => ID, { nullable: true, description: 'The token that has ended.' })
  readonly revokedId?: string;

  @Field(() => [UserError], { description: 'What went wrong, if anything.' })
  readonly errors!: UserError[];
}
