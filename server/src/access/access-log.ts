import type { Clock } from '../platform/clock.ts';
import type { EntityManager } from '../platform/database/database.ts';
import { newId } from '../platform/graphql/node.ts';

/** What the log of logins and rights knows. */
export type AccessEventKind =
  | 'SET_UP'
  | 'LOGIN'
  | 'LOGIN_FAILED'
  | 'LOGOUT'
  | 'PASSWORD_CHANGED'
  | 'SESSION_REVOKED'
  | 'USER_ADDED'
  | 'USER_CHANGED'
  | 'INVITE_MADE'
  | 'INVITE_USED'
  | 'TOKEN_MADE'
  | 'TOKEN_REVOKED'
  | 'SECOND_FACTOR_ON'
  | 'SECOND_FACTOR_OFF'
  | 'RECOVERY_CODES_MADE'
  | 'RECOVERY_CODE_USED'
  | 'PASSKEY_ADDED'
  | 'PASSKEY_REMOVED'
  | 'IDENTITY_LINKED'
  | 'IDENTITY_UNLINKED'
  | 'SHARED'
  | 'UNSHARED'
  | 'LINK_MADE'
  | 'LINK_REVOKED';

/** One line of that log. */
export interface AccessEvent {
  readonly kind: AccessEventKind;
  /** Who did it, or tried. */
  readonly actor: string;
  /** What it was about: a user, a portfolio, a token. Never a secret. */
  readonly subject: string;
  /** From where. */
  readonly address: string;
}

/** One line as it is stored. */
export interface StoredAccessEvent extends AccessEvent {
  readonly id: string;
  readonly at: Date;
}

/** Adds a line, in the transaction of what it tells of where there is one. */
export async function logAccess(em: EntityManager, clock: Clock, event: AccessEvent): Promise<void> {
  const { kind, actor, subject, address } = event;
  await em.execute(
    'insert into access_event (id, kind, actor, subject, address, created_at) values (?, ?, ?, ?, ?, ?)',
    [newId('aev', clock), kind, storable(actor), storable(subject), address, new Date(clock())],
  );
}

/** The log, the newest line first, with the number of all lines. */
export async function readAccessLog(
  em: EntityManager,
  offset: number,
  limit: number,
): Promise<[StoredAccessEvent[], number]> {
  const rows = await em.execute<Record<string, any>[]>(
    'select * from access_event order by created_at desc, id desc offset ? limit ?',
    [offset, limit],
  );
  const [{ count }] = await em.execute('select count(*) as count from access_event');
  const events = rows.map(({ id, kind, actor, subject, address, created_at: at }) => ({
    id,
    kind,
    actor,
    subject,
    address,
    at: new Date(at),
  }));
  return [events, Number(count)];
}

// What somebody typed as an e-mail address may be anything.
const storable = (text: string) => text.replaceAll('\u0000', '').slice(0, 200);
