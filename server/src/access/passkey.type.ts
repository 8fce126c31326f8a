import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { UserError } from '../platform/graphql/errors.ts';
import { Node } from '../platform/graphql/node.ts';
import { DateTimeScalar } from '../platform/graphql/scalars.ts';

@ObjectType('Passkey', {
  implements: Node,
  description: 'A key of a device or security key that lets you in without a password.',
})
export class Passkey extends Node {
  @Field(() => String, { description: 'What you called it.' })
  readonly name!: string;

  @Field(() => String, { description: 'The name of the site that it is for; it works under no other.' })
  readonly site!: string;

  @Field(() => Boolean, { description: 'Whether it is on several devices, as when an account keeps it.' })
  readonly isBackedUp!: boolean;

  @Field(() => DateTimeScalar, { description: 'When it was added.' })
  readonly createdAt!: Date;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it last let you in.' })
  readonly lastUsedAt!: Date | null;
}

@InputType('StartPasskeyInput', { description: 'Who wants a passkey.' })
export class StartPasskeyInput {
  @Field(() => String, { description: 'Your password; empty where there is none.' })
  readonly password!: string;
}

@ObjectType('PasskeyOptionsPayload', { description: 'What a browser needs to make or show a passkey.' })
export class PasskeyOptionsPayload {
  @Field(() => String, {
    nullable: true,
    description: 'Options of WebAuthn as JSON; the answer to them is heard once, within 5 minutes.',
  })
  readonly options?: string;

  @Field(() => [UserError], { description: 'What went wrong, if anything.' })
  readonly errors!: UserError[];
}

@InputType('AddPasskeyInput', { description: 'A passkey that the browser has made.' })
export class AddPasskeyInput {
  @Field(() => String, { description: 'What to call it, up to 120 characters.' })
  readonly name!: string;

  @Field(() => String, { description: 'The answer of the browser, as JSON.' })
  readonly response!: string;
}

@ObjectType('AddPasskeyPayload', { description: 'How adding a passkey went.' })
export class AddPasskeyPayload {
  @Field(() => Passkey, { nullable: true, description: 'The passkey.' })
  readonly passkey?: Passkey;

  @Field(() => [UserError], { description: 'What went wrong, if anything.' })
  readonly errors!: UserError[];
}

@InputType('RemovePasskeyInput', { description: 'Which passkey to remove.' })
export class RemovePasskeyInput {
  @Field(() => ID, { description: 'The passkey.' })
  readonly id!: string;
}

@ObjectType('RemovePasskeyPayload', { description: 'How removing a passkey went.' })
export class RemovePasskeyPayload {
  @Field(() => ID, { nullable: true, description: 'The passkey that is gone.' })
  readonly removedId?: string;

  @Field(() => [UserError], { description: 'What went wrong, if anything.' })
  readonly errors!: UserError[];
}

@InputType('StartPasskeyLoginInput', { description: 'How somebody wants to be let in.' })
export class StartPasskeyLoginInput {
  @Field(() => String, {
    nullable: true,
    description: 'The challenge of the first half of a login; left out, the passkey is all that is needed.',
  })
  readonly challenge?: string | null;
}

@InputType('PasskeyLoginInput', { description: 'A passkey that the browser has shown.' })
export class PasskeyLoginInput {
  @Field(() => String, { description: 'The answer of the browser, as JSON.' })
  readonly response!: string;

  @Field(() => String, { nullable: true, description: 'The challenge of the first half of a login.' })
  readonly challenge?: string | null;
}
