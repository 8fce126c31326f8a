import { Arg, Args, Ctx, FieldResolver, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import type { Context } from '../context.ts';
import { ImportPayload, ImportRun, toImportRun } from '../market-data/import-run.type.ts';
import { Instrument } from '../market-data/instrument.type.ts';
import { toInstrument } from '../market-data/market-data.resolver.ts';
import { type Connection, pageOf, toConnection } from '../platform/graphql/connection.ts';
import { actorName } from '../platform/viewer.ts';
import { payload, UserProblem } from '../platform/graphql/errors.ts';
import { FILE_FORMATS } from '../trade/imports/file-formats.ts';
import type { RowVerdict } from '../trade/imports/plan.ts';
import { TransactionImportsArgs } from './history.args.ts';
import { ImportPreviewInput, ImportTransactionsInput, UndoImportInput } from './import.input.ts';
import {
  BalanceComparison,
  ImportAccount,
  ImportFormat,
  ImportPreviewResult,
  ImportRow,
  ImportRowConnection,
  ImportSymbol,
  RowVerdictEnum,
  TransactionImport,
  TransactionImportConnection,
  UndoImportPayload,
  VerdictCount,
} from './import.type.ts';
import {
  toAccounts,
  toBalances,
  toImport,
  toImportRow,
  toPreview,
  toSymbols,
  toVerdicts,
} from './import-views.ts';
import { toPortfolio } from './portfolio.resolver.ts';
import { Portfolio } from './portfolio.type.ts';

@Resolver(() => Portfolio)
export class PortfolioImportResolver {
  @Query(() => [ImportFormat], { description: 'The formats of files that are recognised, by name.' })
  importFormats(): ImportFormat[] {
    return FILE_FORMATS.map((one) => Object.assign(new ImportFormat(), one));
  }

  @Query(() => ImportPreviewResult, {
    description:
      'What a file of transactions looks like: its format, or its columns and what they seem to hold.',
  })
  async importPreview(
    @Ctx() { services }: Context,
    @Arg('input', () => ImportPreviewInput, { description: 'The file.' }) input: ImportPreviewInput,
  ): Promise<typeof ImportPreviewResult> {
    try {
      return toPreview(await services.transactionImports.preview(input.portfolioId, input.uploadId));
    } catch (problem) {
      if (problem instanceof UserProblem) return problem.error as typeof ImportPreviewResult;
      throw problem;
    }
  }

  @Mutation(() => ImportPayload, {
    description: 'Imports transactions from the file of a broker or any CSV, in the background.',
  })
  importTransactions(
    @Ctx() { services }: Context,
    @Arg('input', () => ImportTransactionsInput, { description: 'The file and the portfolio.' })
    input: ImportTransactionsInput,
  ): Promise<ImportPayload> {
    return payload(async () => ({
      run: toImportRun(await services.transactionImports.start(input, actorName())),
    }));
  }

  @Mutation(() => UndoImportPayload, {
    description:
      'Voids everything that an import wrote; refused where later transactions depend on it. Instruments and accounts that it made stay.',
  })
  undoImport(
    @Ctx() { services }: Context,
    @Arg('input', () => UndoImportInput, { description: 'The import.' }) input: UndoImportInput,
  ): Promise<UndoImportPayload> {
    return payload(async () => {
      const undone = await services.transactionImports.undo(input, actorName());
      return { import: toImport(undone.import), portfolio: toPortfolio(undone.portfolio) };
    });
  }

  @FieldResolver(() => TransactionImportConnection, {
    description: 'The imports of transactions into it.',
  })
  async imports(
    @Ctx() { services }: Context,
    @Root() { id }: Portfolio,
    @Args(() => TransactionImportsArgs) { first, after, filter, orderBy }: TransactionImportsArgs,
  ): Promise<Connection<TransactionImport>> {
    const { offset, limit } = pageOf(first, after);
    const [rows, total] = await services.transactionImports.page(id, filter ?? {}, offset, limit, orderBy);
    return toConnection(rows.map(toImport), offset, total);
  }
}

@Resolver(() => ImportRun)
export class ImportRunResolver {
  @FieldResolver(() => ImportFormat, {
    nullable: true,
    description: 'The format of a file of transactions, once it is read.',
  })
  format(@Root() { row }: ImportRun): ImportFormat | null {
    const format = row.result?.format as ImportFormat | undefined;
    return format ? Object.assign(new ImportFormat(), format) : null;
  }

  @FieldResolver(() => [VerdictCount], {
    description: 'How many rows of a file of transactions have each verdict.',
  })
  verdicts(@Root() { row }: ImportRun): VerdictCount[] {
    return toVerdicts(row);
  }

  @FieldResolver(() => [ImportSymbol], {
    description: 'The first 1,000 instruments of a file of transactions, those that need a choice first.',
  })
  symbols(@Root() { row }: ImportRun): ImportSymbol[] {
    return toSymbols(row);
  }

  @FieldResolver(() => [ImportAccount], {
    description: 'The accounts that a file of transactions makes or changes, those it makes first.',
  })
  accounts(@Root() { row }: ImportRun): ImportAccount[] {
    return toAccounts(row);
  }

  @FieldResolver(() => BalanceComparison, {
    nullable: true,
    description: 'How its running balances compare with the ledger; null where it has none.',
  })
  balances(@Root() { row }: ImportRun): BalanceComparison | null {
    return toBalances(row);
  }

  @FieldResolver(() => ImportRowConnection, {
    description: 'The rows of a file of transactions in their order; those of a check are kept for a day.',
  })
  async transactionRows(
    @Ctx() { services }: Context,
    @Root() { id }: ImportRun,
    @Arg('first', () => Int, { description: 'How many, 1 to 100.' }) first: number,
    @Arg('after', () => String, { nullable: true, description: 'The cursor to go on from.' }) after?: string,
    @Arg('verdicts', () => [RowVerdictEnum], { nullable: true, description: 'With any of these verdicts.' })
    verdicts?: RowVerdict[],
  ): Promise<Connection<ImportRow>> {
    const { offset, limit } = pageOf(first, after);
    const [rows, total] = await services.transactionImports.rows(id, verdicts ?? null, offset, limit);
    return toConnection(rows.map(toImportRow), offset, total);
  }

  @FieldResolver(() => TransactionImport, {
    nullable: true,
    description: 'What it brought into the ledger; null for a check and for other kinds.',
  })
  async transactionImport(
    @Ctx() { services }: Context,
    @Root() { id }: ImportRun,
  ): Promise<TransactionImport | null> {
    const found = await services.transactionImports.find(id);
    return found && toImport(found);
  }
}

@Resolver(() => ImportSymbol)
export class ImportSymbolResolver {
  @FieldResolver(() => Instrument, { nullable: true, description: 'Which one of the ledger it is.' })
  async instrument(@Ctx() { loaders }: Context, @Root() symbol: ImportSymbol): Promise<Instrument | null> {
    const row = symbol.instrumentId && (await loaders.instruments.load(symbol.instrumentId));
    return row ? toInstrument(row) : null;
  }

  @FieldResolver(() => [Instrument], { description: 'Which ones it might be, the likeliest first.' })
  async candidates(@Ctx() { loaders }: Context, @Root() symbol: ImportSymbol): Promise<Instrument[]> {
    const rows = await Promise.all(symbol.candidateIds.map((id) => loaders.instruments.load(id)));
    return rows.flatMap((row) => (row ? [toInstrument(row)] : []));
  }
}

@Resolver(() => TransactionImport)
export class TransactionImportResolver {
  @FieldResolver(() => Portfolio, { description: 'The portfolio that it brought transactions into.' })
  async portfolio(@Ctx() { loaders }: Context, @Root() one: TransactionImport): Promise<Portfolio> {
    return toPortfolio((await loaders.portfolios.load(one.portfolioId))!);
  }
}
