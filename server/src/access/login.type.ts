import { Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { UserError } from '../platform/graphql/errors.ts';
import { Node } from '../platform/graphql/node.ts';
import { DateTimeScalar } from '../platform/graphql/scalars.ts';
import type { LoginMethod, SecondFactorKind } from './sessions.ts';

export const LoginMethodEnum = {
  PASSWORD: 'PASSWORD',
  PASSKEY: 'PASSKEY',
  SINGLE_SIGN_ON: 'SINGLE_SIGN_ON',
} as const;
registerEnumType(LoginMethodEnum, {
  name: 'LoginMethod',
  description: 'By what somebody logged in.',
  valuesConfig: {
    PASSWORD: { description: 'E-mail address and password.' },
    PASSKEY: { description: 'A passkey of a device or a security key.' },
    SINGLE_SIGN_ON: { description: 'The identity provider that this installation trusts.' },
  },
});

export const SecondFactorEnum = { CODE: 'CODE', RECOVERY_CODE: 'RECOVERY_CODE', PASSKEY: 'PASSKEY' } as const;
registerEnumType(SecondFactorEnum, {
  name: 'SecondFactor',
  description: 'What somebody shows beside the first.',
  valuesConfig: {
    CODE: { description: 'Six digits of an authenticator app.' },
    RECOVERY_CODE: { description: 'A code that works once, for whoever has lost the app.' },
    PASSKEY: { description: 'A passkey of a device or a security key.' },
  },
});

@ObjectType('User', { implements: Node, description: 'A person with an account.' })
export class User extends Node {
  @Field(() => Int, { description: 'Rises with every change.' })
  readonly version!: number;

  @Field(() => String, { description: 'The e-mail address they log in with.' })
  readonly email!: string;

  @Field(() => String, { description: 'What they are called.' })
  readonly name!: string;

  @Field(() => Boolean, { description: 'Whether they run the installation: users, market data and models.' })
  readonly isAdmin!: boolean;

  @Field(() => Boolean, { description: 'Whether they may not log in any more.' })
  readonly isDisabled!: boolean;

  @Field(() => Boolean, { description: 'Whether they are asked for a code beside the password.' })
  readonly hasSecondFactor!: boolean;

  @Field(() => DateTimeScalar, { description: 'When the account was made.' })
  readonly createdAt!: Date;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When they last logged in.' })
  readonly lastLoginAt!: Date | null;
}

@ObjectType('LoginState', { description: 'Whether one must log in here, and who has.' })
export class LoginState {
  @Field(() => Boolean, {
    description: 'Whether one must log in; not where only this machine can reach the installation.',
  })
  readonly isLoginNeeded!: boolean;

  @Field(() => Boolean, { description: 'Whether the first account is still to be made.' })
  readonly isSetUpNeeded!: boolean;

  @Field(() => String, {
    nullable: true,
    description: 'What the identity provider is called that one may log in by; null where there is none.',
  })
  readonly singleSignOn!: string | null;

  @Field(() => User, { nullable: true, description: 'Who has logged in.' })
  readonly user!: User | null;
}

@ObjectType('Session', {
  implements: Node,
  description: 'A login that lasts: until it was not used for 7 days, or for 30 days.',
})
export class Session extends Node {
  @Field(() => DateTimeScalar, { description: 'When it began.' })
  readonly createdAt!: Date;

  @Field(() => DateTimeScalar, { description: 'When it was last used, to the minute.' })
  readonly lastSeenAt!: Date;

  @Field(() => DateTimeScalar, { description: 'When it ends at the latest.' })
  readonly expiresAt!: Date;

  @Field(() => String, { description: 'The address it began from.' })
  readonly address!: string;

  @Field(() => String, { description: 'The program it began in, as that calls itself.' })
  readonly userAgent!: string;

  @Field(() => LoginMethodEnum, { description: 'By what it began.' })
  readonly method!: LoginMethod;

  @Field(() => SecondFactorEnum, { nullable: true, description: 'What was shown beside that, if anything.' })
  readonly secondFactor!: SecondFactorKind | null;

  @Field(() => Boolean, { description: 'Whether it is the one of this request.' })
  readonly isCurrent!: boolean;
}

@InputType('SetUpInput', { description: 'The first account, which runs the installation.' })
export class SetUpInput {
  @Field(() => String, { description: 'The set-up token, which the log shows at the start.' })
  readonly token!: string;

  @Field(() => String, { description: 'The e-mail address to log in with.' })
  readonly email!: string;

  @Field(() => String, { description: 'What you are called, up to 120 characters.' })
  readonly name!: string;

  @Field(() => String, { description: 'A password of 10 to 200 characters.' })
  readonly password!: string;
}

@InputType('LogInInput', { description: 'What somebody logs in with.' })
export class LogInInput {
  @Field(() => String, { description: 'The e-mail address.' })
  readonly email!: string;

  @Field(() => String, { description: 'The password.' })
  readonly password!: string;
}

@ObjectType('LoginStep', { description: 'What is still to be shown, within 5 minutes, to be logged in.' })
export class LoginStep {
  @Field(() => String, { description: 'What ties the second half of the login to the first.' })
  readonly challenge!: string;

  @Field(() => DateTimeScalar, { description: 'When it lapses.' })
  readonly expiresAt!: Date;

  @Field(() => [SecondFactorEnum], { description: 'What will do: any one of these.' })
  readonly factors!: readonly SecondFactorKind[];
}

@ObjectType('LoginPayload', { description: 'How a login went.' })
export class LoginPayload {
  @Field(() => User, { nullable: true, description: 'Who is logged in now.' })
  readonly user?: User;

  @Field(() => LoginStep, {
    nullable: true,
    description: 'What is still to be shown, where somebody has a second factor; nobody is logged in before.',
  })
  readonly nextStep?: LoginStep;

  @Field(() => [UserError], { description: 'What went wrong, if anything.' })
  readonly errors!: UserError[];
}

@ObjectType('LogOutPayload', { description: 'How a logout went.' })
export class LogOutPayload {
  @Field(() => Boolean, { nullable: true, description: 'Whether nobody is logged in any more.' })
  readonly isLoggedOut?: boolean;

  @Field(() => [UserError], { description: 'What went wrong, if anything.' })
  readonly errors!: UserError[];
}

@InputType('ChangePasswordInput', { description: 'Another password.' })
export class ChangePasswordInput {
  @Field(() => String, { description: 'The present password; empty where there is none yet.' })
  readonly currentPassword!: string;

  @Field(() => String, { description: 'The new password, 10 to 200 characters.' })
  readonly newPassword!: string;
}

@InputType('EndSessionInput', { description: 'Which session to end.' })
export class EndSessionInput {
  @Field(() => ID, { description: 'The session.' })
  readonly id!: string;
}

@ObjectType('EndSessionPayload', { description: 'How ending a session went.' })
export class EndSessionPayload {
  @Field(() => ID, { nullable: true, description: 'The session that has ended.' })
  readonly endedId?: string;

  @Field(() => [UserError], { description: 'What went wrong, if anything.' })
  readonly errors!: UserError[];
}
