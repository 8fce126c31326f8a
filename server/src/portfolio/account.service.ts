import type { Clock } from '../platform/clock.ts';
import type { Database, EntityManager } from '../platform/database/database.ts';
import { Decimal, ZERO } from '../platform/decimal.ts';
import { existing, invalid, notFound, refused } from '../platform/graphql/errors.ts';
import { once } from '../platform/graphql/idempotency.ts';
import { newId } from '../platform/graphql/node.ts';
import { ACCOUNTS_MAXIMUM } from '../trade/accounts.ts';
import { writeAudit } from '../trade/audit.ts';
import { cashMovesOf, countsAtMs } from '../trade/ledger.ts';
import type { LotMethod } from '../trade/lots.ts';
import type { TransactionStore } from '../trade/transaction.store.ts';
import { AccountRow } from './account.entity.ts';
import type { CreateAccountInput, DeleteAccountInput, UpdateAccountInput } from './account.type.ts';
import { type LedgerService, openLedger } from './ledger.service.ts';
import type { PortfolioService } from './portfolio.service.ts';
import type { LedgerReports, Past } from './report.service.ts';

/** What is in an account, in the base currency; an amount is not a number where a rate is missing. */
export interface AccountValue {
  readonly cash: ReadonlyMap<string, Decimal>;
  readonly cashValue: Decimal;
  readonly marketValue: Decimal;
  /** How many open lots it has. */
  readonly lotCount: number;
}

/** The accounts of portfolios. Every write has an idempotency key, a version of the ledger and an audit entry. */
export class AccountService {
  private readonly database: Database;
  private readonly transactions: TransactionStore;
  private readonly portfolios: PortfolioService;
  private readonly ledger: LedgerService;
  private readonly reports: LedgerReports;
  private readonly clock: Clock;
  private readonly relay: () => Promise<void>;

  /** `relay` sends the messages that a committed write has left. */
  constructor(
    database: Database,
    transactions: TransactionStore,
    portfolios: PortfolioService,
    ledger: LedgerService,
    reports: LedgerReports,
    clock: Clock,
    relay: () => Promise<void>,
  ) {
    this.database = database;
    this.transactions = transactions;
    this.portfolios = portfolios;
    this.ledger = ledger;
    this.reports = reports;
    this.clock = clock;
    this.relay = relay;
  }

  async create(input: CreateAccountInput, actor: string): Promise<AccountRow> {
    const { portfolioId, expectedVersion, lotMethod } = input;
    const name = nameOf(input.name);
    const id = await this.write('createAccount', input, async (em) => {
      await openLedger(em, this.transactions, portfolioId, expectedVersion, 'portfolioId');
      await expectFree(em, portfolioId, name);
      if ((await em.count(AccountRow, { portfolioId })) >= ACCOUNTS_MAXIMUM)
        throw refused('LIMIT', `expected at most ${ACCOUNTS_MAXIMUM} accounts of a portfolio, was one more`);
      const row = em.create(AccountRow, {
        id: newId('acc', this.clock),
        portfolioId,
        name,
        lotMethod: lotMethod ?? 'FIFO',
        closedAt: null,
      });
      await em.flush();
      await this.audit(em, 'CREATE_ACCOUNT', row, actor, `${name}, ${row.lotMethod}`);
      return row.id;
    });
    return existing(await this.database.fork().findOne(AccountRow, { id }), 'account', id);
  }

  async update(input: UpdateAccountInput, actor: string): Promise<AccountRow> {
    const { id, expectedVersion, lotMethod, isClosed } = input;
    const name = input.name === null || input.name === undefined ? null : nameOf(input.name);
    // Asked first: the embedded database has one connection, which the transaction holds.
    const left = isClosed ? await this.contentOf(id) : '';
    await this.write('updateAccount', input, async (em) => {
      const row = await expectAccount(em, id);
      await openLedger(em, this.transactions, row.portfolioId, expectedVersion, 'id');
      const changes: string[] = [];
      if (name !== null && name !== row.name) {
        await expectFree(em, row.portfolioId, name);
        changes.push(`${row.name} becomes ${name}`);
        row.name = name;
      }
      if (lotMethod && lotMethod !== row.lotMethod) {
        changes.push(`${row.lotMethod} becomes ${lotMethod}`);
        row.lotMethod = lotMethod;
      }
      if (isClosed && row.closedAt === null) {
        if (left !== '')
          throw invalid(`expected an account that holds nothing, was ${left}`, 'input', 'isClosed');
        await expectOther(em, row, 'isClosed');
        row.closedAt = new Date(this.clock());
        changes.push('closed');
      }
      if (isClosed === false && row.closedAt !== null) {
        row.closedAt = null;
        changes.push('opened again');
      }
      await em.flush();
      await this.audit(em, 'UPDATE_ACCOUNT', row, actor, changes.join('; ') || 'nothing changed');
      return id;
    });
    return existing(await this.database.fork().findOne(AccountRow, { id }), 'account', id);
  }

  /** Removes an account that no transaction ever touched, voided ones included. */
  async delete(input: DeleteAccountInput, actor: string): Promise<string> {
    const { id, expectedVersion } = input;
    return this.write('deleteAccount', input, async (em) => {
      const row = await expectAccount(em, id);
      await openLedger(em, this.transactions, row.portfolioId, expectedVersion, 'id');
      const [{ count }] = await em.execute(
        'select count(*) as count from transaction where account_id = ? or counter_account_id = ?',
        [id, id],
      );
      if (Number(count) > 0)
        throw invalid(
          `expected an account without transactions, was one with ${count}, voided ones included: close it instead`,
          'input',
          'id',
        );
      await expectOther(em, row, 'id');
      await em.execute('delete from account where id = ?', [id]);
      await this.audit(em, 'DELETE_ACCOUNT', row, actor, row.name);
      return id;
    });
  }

