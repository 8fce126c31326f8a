import { Field, ID, Int, InterfaceType, ObjectType, registerEnumType } from 'type-graphql';
import { isConflict } from '../database/conflicts.ts';
import { shortened } from './texts.ts';

/** What kind of problem a user error is. */
export const ErrorCode = {
  INVALID: 'INVALID',
  NOT_FOUND: 'NOT_FOUND',
  FORBIDDEN: 'FORBIDDEN',
  STALE_VERSION: 'STALE_VERSION',
  IDEMPOTENCY_KEY_REUSED: 'IDEMPOTENCY_KEY_REUSED',
  DUPLICATE: 'DUPLICATE',
  IN_USE: 'IN_USE',
  INSUFFICIENT_HISTORY: 'INSUFFICIENT_HISTORY',
  LIMIT: 'LIMIT',
} as const;
export type ErrorCode = keyof typeof ErrorCode;
registerEnumType(ErrorCode, {
  name: 'ErrorCode',
  description: 'What kind of problem a user error is.',
  valuesConfig: {
    INVALID: { description: 'A value that cannot be used; the message says what was expected.' },
    NOT_FOUND: { description: 'Nothing has this id or name.' },
    FORBIDDEN: { description: 'You may see this but not change it, or it is for others to do.' },
    STALE_VERSION: { description: 'The thing has changed since the version that was expected.' },
    IDEMPOTENCY_KEY_REUSED: { description: 'The key was used before with another input.' },
    DUPLICATE: { description: 'Something with this name exists.' },
    IN_USE: { description: 'Something else still refers to it.' },
    INSUFFICIENT_HISTORY: { description: 'There is too little data for the calculation.' },
    LIMIT: { description: 'More was asked for than is allowed at once.' },
  },
});

/** A problem the user can mend. */
@InterfaceType('UserError', {
  description: 'A problem that the user can mend: what was wrong, where, and what was expected.',
})
export abstract class UserError {
  @Field(() => ErrorCode, { description: 'What kind of problem it is.' })
  readonly code!: ErrorCode;

  @Field(() => String, { description: 'One sentence for a person: what was expected and what was given.' })
  readonly message!: string;

  @Field(() => [String], { nullable: true, description: 'The input field it is about, from the outside in.' })
  readonly path?: string[];
}

@ObjectType('InputError', { implements: UserError, description: 'A value in the input that cannot be used.' })
export class InputError extends UserError {}

@ObjectType('NotFoundError', {
  implements: UserError,
  description: 'Nothing has the id or name that was asked for.',
})
export class NotFoundError extends UserError {
  @Field(() => ID, { description: 'What was asked for.' })
  readonly id!: string;
}

@ObjectType('StaleVersionError', {
  implements: UserError,
  description: 'The thing has changed since it was read.',
})
export class StaleVersionError extends UserError {
  @Field(() => Int, { description: 'The version it has now.' })
  readonly currentVersion!: number;
}

@ObjectType('InsufficientHistoryError', {
  implements: UserError,
  description: 'There is too little data for the calculation.',
})
export class InsufficientHistoryError extends UserError {
  @Field(() => Int, { description: 'How many observations are needed.' })
  readonly required!: number;

  @Field(() => Int, { description: 'How many there are.' })
  readonly available!: number;
}

/** A user's problem on its way to the payload that will carry it. */
export class UserProblem extends Error {
  readonly error: UserError;

  constructor(error: UserError) {
    super(error.message);
    this.error = error;
  }
}

const make = <Kind extends UserError>(type: new () => Kind, fields: Kind): Kind =>
  Object.assign(new type(), fields, { message: shortened(fields.message) });

/** An input that cannot be used. */
export function invalid(message: string, ...path: string[]): UserProblem {
  return new UserProblem(make(InputError, { code: 'INVALID', message, path }));
}

/** An input refused for another reason than its form. */
export function refused(code: ErrorCode, message: string, ...path: string[]): UserProblem {
  return new UserProblem(make(InputError, { code, message, path }));
}

/** Nothing there; `what` names the kind of thing. */
export function notFound(what: string, id: string, ...path: string[]): UserProblem {
  return new UserProblem(
    make(NotFoundError, { code: 'NOT_FOUND', message: `expected an existing ${what}, was ${id}`, path, id }),
  );
}

/** What a write has made or changed; a problem where it is gone, as when the write was done long ago and is asked for again. */
export function existing<Thing>(thing: Thing | null | undefined, what: string, id: string): Thing {
  if (thing === null || thing === undefined) throw notFound(what, id);
  return thing;
}

/** Changed meanwhile. */
export function staleVersion(expected: number, currentVersion: number): UserProblem {
  const message = `expected version ${currentVersion}, was ${expected}: it has changed since it was read`;
  return new UserProblem(
    make(StaleVersionError, {
      code: 'STALE_VERSION',
      message,
      path: ['input', 'expectedVersion'],
      currentVersion,
    }),
  );
}

/** Too little data. */
export function insufficientHistory(
  what: string,
  required: number,
  available: number,
): InsufficientHistoryError {
  const message = `expected at least ${required} ${what}, was ${available}`;
  return make(InsufficientHistoryError, { code: 'INSUFFICIENT_HISTORY', message, required, available });
}

const TRIES_MAXIMUM = 3;

/**
 * Runs a mutation's work; the user's problems become its `errors`, bugs go on. What came to nothing because another write
 * came first is done again: it then finds what that one has written, and says so.
 */
export async function payload<Result extends object>(
  work: () => Promise<Result>,
): Promise<Result & { errors: UserError[] }> {
  for (let tries = 1; ; tries += 1)
    try {
      return { ...(await work()), errors: [] };
    } catch (problem) {
      if (problem instanceof UserProblem)
        return { errors: [problem.error] } as unknown as Result & { errors: UserError[] };
      if (!isConflict(problem) || tries === TRIES_MAXIMUM) throw problem;
    }
}
