import type { Clock } from '../platform/clock.ts';
import { allOf } from '../platform/database/conditions.ts';
import type { EntityManager } from '../platform/database/database.ts';
import { storable } from '../platform/database/storable.ts';
import type { Pages } from '../platform/database/pages.ts';
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
    [newId('aev', clock), kind, shown(actor), shown(subject), address, new Date(clock())],
  );
}

/** Which lines of the log; what is left out does not matter. */
export interface AccessChoice {
  readonly kinds?: readonly string[] | null;
  /** Part of who did it, what it was about, or from where. */
  readonly search?: string | null;
  readonly from?: Date | null;
  readonly to?: Date | null;
}

/** What is chosen of the log, the newest line first or last, with the number of all that is. */
export async function readAccessLog(
  pages: Pages,
  { kinds, search, from, to }: AccessChoice,
  isOldestFirst: boolean,
  offset: number,
  limit: number,
): Promise<[StoredAccessEvent[], number]> {
  const { text, values } = allOf([
    ['true'],
    kinds?.length ? [`kind in (${kinds.map(() => '?').join(', ')})`, ...kinds] : null,
    search?.trim()
      ? ['position(lower(?) in lower(concat_ws(chr(10), actor, subject, address))) > 0', search.trim()]
      : null,
    from ? ['created_at >= ?', from] : null,
    to ? ['created_at <= ?', to] : null,
  ]);
  const direction = isOldestFirst ? 'asc' : 'desc';
  const [rows, total] = await pages({
    select: 'select *',
    from: `from access_event where ${text}`,
    orderBy: `created_at ${direction}, id ${direction}`,
    values,
    offset,
    limit,
  });
  const events = rows.map(({ id, kind, actor, subject, address, created_at: at }) => ({
    id,
    kind,
    actor,
    subject,
    address,
    at: new Date(at),
  }));
  return [events, total];
}

// What somebody typed as an e-mail address may be anything.
const shown = (text: string) => storable(text.slice(0, 200));
