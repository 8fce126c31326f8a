import { LOT_METHODS, type LotMethod } from '../lots.ts';
import type { LedgerRecord } from './ledger-file.ts';

/** An account as a ledger's file tells of it. */
export interface FileAccount {
  readonly name: string;
  readonly lotMethod: LotMethod;
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
  const names = new Set<unknown>();
  for (const one of accounts as unknown[]) {
    const { name, lotMethod } = (one ?? {}) as Partial<Record<string, unknown>>;
    if (typeof name !== 'string' || name === '')
      return `expected an account with a name, was ${beginningOf(one)}`;
    if (!isLotMethod(lotMethod))
      return `expected a method for lots such as FIFO for the account ${name}, was ${beginningOf(lotMethod)}`;
    if (names.has(name)) return `expected the account ${name} once, was there twice`;
    names.add(name);
  }
  return accounts as FileAccount[];
}

/** Notes the methods that a record states for its accounts in `methods`, by name; gives what is wrong with them. */
export function noteMethods(
  { account, lotMethod, toAccount, toLotMethod }: LedgerRecord,
  methods: Map<string, LotMethod>,
): string | null {
  for (const [name, method] of [
    [account, lotMethod],
    [toAccount, toLotMethod],
  ]) {
    if (name === null || method === null) continue;
    if (!isLotMethod(method)) return `expected a method for lots such as FIFO, was ${method}`;
    const before = methods.get(name) ?? method;
    if (before !== method)
      return `expected ${before} as the method for lots of ${name}, as before it in the file, was ${method}`;
    methods.set(name, method);
  }
  return null;
}

/** What becomes of the accounts that a file names. */
export interface AccountPlan {
  /** By the names in the file. */
  readonly ids: ReadonlyMap<string, string>;
  /** To be made. */
  readonly added: readonly (FileAccount & { readonly id: string })[];
  /** Empty ones that get the file's method; others keep what their sales were closed by. */
  readonly changed: readonly { readonly account: StoredAccount; readonly lotMethod: LotMethod }[];
}

/** Holds the accounts that a file names against those of the portfolio. */
export function planAccounts(
  names: Iterable<string>,
  told: readonly FileAccount[],
  existing: readonly StoredAccount[],
  newId: () => string,
): AccountPlan {
  const methods = new Map(told.map(({ name, lotMethod }) => [name, lotMethod]));
  const byName = new Map(existing.map((one) => [one.name, one]));
  const [ids, added, changed] = [
    new Map<string, string>(),
    [] as { id: string; name: string; lotMethod: LotMethod }[],
    [] as { account: StoredAccount; lotMethod: LotMethod }[],
  ];
  for (const name of new Set([...names, ...methods.keys()])) {
    const [account, method] = [byName.get(name), methods.get(name)];
    const id = account?.id ?? newId();
    ids.set(name, id);
    if (!account) added.push({ id, name, lotMethod: method ?? 'FIFO' });
    else if (account.isEmpty && method && method !== account.lotMethod)
      changed.push({ account, lotMethod: method });
  }
  return { ids, added, changed };
}

function beginningOf(value: unknown): string {
  return (JSON.stringify(value) ?? 'none').slice(0, 100);
}
