import { InstrumentRow } from '../market-data/instrument.entity.ts';
import type { Clock } from '../platform/clock.ts';
import type { Database, EntityManager } from '../platform/database/database.ts';
import { type Pages, pagesOf } from '../platform/database/pages.ts';
import { existing, invalid, notFound, staleVersion } from '../platform/graphql/errors.ts';
import { once } from '../platform/graphql/idempotency.ts';
import type { Order } from '../platform/graphql/sort-direction.ts';
import { together } from '../platform/together.ts';
import { viewer } from '../platform/viewer.ts';
import {
  type AuditChoice,
  type DeletionChoice,
  type DeletionSortField,
  readAudit,
  readDeletions,
  type StoredAuditEntry,
  writeAudit,
} from '../trade/audit.ts';
import { checkDraft, netCashOf, rowsOf } from '../trade/transaction-draft.ts';
import type {
  NewTransaction,
  TransactionQuery,
  TransactionStore,
  TransactionView,
} from '../trade/transaction.store.ts';
import { AccountRow } from './account.entity.ts';
import { PortfolioRow } from './portfolio.entity.ts';
import type {
  RecordTransactionInput,
  ReplaceTransactionInput,
  TransactionInput,
  VoidTransactionInput,
} from './transaction.input.ts';

/** A transaction with its portfolio, after a write. */
export interface LedgerWrite {
  readonly transaction: TransactionView;
  readonly portfolio: PortfolioRow;
}

/** What a write to a ledger as a whole is based on. */
export interface LedgerBase {
  readonly idempotencyKey: string;
  readonly portfolioId: string;
  readonly expectedVersion: number;
}

/** What one write does to a ledger. */
export interface LedgerChanges {
  readonly voids: readonly string[];
  readonly records: readonly TransactionInput[];
  readonly reason: string;
}

/**
 * Writes to the ledger. A transaction is never changed: a correction voids it and adds another. Every
 * write has an idempotency key, names the version of the ledger it is based on, and is in the audit log.
 */
export class LedgerService {
  private readonly database: Database;
  private readonly transactions: TransactionStore;
  private readonly clock: Clock;
  private readonly relay: () => Promise<void>;
  private readonly pages: Pages;
  private readonly accountsOf = together((ids: readonly string[]) => this.readAccounts(ids));

  /** `relay` sends the messages that a committed write has left. */
  constructor(database: Database, transactions: TransactionStore, clock: Clock, relay: () => Promise<void>) {
    this.database = database;
    this.transactions = transactions;
    this.clock = clock;
    this.relay = relay;
    this.pages = pagesOf(database);
  }

  async record(input: RecordTransactionInput, actor: string): Promise<LedgerWrite> {
    const { portfolioId, expectedVersion, transaction } = input;
    return this.write('recordTransaction', input, async (em) => {
      const portfolio = await openLedger(em, this.transactions, portfolioId, expectedVersion, 'portfolioId');
      const [first, ...beside] = await this.insert(em, portfolio, transaction, actor);
      for (const { id, kind } of [first, ...beside])
        await this.audit(em, 'RECORD', id, portfolioId, actor, { kind });
      return first.id;
    });
  }

  async void(input: VoidTransactionInput, actor: string): Promise<LedgerWrite> {
    const { id, expectedVersion } = input;
    return this.write('voidTransaction', input, async (em) => {
      const { portfolioId } = await this.expectCounting(em, id);
      await openLedger(em, this.transactions, portfolioId, expectedVersion, 'id');
      const reason = reasonOf(input.reason);
      await this.transactions.void(em, id, reason, actor, null);
      await this.audit(em, 'VOID', id, portfolioId, actor, { reason });
      return id;
    });
  }

  /** Voids a transaction and records another in its place; gives the other. */
  async replace(input: ReplaceTransactionInput, actor: string): Promise<LedgerWrite> {
    const { id, expectedVersion, transaction } = input;
    return this.write('replaceTransaction', input, async (em) => {
      const { portfolioId, row } = await this.expectCounting(em, id);
      const portfolio = await openLedger(em, this.transactions, portfolioId, expectedVersion, 'id');
      const reason = reasonOf(input.reason);
      const inPlace = { ...transaction, accountId: transaction.accountId ?? row.accountId };
      const [{ id: replacementId }, ...beside] = await this.insert(em, portfolio, inPlace, actor);
      await this.transactions.void(em, id, reason, actor, replacementId);
      await this.audit(em, 'REPLACE', id, portfolioId, actor, { reason, replacementId });
      for (const one of beside)
        await this.audit(em, 'RECORD', one.id, portfolioId, actor, { kind: one.kind, reason });
      return replacementId;
    });
  }

