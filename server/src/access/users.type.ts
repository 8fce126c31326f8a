import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { UserError } from '../platform/graphql/errors.ts';
import { User } from './login.type.ts';

@InputType('AddUserInput', { description: 'Somebody who gets an account.' })
export class AddUserInput {
  @Field(() => String, { description: 'The e-mail address they will log in with.' })
  readonly email!: string;

  @Field(() => String, { description: 'What they are called, up to 120 characters.' })
  readonly name!: string;

  @Field(() => Boolean, { defaultValue: false, description: 'Whether they may run the installation.' })
  readonly isAdmin!: boolean;

  @Field(() => ID, { description: 'The same key adds one user, however often it is sent.' })
  readonly idempotencyKey!: string;
}

@InputType('InviteUserInput', { description: 'Who gets a new link.' })
export class InviteUserInput {
  @Field(() => ID, { description: 'The user.' })
  readonly id!: string;
}

@ObjectType('InvitePayload', { description: 'How adding or inviting a user went.' })
export class InvitePayload {
  @Field(() => User, { nullable: true, description: 'The user.' })
  readonly user?: User;

  @Field(() => String, {
    nullable: true,
    description:
      'What stands after `/invite/` in the link by which they choose a password within 7 days; told this once.',
  })
  readonly inviteSecret?: string | null;

  @Field(() => [UserError], { description: 'What went wrong, if anything.' })
  readonly errors!: UserError[];
}

@InputType('ChangeUserInput', { description: 'What somebody may do from now on.' })
export class ChangeUserInput {
  @Field(() => ID, { description: 'The user.' })
  readonly id!: string;

  @Field(() => Int, { description: 'The version that was read.' })
  readonly expectedVersion!: number;

  @Field(() => Boolean, { nullable: true, description: 'Whether they run the installation.' })
  readonly isAdmin?: boolean | null;

  @Field(() => Boolean, { nullable: true, description: 'Whether they may not log in any more.' })
  readonly isDisabled?: boolean | null;
}

@ObjectType('ChangeUserPayload', { description: 'How a change of a user went.' })
export class ChangeUserPayload {
  @Field(() => User, { nullable: true, description: 'The user.' })
  readonly user?: User;

  @Field(() => [UserError], { description: 'What went wrong, if anything.' })
  readonly errors!: UserError[];
}

@InputType('AcceptInviteInput', { description: 'The password of somebody who was invited.' })
export class AcceptInviteInput {
  @Field(() => String, { description: 'What stands after `/invite/` in the link.' })
  readonly secret!: string;

  @Field(() => String, { description: 'A password of 10 to 200 characters.' })
  readonly password!: string;
}
