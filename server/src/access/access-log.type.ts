import { Field, ObjectType } from 'type-graphql';
import { connectionOf } from '../platform/graphql/connection.ts';
import { DateTimeScalar } from '../platform/graphql/scalars.ts';

@ObjectType('AccessEvent', { description: 'A login, a failed one, or a change of rights.' })
export class AccessLogEntry {
  @Field(() => String, { description: 'What happened, such as `LOGIN_FAILED`.' })
  readonly kind!: string;

  @Field(() => String, { description: 'Who did it, or tried.' })
  readonly actor!: string;

  @Field(() => String, { description: 'What it was about.' })
  readonly subject!: string;

  @Field(() => String, { description: 'From where.' })
  readonly address!: string;

  @Field(() => DateTimeScalar, { description: 'When.' })
  readonly at!: Date;
}

export const AccessEventConnection = connectionOf(AccessLogEntry, 'AccessEvent');
