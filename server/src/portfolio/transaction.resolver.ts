import { Arg, Args, Ctx, FieldResolver, Int, Mutation, Resolver, Root } from 'type-graphql';
import type { Context } from '../context.ts';
import { Instrument } from '../market-data/instrument.type.ts';
import { toInstrument, trimDecimal } from '../market-data/market-data.resolver.ts';
import { type Connection, pageOf, toConnection } from '../platform/graphql/connection.ts';
import { payload } from '../platform/graphql/errors.ts';
import { actorName } from '../platform/viewer.ts';
import type { StoredAuditEntry } from '../trade/audit.ts';
import { statedAmountOf } from '../trade/transaction-draft.ts';
import type { TransactionView } from '../trade/transaction.store.ts';
import { asksForValues, listAccounts } from './account-list.ts';
import { valuesKey } from './account.service.ts';
import { toAccount } from './account.resolver.ts';
import { Account } from './account.type.ts';
import { AccountConnection, AccountsArgs } from './accounts.args.ts';
import { AuditLogArgs } from './history.args.ts';
import type { LedgerWrite } from './ledger.service.ts';
import { toPortfolio } from './portfolio.resolver.ts';
import { Portfolio } from './portfolio.type.ts';
import {
  RecordTransactionInput,
  ReplaceTransactionInput,
  TransactionFilter,
  TransactionOrder,
  VoidTransactionInput,
} from './transaction.input.ts';
import {
  AuditEntryConnection,
  AuditLogEntry,
  Transaction,
  TransactionConnection,
  TransactionPayload,
} from './transaction.type.ts';

export function toTransaction({ row, voided, replacesId }: TransactionView): Transaction {
  const trimmed = (value: string | null | undefined) => (value ? trimDecimal(value) : null);
  return Object.assign(new Transaction(), {
    ...row,
    quantity: trimmed(row.quantity),
    price: trimmed(row.price),
    amount: trimDecimal(row.amount),
    statedAmount: statedAmountOf(row),
    fee: trimDecimal(row.fee),
    exchangeRate: trimmed(row.exchangeRate),
    otherAmount: trimmed(row.otherAmount),
    tax: trimDecimal(row.tax),
    units: trimmed(row.units),
    perUnits: trimmed(row.perUnits),
    basisFraction: trimmed(row.basisFraction),
    costBasis: trimmed(row.costBasis),
    recordedAt: row.createdAt,
    recordedBy: row.createdBy,
    voided,
    replacesId,
  });
}

function toAuditEntry({ details, ...entry }: StoredAuditEntry): AuditLogEntry {
  const textOf = (name: string) => (typeof details[name] === 'string' ? details[name] : null);
  const [reason, replacementId] = [textOf('reason'), textOf('replacementId')];
  return Object.assign(new AuditLogEntry(), { ...entry, reason, replacementId });
}

/** A page of what was done to the ledger of a portfolio, also of a deleted one. */
export async function auditLogOf(
  { services }: Context,
  portfolioId: string,
  { first, after, filter, direction }: AuditLogArgs,
): Promise<Connection<AuditLogEntry>> {
  const { offset, limit } = pageOf(first, after);
  const isOldestFirst = direction === 'ASCENDING';
  const page = services.ledger.auditLog(portfolioId, filter ?? {}, isOldestFirst, offset, limit);
  const [entries, total] = await page;
  return toConnection(entries.map(toAuditEntry), offset, total);
}

const written = ({ transaction, portfolio }: LedgerWrite) => ({
  transaction: toTransaction(transaction),
  portfolio: toPortfolio(portfolio),
});

@Resolver(() => Transaction)
export class TransactionResolver {
  @Mutation(() => TransactionPayload, { description: 'Adds a transaction to the ledger of a portfolio.' })
  recordTransaction(
    @Ctx() { services }: Context,
    @Arg('input', () => RecordTransactionInput, { description: 'The transaction.' })
    input: RecordTransactionInput,
  ): Promise<TransactionPayload> {
    return payload(async () => written(await services.ledger.record(input, actorName())));
  }

  @Mutation(() => TransactionPayload, {
    description: 'Makes a transaction not count any more; it stays on record.',
  })
  voidTransaction(
    @Ctx() { services }: Context,
    @Arg('input', () => VoidTransactionInput, { description: 'The transaction.' })
    input: VoidTransactionInput,
  ): Promise<TransactionPayload> {
    return payload(async () => written(await services.ledger.void(input, actorName())));
  }