  /** Voids and records several transactions in one write; `changesOf` is asked when the key is new. */
  amend(
    operation: string,
    input: LedgerBase,
    changesOf: () => LedgerChanges,
    actor: string,
  ): Promise<PortfolioRow> {
    return this.change(operation, input, async (em, portfolio) => {
      const { voids, records, reason } = changesOf();
      for (const id of voids) {
        await this.expectCounting(em, id);
        await this.transactions.void(em, id, reason, actor, null);
        await this.audit(em, 'VOID', id, portfolio.id, actor, { reason });
      }
      for (const one of records) {
        const noted = { ...one, note: reason };
        for (const { id, kind } of await this.insert(em, portfolio, noted, actor))
          await this.audit(em, 'RECORD', id, portfolio.id, actor, { kind, reason });
      }
    });
  }

  /** Does one write that belongs to a ledger as a whole, once for its key and at the version it is based on. */
  async change(
    operation: string,
    input: LedgerBase,
    work: (em: EntityManager, portfolio: PortfolioRow) => Promise<void>,
  ): Promise<PortfolioRow> {
    const { portfolioId, expectedVersion } = input;
    await this.database.fork().transactional((em) =>
      once(em, this.clock, operation, input, async () => {
        await work(em, await openLedger(em, this.transactions, portfolioId, expectedVersion, 'portfolioId'));
        return portfolioId;
      }),
    );
    await this.relay();
    return existing(
      await this.database.fork().findOne(PortfolioRow, { id: portfolioId }),
      'portfolio',
      portfolioId,
    );
  }

  async page(
    portfolioId: string,
    query: TransactionQuery,
    offset: number,
    limit: number,
  ): Promise<[TransactionView[], number]> {
    return this.transactions.page(portfolioId, query, offset, limit);
  }

  async find(id: string): Promise<TransactionView | null> {
    return this.transactions.find(id);
  }

  async findMany(ids: readonly string[]): Promise<(TransactionView | null)[]> {
    return this.transactions.findMany(ids);
  }

  /** What is chosen of who did what to the ledger of a portfolio, the newest first or last, with the number of all that is. */
  async auditLog(
    portfolioId: string,
    choice: AuditChoice,
    isOldestFirst: boolean,
    offset: number,
    limit: number,
  ): Promise<[StoredAuditEntry[], number]> {
    return readAudit(this.pages, portfolioId, choice, isOldestFirst, offset, limit);
  }

  /** What is kept of deleted portfolios that the present viewer may know of: all for an admin. */
  async deletions(
    choice: DeletionChoice,
    offset: number,
    limit: number,
    order?: Order<DeletionSortField> | null,
  ): Promise<[StoredAuditEntry[], number]> {
    const { isAdmin, userId } = viewer();
    if (!isAdmin && userId === null) return [[], 0];
    return readDeletions(this.pages, isAdmin ? null : userId, choice, offset, limit, order);
  }

  /** The accounts of a portfolio in the order of making. */
  async accounts(portfolioId: string): Promise<AccountRow[]> {
    return this.accountsOf.load(portfolioId);
  }

  private async readAccounts(portfolioIds: readonly string[]): Promise<AccountRow[][]> {
    const rows = await this.database
      .fork()
      .find(AccountRow, { portfolioId: { $in: [...portfolioIds] } }, { orderBy: { id: 'asc' } });
    const byPortfolio = Map.groupBy(rows, ({ portfolioId }) => portfolioId);
    return portfolioIds.map((id) => byPortfolio.get(id) ?? []);
  }

  /** Accounts by their ids, in the order of these. */
  async findAccounts(ids: readonly string[]): Promise<AccountRow[]> {
    const rows = await this.database.fork().find(AccountRow, { id: { $in: [...ids] } });
    const byId = new Map(rows.map((row) => [row.id, row]));
    return ids.map((id) => byId.get(id)!);
  }

  private async write(
    operation: string,
    input: { readonly idempotencyKey: string },
    work: (em: EntityManager) => Promise<string>,
  ): Promise<LedgerWrite> {
    const id = await this.database
      .fork()
      .transactional((em) => once(em, this.clock, operation, input, () => work(em)));
    await this.relay();
    const { portfolioId, ...transaction } = existing(await this.transactions.find(id), 'transaction', id);
    const portfolio = await this.database.fork().findOneOrFail(PortfolioRow, { id: portfolioId });
    return { transaction, portfolio };
  }

  private async expectCounting(
    em: EntityManager,
    id: string,
  ): Promise<TransactionView & { portfolioId: string }> {
    const found = await this.transactions.find(id, em);
    if (!found) throw notFound('transaction', id, 'input', 'id');
    if (found.voided)
      throw invalid(
        `expected a transaction that counts, was voided on ${found.voided.at.toISOString()}: ${found.voided.reason}`,
        'input',
        'id',
      );
    return found;
  }

