import { LOT_METHODS, type LotMethod } from '../lots.ts';
import type { LedgerRecord } from './ledger-file.ts';

/** An account as a ledger's file tells of it. */
export interface FileAccount {
  readonly name: string;
  readonly lotMethod: LotMethod;
  /** Since when it takes no more transactions, in ISO 8601; null while it is open. */
  readonly closedAt: string | null;
}

/** An account of the portfolio that a file goes to. */
export interface StoredAccount extends FileAccount {
  readonly id: string;
  /** Whether no transaction ever touched it, voided ones included. */
  readonly isEmpty: boolean;
}

/** Whether a text names a method for lots. */
export function isLotMethod(text: unknown): text is LotMethod {
  return (LOT_METHODS as readonly unknown[]).includes(text);
}

/** The accounts that the head of a ledger as JSON lists, or what is wrong with them; older files list none. */
export function accountsOfHead(accounts: unknown): readonly FileAccount[] | string {
  if (accounts === undefined) return [];
  if (!Array.isArray(accounts)) return `expected a list of accounts, was ${beginningOf(accounts)}`;
  const told = new Map<string, FileAccount>();
  for (const one of accounts as unknown[]) {
    const { name, lotMethod, closedAt = null } = (one ?? {}) as Partial<Record<string, unknown>>;
    if (typeof name !== 'string' || name === '')
      return `expected an account with a name, was ${beginningOf(one)}`;
    if (!isLotMethod(lotMethod))
      return `expected a method for lots such as FIFO for the account ${name}, was ${beginningOf(lotMethod)}`;
    if (closedAt !== null && (typeof closedAt !== 'string' || !timeOf(closedAt)))
      return `expected a time such as 2024-05-31T15:30:00.000Z since when the account ${name} is closed, was ${beginningOf(closedAt)}`;
    if (told.has(name)) return `expected the account ${name} once, was there twice`;
    told.set(name, { name, lotMethod, closedAt });
  }
  return [...told.values()];
}

/** Notes in `told`, by name, what a record states of its accounts; gives what is wrong with it. */
export function noteAccounts(
  { account, lotMethod, closedAt, toAccount, toLotMethod, toClosedAt }: LedgerRecord,
  told: Map<string, FileAccount>,
): string | null {
  for (const [name, method, closed] of [
    [account, lotMethod, closedAt],
    [toAccount, toLotMethod, toClosedAt],
  ]) {
    if (name === null || (method === null && closed === null)) continue;
    if (!isLotMethod(method)) return `expected a method for lots such as FIFO, was ${method ?? 'none'}`;
    if (closed !== null && !timeOf(closed))
      return `expected a time such as 2024-05-31T15:30:00.000Z since when ${name} is closed, was ${closed}`;
    const before = told.get(name) ?? { name, lotMethod: method, closedAt: closed };
    if (before.lotMethod !== method)
      return `expected ${before.lotMethod} as the method for lots of ${name}, as before it in the file, was ${method}`;
    if (before.closedAt !== closed)
      return `expected ${before.closedAt ?? 'none'} as the time since when ${name} is closed, as before it in the file, was ${closed ?? 'none'}`;
    told.set(name, before);
  }
  return null;
}

/** An account as an import leaves it. */
export interface ImportedAccount extends FileAccount {
  readonly isNew: boolean;
}

/** What becomes of the accounts that a file names. */
export interface AccountPlan {
  /** By the names in the file. */
  readonly ids: ReadonlyMap<string, string>;
  /** To be made. */
  readonly added: readonly (FileAccount & { readonly id: string })[];
  /** Empty ones that become as the file tells; others keep what their sales were closed by, and stay open. */
  readonly changed: readonly (FileAccount & { readonly account: StoredAccount })[];
  /** Those of the portfolio that take no transactions, with the reason, by their ids. */
  readonly closed: ReadonlyMap<string, string>;
}

/** The accounts that a plan makes and changes. */
export function accountsMade({ added, changed }: AccountPlan): ImportedAccount[] {
  const madeOf =
    (isNew: boolean) =>
    ({ name, lotMethod, closedAt }: FileAccount): ImportedAccount => ({ name, lotMethod, closedAt, isNew });
  return [...added.map(madeOf(true)), ...changed.map(madeOf(false))];
}

/** Holds the accounts that a file names against those of the portfolio, one of which stays open. */
export function planAccounts(
  names: Iterable<string>,
  told: readonly FileAccount[],
  existing: readonly StoredAccount[],
  newId: () => string,
): AccountPlan {
  const toldOf = new Map(told.map((one) => [one.name, one]));
  const byName = new Map(existing.map((one) => [one.name, one]));
  const [ids, added, changed] = [
    new Map<string, string>(),
    [] as (FileAccount & { id: string })[],
    [] as (FileAccount & { account: StoredAccount })[],
  ];
  for (const name of new Set([...names, ...toldOf.keys()])) {
    const [account, own] = [byName.get(name), toldOf.get(name)];
    const id = account?.id ?? newId();
    ids.set(name, id);
    if (!account) added.push({ ...(own ?? { name, lotMethod: 'FIFO', closedAt: null }), id });
    else if (account.isEmpty && own) {
      // What is closed is opened by hand alone.
      const closedAt = account.closedAt ?? own.closedAt;
      if (own.lotMethod !== account.lotMethod || closedAt !== account.closedAt)
        changed.push({ ...own, closedAt, account });
    }
  }
  const closed = existing.flatMap(({ id, name: own, closedAt }) =>
    closedAt === null
      ? []
      : [[id, `expected an open account, was ${own}, closed on ${closedAt.slice(0, 10)}`] as const],
  );
  return { ids, added, changed: withOneOpen(existing, added, changed), closed: new Map(closed) };
}

/** Of what changes, what leaves the portfolio an account that takes transactions: the first to be closed stays open. */
function withOneOpen(
  existing: readonly StoredAccount[],
  added: AccountPlan['added'],
  changed: AccountPlan['changed'],
): AccountPlan['changed'] {
  const after = new Map<unknown, FileAccount>(changed.map((one) => [one.account, one]));
  const left = [...existing.map((one) => after.get(one) ?? one), ...added];
  if (left.some(({ closedAt }) => closedAt === null)) return changed;
  const spared = changed.find(({ account }) => account.closedAt === null);
  return changed.flatMap((one) => {
    if (one !== spared) return [one];
    return one.lotMethod === one.account.lotMethod ? [] : [{ ...one, closedAt: null }];
  });
}

/** A time in UTC, or the beginning of a date; null where a text is none. */
export function timeOf(text: string | null): Date | null {
  if (text === null || !/^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?Z)?$/.test(text)) return null;
  const time = new Date(text);
  return Number.isNaN(time.getTime()) ? null : time;
}

function beginningOf(value: unknown): string {
  return (JSON.stringify(value) ?? 'none').slice(0, 100);
}