  @Mutation(() => TransactionPayload, {
    description: 'Corrects a transaction: voids it and adds another in its place.',
  })
  replaceTransaction(
    @Ctx() { services }: Context,
    @Arg('input', () => ReplaceTransactionInput, {
      description: 'The transaction and what it should have been.',
    })
    input: ReplaceTransactionInput,
  ): Promise<TransactionPayload> {
    return payload(async () => written(await services.ledger.replace(input, actorName())));
  }

  @FieldResolver(() => Instrument, { nullable: true, description: 'What it is about; null for cash alone.' })
  async instrument(
    @Ctx() { loaders }: Context,
    @Root() { instrumentId }: Transaction,
  ): Promise<Instrument | null> {
    return instrumentId === null ? null : toInstrument((await loaders.instruments.load(instrumentId))!);
  }

  @FieldResolver(() => Instrument, {
    nullable: true,
    description: 'What a spin-off, a merger or a ticker change leads to.',
  })
  async otherInstrument(
    @Ctx() { loaders }: Context,
    @Root() { otherInstrumentId }: Transaction,
  ): Promise<Instrument | null> {
    return otherInstrumentId === null
      ? null
      : toInstrument((await loaders.instruments.load(otherInstrumentId))!);
  }

  @FieldResolver(() => Account, { description: 'The account it is in.' })
  async account(@Ctx() { loaders }: Context, @Root() { accountId }: Transaction): Promise<Account> {
    return toAccount(await loaders.accounts.load(accountId));
  }

  @FieldResolver(() => Account, {
    nullable: true,
    description: 'The account that a transfer within the portfolio goes to.',
  })
  async counterAccount(
    @Ctx() { loaders }: Context,
    @Root() { counterAccountId }: Transaction,
  ): Promise<Account | null> {
    return counterAccountId === null ? null : toAccount(await loaders.accounts.load(counterAccountId));
  }
}

@Resolver(() => Portfolio)
export class PortfolioLedgerResolver {
  @FieldResolver(() => AccountConnection, { description: 'Its accounts, the oldest first.' })
  async accounts(
    @Ctx() { services, loaders }: Context,
    @Root() { id }: Portfolio,
    @Args(() => AccountsArgs) args: AccountsArgs,
  ): Promise<Connection<Account>> {
    const rows = await services.ledger.accounts(id);
    const values = asksForValues(args) ? await loaders.accountValues.load(valuesKey(id)) : new Map();
    const { page, offset, totalCount } = listAccounts(rows, values, args);
    return toConnection(page.map(toAccount), offset, totalCount);
  }

  @FieldResolver(() => AuditEntryConnection, { description: 'Who did what to its ledger.' })
  auditLog(
    @Ctx() context: Context,
    @Root() { id }: Portfolio,
    @Args(() => AuditLogArgs) args: AuditLogArgs,
  ): Promise<Connection<AuditLogEntry>> {
    return auditLogOf(context, id, args);
  }

  @FieldResolver(() => TransactionConnection, { description: 'Its transactions.' })
  async transactions(
    @Ctx() { services }: Context,
    @Root() { id }: Portfolio,
    @Arg('first', () => Int, { description: 'How many, 1 to 100.' }) first: number,
    @Arg('after', () => String, { nullable: true, description: 'The cursor to go on from.' }) after?: string,
    @Arg('filter', () => TransactionFilter, { nullable: true, description: 'Which ones.' })
    filter?: TransactionFilter,
    @Arg('orderBy', () => TransactionOrder, {
      nullable: true,
      description: 'How they are ordered; newest first when left out.',
    })
    orderBy?: TransactionOrder,
  ): Promise<Connection<Transaction>> {
    const { offset, limit } = pageOf(first, after);
    const search = filter?.search?.trim();
    const instrumentIds = search
      ? (await services.marketData.list({ search }, 0, 1_000))[0].map((row) => row.id)
      : undefined;
    const order = {
      orderBy: orderBy?.field ?? 'EXECUTED_AT',
      direction: orderBy?.direction ?? 'DESCENDING',
    } as const;
    const [views, total] = await services.ledger.page(
      id,
      { ...filter, ...order, instrumentIds, text: search },
      offset,
      limit,
    );
    return toConnection(views.map(toTransaction), offset, total);
  }
}
