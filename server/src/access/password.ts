import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { invalid } from '../platform/graphql/errors.ts';

const derive = promisify(argon2);
const CHARACTERS_MINIMUM = 10;
const CHARACTERS_MAXIMUM = 200;
const SALT_BYTES = 16;
const TAG_BYTES = 32;
/** Argon2id with 19 MiB, two passes and one lane: the first choice of OWASP's Password Storage Cheat Sheet. */
const PARAMETERS = { memory: 19_456, passes: 2, parallelism: 1 } as const;

/** Throws where a new password is too short or too long; what it is made of is its owner's choice. */
export function expectPassword(password: string, field: string): void {
  const length = [...password].length;
  if (length < CHARACTERS_MINIMUM || length > CHARACTERS_MAXIMUM)
    throw invalid(
      `expected a password of ${CHARACTERS_MINIMUM} to ${CHARACTERS_MAXIMUM} characters, was one of ${length}`,
      'input',
      field,
    );
}

/** What is stored of a password, in the usual text form with its parameters. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const tag = await derive('argon2id', {
    message: password.normalize('NFKC'),
    nonce: salt,
    tagLength: TAG_BYTES,
    ...PARAMETERS,
  });
  return `${prefix()}${encode(salt)}$${encode(tag)}`;
}

/** Whether a password is the stored one; without a stored one it takes as long and says no. */
export async function verifyPassword(password: string, stored: string | null): Promise<boolean> {
  const known = stored ?? `${prefix()}${encode(Buffer.alloc(SALT_BYTES))}$${encode(Buffer.alloc(TAG_BYTES))}`;
  const match = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([\w+/]+)\$([\w+/]+)$/.exec(known);
  if (!match) throw new Error('expected a password hash of argon2id, was something else');
  const [memory, passes, parallelism] = match.slice(1, 4).map(Number);
  const [salt, tag] = match.slice(4).map((text) => Buffer.from(text, 'base64'));
  const message = password.slice(0, CHARACTERS_MAXIMUM * 4).normalize('NFKC');
  const given = await derive('argon2id', {
    message,
    nonce: salt,
    tagLength: tag.length,
    memory,
    passes,
    parallelism,
  });
  return timingSafeEqual(given, tag) && stored !== null;
}

/** Whether a stored hash was made with other parameters than those of today. */
export function isOutdated(stored: string): boolean {
  return !stored.startsWith(prefix());
}

function prefix(): string {
  const { memory, passes, parallelism } = PARAMETERS;
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$`;
}

const encode = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64').replace(/=+$/, '');
