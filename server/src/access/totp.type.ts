import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { UserError } from '../platform/graphql/errors.ts';

@ObjectType('SecondFactorState', { description: 'What you are asked for beside your password.' })
export class SecondFactorState {
  @Field(() => Boolean, { description: 'Whether you are asked for a code of an authenticator app.' })
  readonly isOn!: boolean;

  @Field(() => Int, { description: 'How many recovery codes are left, of ten.' })
  readonly recoveryCodesLeft!: number;
}

@InputType('StartSecondFactorInput', { description: 'Who wants a second factor.' })
export class StartSecondFactorInput {
  @Field(() => String, { description: 'Your password; empty where there is none.' })
  readonly password!: string;
}

@ObjectType('StartSecondFactorPayload', {
  description: 'What to tell an authenticator app; it is asked for once a code of it was confirmed.',
})
export class StartSecondFactorPayload {
  @Field(() => String, {
    nullable: true,
    description: 'The secret in base32, to type into the app; told this once.',
  })
  readonly secret?: string;

  @Field(() => String, {
    nullable: true,
    description: 'The same as an `otpauth:` address, to show as a QR code.',
  })
  readonly uri?: string;

  @Field(() => [UserError], { description: 'What went wrong, if anything.' })
  readonly errors!: UserError[];
}

@InputType('SecondFactorCodeInput', { description: 'A code of your second factor.' })
export class SecondFactorCodeInput {
  @Field(() => String, {
    description: 'The six digits that the app shows now; a recovery code does too where one is on.',
  })
  readonly code!: string;
}

@ObjectType('RecoveryCodesPayload', { description: 'Codes for whoever has lost the app.' })
export class RecoveryCodesPayload {
  @Field(() => [String], {
    nullable: true,
    description: 'Ten codes that work once each, in place of all earlier ones; told this once.',
  })
  readonly recoveryCodes?: string[];

  @Field(() => [UserError], { description: 'What went wrong, if anything.' })
  readonly errors!: UserError[];
}

@InputType('StopSecondFactorInput', { description: 'Who wants no second factor any more.' })
export class StopSecondFactorInput {
  @Field(() => String, { description: 'Your password; empty where there is none.' })
  readonly password!: string;

  @Field(() => String, { description: 'The six digits that the app shows now, or a recovery code.' })
  readonly code!: string;
}

@ObjectType('SecondFactorPayload', { description: 'How a change of your second factor went.' })
export class SecondFactorPayload {
  @Field(() => SecondFactorState, { nullable: true, description: 'What is asked for now.' })
  readonly secondFactor?: SecondFactorState;

  @Field(() => [UserError], { description: 'What went wrong, if anything.' })
  readonly errors!: UserError[];
}

@InputType('ResetSecondFactorInput', { description: 'Whose second factor is taken away.' })
export class ResetSecondFactorInput {
  @Field(() => ID, { description: 'The user.' })
  readonly id!: string;
}

@InputType('FinishLoginInput', { description: 'The second half of a login.' })
export class FinishLoginInput {
  @Field(() => String, { description: 'What the first half gave.' })
  readonly challenge!: string;

  @Field(() => String, { description: 'The six digits that the app shows now, or a recovery code.' })
  readonly code!: string;
}
