import { Breather } from '../platform/breather.ts';
import type { Database, EntityManager } from '../platform/database/database.ts';
import { remembered } from '../platform/remember.ts';
import { together } from '../platform/together.ts';
import type { LedgerEntry } from './ledger.ts';
import { changeLedger, type PartedLedger, partLedger, partSteps } from './ledger-parts.ts';
import { ENTRIES_AS_TEXTS, EntryReader, type EntryTexts, lastIdOf } from './stored-entry.ts';

/** What counts in a portfolio, and the currencies that it needs. */
export interface StoredLedger extends PartedLedger {
  readonly baseCurrency: string;
  /** Every currency of cash and of instruments, with the base currency. */
  readonly currencies: ReadonlySet<string>;
  /** Every instrument that a transaction names. */
  readonly instrumentIds: readonly string[];
}

/** What is asked first of a ledger. */
interface LedgerHead {
  readonly version: number;
  readonly baseCurrency: string;
}

/** A ledger as it was at a version, or is being read. */
interface KeptLedger {
  readonly version: number;
  readonly ledger: Promise<PartedLedger>;
}

/** The tables of transactions with what the ledger asks of them. */
export const LEDGER_TABLES = `from transaction t join account a on a.id = t.account_id
  left join instrument i on i.id = t.instrument_id left join instrument o on o.id = t.other_instrument_id
  left join transaction_void v on v.transaction_id = t.id`;

/** Where a row comes in an account: by the version that it came with, then by its id. */
type Place = readonly [number, string];

/** Rows of an account with how many they are, the version of the last, and the ids of those that were recorded later. */
type Page = EntryTexts & {
  readonly row_count: string;
  readonly last_version: number | null;
  readonly later: string | null;
};

const FIRST_ROWS = 100;
const ROWS_PER_PAGE = 1_000;
const ENTRIES_KEPT = 600_000;
const EMPTY = partLedger([]);

/**
 * Reads ledgers, each once in pages and then what is new of it alone; the same objects are given again
 * until there is a later version.
 */
export class LedgerReader {
  private readonly database: Database;
  /** What was read last of each portfolio, the one that was used last at the end. */
  private readonly kept = new Map<string, KeptLedger>();
  private readonly heads = together((ids: readonly string[]) => this.readHeads(ids));

  constructor(database: Database) {
    this.database = database;
  }

  /** The ledger of a portfolio; as it was known at a time where one is given. */
  async ledger(portfolioId: string, knownAt: Date | null): Promise<StoredLedger> {
    // Asked first: rows that come meanwhile are of a later version, which is read the next time.
    const head = await this.heads.load(portfolioId);
    if (!head) return { ...EMPTY, baseCurrency: '', currencies: new Set(), instrumentIds: [] };
    const { version, baseCurrency } = head;
    const ledger = await (knownAt
      ? this.read(portfolioId, version, knownAt)
      : this.newest(portfolioId, version));
    const currencies = new Set([baseCurrency]);
    for (const part of ledger.parts) for (const one of currenciesOf(part)) currencies.add(one);
    return { ...ledger, baseCurrency, currencies, instrumentIds: instrumentsOf(ledger) };
  }

  /** The version of a ledger; null where there is no such portfolio. */
  async version(portfolioId: string): Promise<number | null> {
    return (await this.heads.load(portfolioId))?.version ?? null;
  }

  private async readHeads(portfolioIds: readonly string[]): Promise<(LedgerHead | null)[]> {
    const rows = await this.database
      .fork()
      .execute<{ id: string; ledger_version: string; base_currency: string }[]>(
        `select id, ledger_version, base_currency from portfolio where id = any(string_to_array(?, ' '))`,
        [portfolioIds.join(' ')],
      );
    const heads = rows.map(
      (row) => [row.id, { version: Number(row.ledger_version), baseCurrency: row.base_currency }] as const,
    );
    const byId = new Map<string, LedgerHead>(heads);
    return portfolioIds.map((id) => byId.get(id) ?? null);
  }

  private async newest(portfolioId: string, version: number): Promise<PartedLedger> {
    const before = this.kept.get(portfolioId);
    // What is being read is kept too: those who ask meanwhile wait for the same.
    const ledger =
      before?.version === version ? before.ledger : this.next(portfolioId, version, before ?? null);
    const own = { version, ledger };
    ledger.catch(() => this.kept.get(portfolioId)?.ledger === ledger && this.kept.delete(portfolioId));
    this.kept.delete(portfolioId);
    this.kept.set(portfolioId, own);
    const read = await ledger;
    await this.forget();
    return read;
  }

  private async next(portfolioId: string, version: number, before: KeptLedger | null): Promise<PartedLedger> {
    const known = await before?.ledger.catch(() => null);
    if (!before || !known || before.version > version) return this.read(portfolioId, version, null);
    const em = this.database.fork();
    const range = [portfolioId, before.version, version];
    const voided = await voidedIds(em, 'v.ledger_version > ? and v.ledger_version <= ?', range);
    const [texts] = await em.execute<EntryTexts[]>(
      `select ${ENTRIES_AS_TEXTS} from transaction t join account a on a.id = t.account_id
         where a.portfolio_id = ? and t.ledger_version > ? and t.ledger_version <= ?`,
      range,
    );
    const added = await entryReader(em).entries(texts, voided);
    return changeLedger(known, added, voided);
  }

