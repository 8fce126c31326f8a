import { Extensions } from 'type-graphql';
import type { Scope } from '../viewer.ts';

/** Who may use a field of the API, beyond the rights on the things whose ids it is given. */
export interface AccessRule {
  /**
   * `PUBLIC` before a login too, `USER` whoever is logged in, `SESSION` whoever is logged in as a person and
   * not by a token, `ADMIN` those who run the installation.
   */
  readonly who?: 'PUBLIC' | 'USER' | 'SESSION' | 'ADMIN';
  /** What a token needs; when left out, ADMIN for what admins do, and otherwise READ for queries and subscriptions and TRADE_WRITE for mutations. */
  readonly scope?: Scope;
  /** The right on every thing named by its id; READ for queries and subscriptions, EDIT for mutations when left out. */
  readonly right?: Right;
  /** Whether the thing it names is gone afterwards: whoever asks the same again is then told that it is. */
  readonly deletes?: boolean;
}

/** What one may do with a thing: a viewer of a portfolio reads, an editor changes, an owner shares and deletes. */
export type Right = 'READ' | 'EDIT' | 'OWN';

/** States who may use a query, mutation or subscription. A mutation that is given no id must have it. */
export function Access(rule: AccessRule): MethodDecorator {
  return Extensions({ access: rule }) as MethodDecorator;
}
