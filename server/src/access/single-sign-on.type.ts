import { Field, InputType, ObjectType, registerEnumType } from 'type-graphql';
import { UserError, UserProblem } from '../platform/graphql/errors.ts';

/** Why a login by the identity provider did not work. */
export const SignOnReason = {
  PROVIDER_DOWN: 'PROVIDER_DOWN',
  DENIED: 'DENIED',
  REFUSED: 'REFUSED',
  LAPSED: 'LAPSED',
  EMAIL_UNVERIFIED: 'EMAIL_UNVERIFIED',
  NO_ACCOUNT: 'NO_ACCOUNT',
  DISABLED: 'DISABLED',
  LINKED_ELSEWHERE: 'LINKED_ELSEWHERE',
} as const;
export type SignOnReason = keyof typeof SignOnReason;

const MESSAGES: Readonly<Record<SignOnReason, string>> = {
  PROVIDER_DOWN: 'expected an answer of the identity provider, was none',
  DENIED: 'expected consent at the identity provider, was a refusal',
  REFUSED: 'expected an answer of the identity provider to this login, was another or one that does not hold',
  LAPSED: 'expected a login that this browser began in the last 10 minutes, was another',
  EMAIL_UNVERIFIED: 'expected an e-mail address that the identity provider has verified, was none',
  NO_ACCOUNT: 'expected an account that is linked to the identity provider, was none',
  DISABLED: 'expected an account that may log in, was one that may not',
  LINKED_ELSEWHERE: 'expected an identity that is linked to nobody else, was another user’s',
};

registerEnumType(SignOnReason, {
  name: 'SignOnReason',
  description: 'Why a login by the identity provider did not work.',
  valuesConfig: {
    PROVIDER_DOWN: { description: 'The identity provider does not answer.' },
    DENIED: { description: 'Somebody declined at the identity provider.' },
    REFUSED: { description: 'What came back does not belong to this login, or does not verify.' },
    LAPSED: { description: 'It took more than 10 minutes, or was begun in another browser.' },
    EMAIL_UNVERIFIED: { description: 'The identity provider has not verified the e-mail address.' },
    NO_ACCOUNT: { description: 'Nobody here is linked to this identity, and none is made.' },
    DISABLED: { description: 'The account may not log in.' },
    LINKED_ELSEWHERE: { description: 'The identity is another user’s already.' },
  },
});

@ObjectType('SingleSignOnError', {
  implements: UserError,
  description: 'A login by the identity provider that did not work.',
})
export class SingleSignOnError extends UserError {
  @Field(() => SignOnReason, { description: 'Why.' })
  readonly reason!: SignOnReason;
}

/** That problem on its way to the payload. */
export function signOnProblem(reason: SignOnReason): UserProblem {
  const message = MESSAGES[reason];
  return new UserProblem(Object.assign(new SingleSignOnError(), { code: 'INVALID', message, reason }));
}

@ObjectType('SignOnJourney', { description: 'The way of a browser to the identity provider and back.' })
export class SignOnJourney {
  @Field(() => String, { description: 'Where the browser goes.' })
  readonly url!: string;

  @Field(() => String, {
    description: 'What the same browser shows when it is back, within 10 minutes; it keeps it for itself.',
  })
  readonly challenge!: string;
}

@ObjectType('StartSignOnPayload', { description: 'How beginning a login by the identity provider went.' })
export class StartSignOnPayload {
  @Field(() => SignOnJourney, { nullable: true, description: 'The way there and back.' })
  readonly journey?: SignOnJourney;

  @Field(() => [UserError], { description: 'What went wrong, if anything.' })
  readonly errors!: UserError[];
}

@InputType('LinkIdentityInput', {
  description: 'Who wants to be linked to the identity provider, or no more.',
})
export class LinkIdentityInput {
  @Field(() => String, { description: 'Your password; empty where there is none.' })
  readonly password!: string;
}

@InputType('FinishSignOnInput', { description: 'What a browser brings back from the identity provider.' })
export class FinishSignOnInput {
  @Field(() => String, { description: 'What it was given at the start.' })
  readonly challenge!: string;

  @Field(() => String, {
    description: 'The query of the address that it was sent back to, with its question mark.',
  })
  readonly answer!: string;
}

@ObjectType('UnlinkIdentityPayload', { description: 'How ending a link went.' })
export class UnlinkIdentityPayload {
  @Field(() => Boolean, { nullable: true, description: 'Whether you are linked.' })
  readonly isLinked?: boolean;

  @Field(() => [UserError], { description: 'What went wrong, if anything.' })
  readonly errors!: UserError[];
}