  /** All that counts, in pages, so that nobody waits long meanwhile. */
  private async read(portfolioId: string, version: number, knownAt: Date | null): Promise<PartedLedger> {
    const em = this.database.fork();
    const accounts = await em.execute<{ id: string }[]>('select id from account where portfolio_id = ?', [
      portfolioId,
    ]);
    // What was voided after this version is voided in what is read next.
    const voided = await voidedIds(em, `v.ledger_version <= ?${knownAt ? ' and v.created_at <= ?' : ''}`, [
      portfolioId,
      version,
      ...(knownAt ? [knownAt] : []),
    ]);
    const reader = entryReader(em);
    const pages: LedgerEntry[][] = [];
    const breather = new Breather();
    for (const { id } of accounts)
      for await (const { later, ...texts } of pagesOf(em, id, version, knownAt)) {
        pages.push(await reader.entries(texts, later ? new Set([...voided, ...later.split(' ')]) : voided));
        await breather.breathe();
      }
    const steps = partSteps(pages);
    let step = steps.next();
    for (; !step.done; step = steps.next()) await breather.breathe();
    return step.value;
  }

  /** Lets go of what was not used for longest, where there is more than is kept. */
  private async forget(): Promise<void> {
    const sizes = await Promise.all(
      [...this.kept].map(
        async ([id, { ledger }]) => [id, (await ledger.catch(() => EMPTY)).entries.length] as const,
      ),
    );
    let total = sizes.reduce((sum, [, size]) => sum + size, 0);
    for (const [id, size] of sizes.slice(0, -1)) {
      if (total <= ENTRIES_KEPT) return;
      this.kept.delete(id);
      total -= size;
    }
  }
}

/**
 * The rows of an account up to a version, in pages; while one is worked on, the database reads the next. Each is a
 * stretch of the index from a place on, of which the rows of others are left out afterwards: so the database takes
 * the index in its order, where by the account alone it would sort all that comes after for every page.
 */
async function* pagesOf(
  em: EntityManager,
  accountId: string,
  version: number,
  knownAt: Date | null,
): AsyncGenerator<Page> {
  const ask = async ([afterVersion, afterId]: Place, limit: number): Promise<Page> => {
    const [page] = await em.execute<Page[]>(
      `select ${ENTRIES_AS_TEXTS}, count(*) as row_count, max(t.ledger_version) as last_version,
         string_agg(case when t.created_at > ? then t.id end, ' ') as later
       from (select * from transaction where (account_id, ledger_version, id) > (?, ?, ?)
         order by account_id, ledger_version, id limit ${limit}) t
       where t.account_id = ? and t.ledger_version <= ?`,
      [knownAt ?? 'infinity', accountId, afterVersion, afterId, accountId, version],
    );
    return page;
  };
  // A small account ends with the first page, which reads few rows of others.
  let limit = FIRST_ROWS;
  let asked: Promise<Page> | null = ask([0, ''], limit);
  while (asked) {
    const page: Page = await asked;
    const isLast = Number(page.row_count) < limit;
    limit = ROWS_PER_PAGE;
    asked = isLast ? null : ask([Number(page.last_version), lastIdOf(page)], limit);
    // Told where it is waited for, which is not the case when reading stops before.
    asked?.catch(() => undefined);
    yield page;
  }
}

/**
 * The transactions of a portfolio that do not count any more, by a condition on voids `v`. Each void asks whose it is:
 * there are few, where a join may read every transaction.
 */
async function voidedIds(
  em: EntityManager,
  condition: string,
  [portfolioId, ...values]: readonly unknown[],
): Promise<Set<string>> {
  const [{ ids }] = await em.execute<{ ids: string | null }[]>(
    `select string_agg(v.transaction_id, ' ') as ids from transaction_void v where ${condition} and (
       select a.portfolio_id from transaction t join account a on a.id = t.account_id where t.id = v.transaction_id) = ?`,
    [...values, portfolioId],
  );
  return new Set(ids?.split(' '));
}

function entryReader(em: EntityManager): EntryReader {
  return new EntryReader(async (ids) => {
    const rows = await em.execute<{ id: string; currency: string }[]>(
      `select id, currency from instrument where id = any(string_to_array(?, ' '))`,
      [ids.join(' ')],
    );
    return new Map(rows.map(({ id, currency }) => [id, currency]));
  });
}

const currenciesOf = remembered((entries: readonly LedgerEntry[]) => {
  const currencies = new Set<string>();
  for (const { currency, otherCurrency, quoteCurrency, otherQuoteCurrency } of entries)
    for (const one of [currency, otherCurrency, quoteCurrency, otherQuoteCurrency])
      if (one) currencies.add(one);
  return currencies;
});

const instrumentsOf = remembered(({ partOf }: PartedLedger) =>
  [...partOf].filter(([name, part]) => name !== '' && part.length > 0).map(([name]) => name),
);