  /** What `values` gives for a key of `valuesKey`. */
  async valuesBy(key: string): Promise<Map<string, AccountValue>> {
    const [portfolioId, at, knownAt] = key.split(' ');
    const timeOf = (text: string) => (text === '' ? null : new Date(Number(text)));
    return this.values(portfolioId, { at: timeOf(at), knownAt: timeOf(knownAt) });
  }

  /** What is in each account of a portfolio at a time, from what was known at another; both now when left out. */
  async values(
    portfolioId: string,
    { at = null, knownAt = null }: Past = {},
  ): Promise<Map<string, AccountValue>> {
    const { entries, rates } = await this.portfolios.ledger(portfolioId, knownAt);
    const { balances } = await this.portfolios.state(portfolioId, at, knownAt);
    const accounts = await this.ledger.accounts(portfolioId);
    const { open } = await this.reports.lotsByAccounts(portfolioId, accounts, null, { at, knownAt });
    const past = at ? entries.filter((entry) => countsAtMs(entry) <= at.getTime()) : entries;
    const moves = past.flatMap((entry) => cashMovesOf(entry, rates));
    const ids = new Set([...moves, ...open].map(({ accountId }) => accountId));
    const rateOf = new Map(
      balances.map(({ currency, exchangeRate }) => [
        currency,
        currency === rates.base ? new Decimal(1) : (exchangeRate?.rate ?? new Decimal(NaN)),
      ]),
    );
    return new Map(
      [...ids].map((accountId) => {
        const cash = new Map<string, Decimal>();
        for (const { currency, amount, accountId: own } of moves)
          if (own === accountId) cash.set(currency, (cash.get(currency) ?? ZERO).plus(amount));
        for (const [currency, amount] of cash) if (amount.isZero()) cash.delete(currency);
        const lots = open.filter((lot) => lot.accountId === accountId);
        const marketValue = lots.reduce(
          (sum, { side, value }) => (side === 'LONG' ? sum.plus(value) : sum.minus(value)),
          ZERO,
        );
        const cashValue = [...cash].reduce(
          (sum, [currency, amount]) => sum.plus(amount.times(rateOf.get(currency) ?? new Decimal(NaN))),
          ZERO,
        );
        return [accountId, { cash, cashValue, marketValue, lotCount: lots.length }];
      }),
    );
  }

  /** What an account holds, in words; empty where that is nothing. */
  private async contentOf(id: string): Promise<string> {
    const row = await expectAccount(this.database.fork(), id);
    const own = (await this.values(row.portfolioId)).get(id);
    if (!own) return '';
    const cash = [...own.cash].map(([currency, amount]) => `${amount.toFixed()} ${currency}`);
    return [...cash, ...(own.lotCount > 0 ? [`${own.lotCount} open lots`] : [])].join(', ');
  }

  private async write(
    operation: string,
    input: { readonly idempotencyKey: string },
    work: (em: EntityManager) => Promise<string>,
  ): Promise<string> {
    const id = await this.database
      .fork()
      .transactional((em) => once(em, this.clock, operation, input, () => work(em)));
    await this.relay();
    return id;
  }

  private audit(
    em: EntityManager,
    action: 'CREATE_ACCOUNT' | 'UPDATE_ACCOUNT' | 'DELETE_ACCOUNT',
    { id, portfolioId }: AccountRow,
    actor: string,
    reason: string,
  ): Promise<void> {
    return writeAudit(em, this.clock, { action, subjectId: id, portfolioId, actor, details: { reason } });
  }
}

/** Names the accounts of a portfolio at a time, as they were known at another: one text for the same question. */
export function valuesKey(portfolioId: string, { at, knownAt }: Past = {}): string {
  return `${portfolioId} ${at?.getTime() ?? ''} ${knownAt?.getTime() ?? ''}`;
}

/** The method that every account has; null where they have different ones. */
export function commonMethodOf(accounts: readonly Pick<AccountRow, 'lotMethod'>[]): LotMethod | null {
  const methods = new Set(accounts.map(({ lotMethod }) => lotMethod));
  return methods.size === 1 ? [...methods][0] : null;
}

function nameOf(text: string): string {
  const name = text.trim();
  if (name === '' || name.length > 120)
    throw invalid(`expected a name of 1 to 120 characters, was ${JSON.stringify(text)}`, 'input', 'name');
  return name;
}

async function expectAccount(em: EntityManager, id: string): Promise<AccountRow> {
  const row = await em.findOne(AccountRow, { id });
  if (!row) throw notFound('account', id, 'input', 'id');
  return row;
}

async function expectFree(em: EntityManager, portfolioId: string, name: string): Promise<void> {
  if (await em.findOne(AccountRow, { portfolioId, name }))
    throw refused('DUPLICATE', `expected a name that is not taken, was ${name}`, 'input', 'name');
}

/** A portfolio always has an account that takes transactions. */
async function expectOther(
  em: EntityManager,
  { id, portfolioId, name }: AccountRow,
  field: string,
): Promise<void> {
  if (!(await em.findOne(AccountRow, { portfolioId, closedAt: null, id: { $ne: id } })))
    throw invalid(`expected another open account in the portfolio, was ${name} alone`, 'input', field);
}