  /** Stores the rows that somebody's statement makes, the stated one first. */
  private async insert(
    em: EntityManager,
    portfolio: PortfolioRow,
    input: TransactionInput,
    actor: string,
  ): Promise<{ readonly id: string; readonly kind: TransactionInput['kind'] }[]> {
    checkDraft(input, this.clock());
    const rows: NewTransaction[] = [];
    for (const row of rowsOf(input)) {
      checkDraft(row, this.clock());
      rows.push(await this.complete(em, portfolio, row, actor));
    }
    const ids = await this.transactions.insert(em, rows);
    return ids.map((id, index) => ({ id, kind: rows[index].kind }));
  }

  private async complete(
    em: EntityManager,
    portfolio: PortfolioRow,
    input: TransactionInput,
    createdBy: string,
  ): Promise<NewTransaction> {
    const { symbol, otherSymbol, accountId, counterAccountId, lotIds, ...rest } = input;
    const accounts = await em.find(AccountRow, { portfolioId: portfolio.id }, { orderBy: { id: 'asc' } });
    for (const [field, id] of Object.entries({ accountId, counterAccountId }))
      if (id !== undefined && id !== null) expectOpen(accounts, id, field);
    const ownId = accountId ?? accounts.find(({ closedAt }) => closedAt === null)!.id;
    if (counterAccountId === ownId)
      throw invalid(`expected another account, was ${ownId}`, 'input', 'transaction', 'counterAccountId');
    const instrument = await findInstrument(em, symbol, 'symbol');
    const other = await findInstrument(em, otherSymbol, 'otherSymbol');
    const currency = input.currency ?? instrument?.currency ?? portfolio.baseCurrency;
    checkCurrencies(input, currency, portfolio.baseCurrency);
    return {
      ...rest,
      accountId: ownId,
      counterAccountId: counterAccountId ?? null,
      instrumentId: instrument?.id ?? null,
      otherInstrumentId: other?.id ?? null,
      lotIds: lotIds ?? [],
      currency,
      amount: netCashOf(input).toFixed(18),
      createdBy,
    };
  }

  private audit(
    em: EntityManager,
    action: 'RECORD' | 'VOID' | 'REPLACE',
    subjectId: string,
    portfolioId: string,
    actor: string,
    details: Record<string, unknown>,
  ): Promise<void> {
    return writeAudit(em, this.clock, { action, subjectId, portfolioId, actor, details });
  }
}

/** Takes a ledger for a write, unless it has changed since it was read. */
export async function openLedger(
  em: EntityManager,
  transactions: TransactionStore,
  portfolioId: string,
  expectedVersion: number,
  field: string,
): Promise<PortfolioRow> {
  const before = await transactions.advance(em, portfolioId);
  if (before === null) throw notFound('portfolio', portfolioId, 'input', field);
  if (before !== expectedVersion) throw staleVersion(expectedVersion, before);
  return em.findOneOrFail(PortfolioRow, { id: portfolioId });
}

async function findInstrument(
  em: EntityManager,
  symbol: string | null | undefined,
  field: string,
): Promise<InstrumentRow | null> {
  if (!symbol) return null;
  const row = await em.findOne(InstrumentRow, { symbol: symbol.trim().toUpperCase() });
  if (!row) throw notFound('instrument', symbol, 'input', 'transaction', field);
  return row;
}

function expectOpen(accounts: readonly AccountRow[], id: string, field: string): void {
  const account = accounts.find((one) => one.id === id);
  if (!account) throw notFound('account of the portfolio', id, 'input', 'transaction', field);
  if (account.closedAt)
    throw invalid(
      `expected an open account, was ${account.name}, closed on ${account.closedAt.toISOString().slice(0, 10)}`,
      'input',
      'transaction',
      field,
    );
}

function checkCurrencies(
  { exchangeRate, otherCurrency }: TransactionInput,
  currency: string,
  baseCurrency: string,
): void {
  if (exchangeRate && currency === baseCurrency)
    throw invalid(
      `expected no exchangeRate in ${currency}, the base currency of the portfolio, was ${exchangeRate}`,
      'input',
      'transaction',
      'exchangeRate',
    );
  if (otherCurrency === currency)
    throw invalid(
      `expected another currency than ${currency}, was ${otherCurrency}`,
      'input',
      'transaction',
      'otherCurrency',
    );
}

/** A reason that a person gave. */
export function reasonOf(text: string): string {
  const reason = text.trim();
  if (reason === '' || reason.length > 500)
    throw invalid(`expected a reason of 1 to 500 characters, was ${JSON.stringify(text)}`, 'input', 'reason');
  return reason;
}
