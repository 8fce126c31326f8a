import type { EntityManager } from '../platform/database/database.ts';
import { invalid } from '../platform/graphql/errors.ts';

/** A person with an account. */
export interface UserRow {
  readonly id: string;
  readonly version: number;
  readonly email: string;
  readonly name: string;
  readonly passwordHash: string | null;
  readonly isAdmin: boolean;
  readonly isDisabled: boolean;
  readonly totpSecret: string | null;
  readonly isTotpOn: boolean;
  readonly createdAt: Date;
  readonly lastLoginAt: Date | null;
}

type Condition = 'id = ?' | 'email = ?';

/** One user, by what the condition says. */
export async function findUser(
  em: EntityManager,
  condition: Condition,
  value: string,
): Promise<UserRow | null> {
  const [row] = await em.execute(`select * from app_user where ${condition}`, [value]);
  return row ? toUser(row) : null;
}

/** Whether anybody has an account. */
export async function hasUsers(em: EntityManager): Promise<boolean> {
  return (await em.execute('select 1 from app_user limit 1')).length > 0;
}

/** An e-mail address as it is stored and compared. */
export function emailOf(text: string, field = 'email'): string {
  const email = text.trim().toLowerCase();
  if (!/^[^\s@]{1,64}@[^\s@]{1,190}$/.test(email))
    throw invalid(`expected an e-mail address, was ${JSON.stringify(text)}`, 'input', field);
  return email;
}

/** A person's name, or the name a person gives to a thing. */
export function nameOf(text: string, field = 'name'): string {
  const name = text.trim();
  if (name === '' || name.length > 120)
    throw invalid(`expected a name of 1 to 120 characters, was ${JSON.stringify(text)}`, 'input', field);
  return name;
}

export function toUser(row: Record<string, any>): UserRow {
  return {
    id: row.id,
    version: row.version,
    email: row.email,
    name: row.name,
    passwordHash: row.password_hash,
    isAdmin: row.is_admin,
    isDisabled: row.is_disabled,
    totpSecret: row.totp_secret,
    isTotpOn: row.totp_confirmed_at !== null,
    createdAt: new Date(row.created_at),
    lastLoginAt: row.last_login_at === null ? null : new Date(row.last_login_at),
  };
}
