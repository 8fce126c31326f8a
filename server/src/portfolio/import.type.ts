import { createUnionType, Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { AssetClassEnum } from '../market-data/instrument.type.ts';
import { connectionOf } from '../platform/graphql/connection.ts';
import { InputError, NotFoundError, UserError } from '../platform/graphql/errors.ts';
import { CurrencyScalar, DateTimeScalar, DecimalScalar } from '../platform/graphql/scalars.ts';
import { BROKER_TRANSACTION_KINDS, type BrokerTransactionKind } from '../trade/brokers/broker-transaction.ts';
import { CSV_FIELDS, type CsvField, type KindWord } from '../trade/imports/csv-mapping.ts';
import type { RowVerdict } from '../trade/imports/plan.ts';
import type { LotMethod } from '../trade/lots.ts';
import { LotMethodEnum } from './lot.type.ts';
import { Portfolio } from './portfolio.type.ts';

export const BrokerRowKindEnum = Object.fromEntries(BROKER_TRANSACTION_KINDS.map((kind) => [kind, kind])) as {
  [Kind in BrokerTransactionKind]: Kind;
};
registerEnumType(BrokerRowKindEnum, {
  name: 'BrokerRowKind',
  description: "What a row of a broker's file is.",
  valuesConfig: {
    BUY: { description: 'Units bought.' },
    SELL: { description: 'Units sold.' },
    DIVIDEND: { description: 'Cash from units held.' },
    INTEREST: { description: 'Interest received or paid.' },
    REINVESTED_DIVIDEND: {
      description:
        'A dividend and the units that all of it bought, in one row: two transactions, undone together.',
    },
    REWARD: { description: 'Given by the broker: a bonus, a free share, a staking reward.' },
    FEE: { description: 'A fee, or a refund of one.' },
    TAX: { description: 'A tax, or a refund of one.' },
    DEPOSIT: { description: 'Cash brought in.' },
    WITHDRAWAL: { description: 'Cash taken out.' },
    TRANSFER_IN: { description: 'Units or cash from elsewhere.' },
    TRANSFER_OUT: { description: 'Units or cash to elsewhere.' },
    CURRENCY_EXCHANGE: { description: 'One side of an exchange between currencies.' },
    SPLIT: { description: 'Units become more or fewer.' },
    SPIN_OFF: { description: 'Units of another instrument for units held.' },
    MERGER: { description: 'Units become those of another instrument, or cash.' },
    TICKER_CHANGE: { description: 'The same units under another symbol.' },
    STOCK_DIVIDEND: { description: 'More units at no cost.' },
    RETURN_OF_CAPITAL: { description: 'Cash that lowers the cost of units.' },
    CASH_IN_LIEU: { description: 'Cash for a fraction of a unit.' },
    ADJUSTMENT: { description: 'A correction of cash or units.' },
  },
});

export const ImportFieldEnum = Object.fromEntries(CSV_FIELDS.map((field) => [field, field])) as {
  [Field in CsvField]: Field;
};
registerEnumType(ImportFieldEnum, {
  name: 'ImportField',
  description: 'What a column of a file may hold.',
  valuesConfig: {
    date: { description: 'The date, with or without a time.' },
    time: { description: 'The time of day, where it has a column of its own.' },
    kind: { description: 'What the row is, such as buy or dividend.' },
    symbol: { description: 'The symbol of the instrument.' },
    isin: { description: 'The international number of the instrument.' },
    name: { description: 'The name of the instrument.' },
    quantity: { description: 'Units; below 0 for a sale where no column tells what the row is.' },
    price: { description: 'The price per unit.' },
    amount: { description: 'The amount of money.' },
    currency: { description: 'The currency of the amount.' },
    fee: { description: 'The fee, with either sign.' },
    tax: { description: 'The tax, with either sign.' },
    externalId: { description: "The broker's own identifier." },
    note: { description: 'A note.' },
  },
});

export const RowVerdictEnum = {
  NEW: 'NEW',
  DUPLICATE: 'DUPLICATE',
  ERROR: 'ERROR',
  NEEDS_SYMBOL: 'NEEDS_SYMBOL',
  SKIPPED: 'SKIPPED',
} as const;
registerEnumType(RowVerdictEnum, {
  name: 'RowVerdict',
  description: 'What becomes of a row of a file.',
  valuesConfig: {
    NEW: { description: 'It is brought in.' },
    DUPLICATE: { description: 'It is there already and is passed over.' },
    ERROR: { description: 'It cannot be used.' },
    NEEDS_SYMBOL: { description: 'It is about an instrument that is not known: choose one.' },
    SKIPPED: { description: 'It has no effect on the ledger, or is left out by choice.' },
  },
});

export const SymbolActionEnum = { MAP: 'MAP', CREATE: 'CREATE', SKIP: 'SKIP' } as const;
registerEnumType(SymbolActionEnum, {
  name: 'SymbolAction',
  description: 'What to do with an instrument of a file.',
  valuesConfig: {
    MAP: { description: 'It is one of the ledger.' },
    CREATE: { description: 'Make a new one; only for administrators, others leave it open.' },
    SKIP: { description: 'Leave its rows out.' },
  },
});

export const SymbolStateEnum = {
  KNOWN: 'KNOWN',
  NEW: 'NEW',
  SKIPPED: 'SKIPPED',
  UNRESOLVED: 'UNRESOLVED',
} as const;
registerEnumType(SymbolStateEnum, {
  name: 'SymbolState',
  description: 'How an instrument of a file stands.',
  valuesConfig: {
    KNOWN: { description: 'It is one of the ledger.' },
    NEW: { description: 'The import makes it.' },
    SKIPPED: { description: 'Its rows are left out by choice.' },
    UNRESOLVED: { description: 'It is not known which one it is.' },
  },
});

@ObjectType({ description: 'A format of files that is recognised.' })
export class ImportFormat {
  @Field(() => ID, { description: 'Its id.' })
  id!: string;

  @Field(() => String, { description: 'Its name.' })
  name!: string;
}

@ObjectType({ description: 'A word of the column of kinds, and what it is taken for.' })
export class ImportKindWord {
  @Field(() => String, { description: 'The word.' })
  word!: string;

  @Field(() => BrokerRowKindEnum, {
    nullable: true,
    description: 'What it is taken for; null where that is open.',
  })
  kind!: BrokerTransactionKind | null;

  @Field(() => Boolean, {
    description: 'Whether somebody chose that for an earlier file, so that null leaves its rows out.',
  })
  isChosen!: boolean;
}

@ObjectType({ description: 'A column of a file with its first cells.' })
export class ImportPreviewColumn {
  @Field(() => Int, { description: 'Its place, from 0.' })
  index!: number;

  @Field(() => String, { description: 'Its header.' })
  header!: string;

  @Field(() => [String], { description: 'Its first cells.' })
  samples!: string[];

  @Field(() => ImportFieldEnum, { nullable: true, description: 'What it seems to hold.' })
  field!: CsvField | null;

  @Field(() => [ImportKindWord], {
    description: 'The first 50 words in it, and what they are taken for where it is chosen to hold kinds.',
  })
  words!: KindWord[];
}

@ObjectType({ description: 'What a file of transactions looks like.' })
export class ImportPreview {
  @Field(() => ImportFormat, {
    nullable: true,
    description: 'Its format; null where its columns are to be chosen.',
  })
  format!: ImportFormat | null;

  @Field(() => [ImportPreviewColumn], { description: 'Its columns; empty for files that are no CSV.' })
  columns!: ImportPreviewColumn[];

  @Field(() => Boolean, { description: 'Whether dates with points or strokes begin with the day.' })
  isDayFirst!: boolean;

  @Field(() => Boolean, { description: 'Whether a comma stands before decimals.' })
  hasDecimalComma!: boolean;

  @Field(() => Boolean, { description: 'Whether amounts are after costs.' })
  isAmountNet!: boolean;

  @Field(() => [ImportKindWord], {
    description:
      'The words of the column that seems to hold kinds: those that were chosen before, and the first 50 that are new.',
  })
  kinds!: ImportKindWord[];

  @Field(() => Boolean, { description: 'Whether this is how a file with the same header was read before.' })
  isRemembered!: boolean;
}

export const ImportPreviewResult = createUnionType({
  name: 'ImportPreviewResult',
  description: 'What a file looks like, or why it cannot be looked into.',
  types: () => [ImportPreview, InputError, NotFoundError] as const,
});

@ObjectType({ description: 'A row of a file with what becomes of it.' })
export class ImportRow {
  @Field(() => Int, { description: 'The line on which it begins, from 1.' })
  line!: number;

  @Field(() => RowVerdictEnum, { description: 'What becomes of it.' })
  verdict!: RowVerdict;

  @Field(() => String, { nullable: true, description: 'Why.' })
  reason!: string | null;

  @Field(() => String, { nullable: true, description: 'What it is, in the words of the file.' })
  kind!: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it happened.' })
  occurredAt!: Date | null;

  @Field(() => String, { nullable: true, description: 'The instrument as the file calls it.' })
  instrument!: string | null;

  @Field(() => String, { nullable: true, description: 'The symbol in the ledger.' })
  symbol!: string | null;

  @Field(() => DecimalScalar, { nullable: true, description: 'Units.' })
  quantity!: string | null;

  @Field(() => DecimalScalar, { nullable: true, description: 'Price per unit, as the file states it.' })
  price!: string | null;

  @Field(() => DecimalScalar, { nullable: true, description: 'What it moves in cash, costs taken off.' })
  amount!: string | null;

  @Field(() => String, { nullable: true, description: 'The currency of the amount.' })
  currency!: string | null;

  @Field(() => DecimalScalar, { nullable: true, description: 'The fee.' })
  fee!: string | null;

  @Field(() => DecimalScalar, { nullable: true, description: 'The tax.' })
  tax!: string | null;

  @Field(() => String, { nullable: true, description: 'What the file says beside it.' })
  description!: string | null;
}

export const ImportRowConnection = connectionOf(ImportRow, 'ImportRow');

@ObjectType({ description: 'How many rows have a verdict.' })
export class VerdictCount {
  @Field(() => RowVerdictEnum, { description: 'The verdict.' })
  verdict!: RowVerdict;

  @Field(() => Int, { description: 'How many rows have it.' })
  count!: number;
}

@ObjectType({ description: 'An instrument that an import makes, or could make.' })
export class ImportInstrument {
  @Field(() => String, { description: 'The short code.' })
  symbol!: string;

  @Field(() => String, { description: 'The full name.' })
  name!: string;

  @Field(() => CurrencyScalar, { description: 'The currency of its prices.' })
  currency!: string;

  @Field(() => AssetClassEnum, { description: 'What kind of thing it is.' })
  assetClass!: string;

  @Field(() => String, { nullable: true, description: 'The international number of a security.' })
  isin!: string | null;
}

@ObjectType({ description: 'An instrument of a file, and which one of the ledger it is.' })
export class ImportSymbol {
  @Field(() => String, { description: 'Names it in choices.' })
  key!: string;

  @Field(() => String, { nullable: true, description: 'Its international number in the file.' })
  isin!: string | null;

  @Field(() => String, { nullable: true, description: 'Its symbol in the file.' })
  symbol!: string | null;

  @Field(() => String, { nullable: true, description: 'Its name in the file.' })
  name!: string | null;

  @Field(() => Int, { description: 'How many rows are about it.' })
  rowCount!: number;

  @Field(() => SymbolStateEnum, { description: 'How it stands.' })
  state!: keyof typeof SymbolStateEnum;

  @Field(() => ImportInstrument, {
    nullable: true,
    description: 'What the import makes, or would make if it is told to.',
  })
  suggestion!: ImportInstrument | null;

  instrumentId!: string | null;
  candidateIds!: readonly string[];
}

@ObjectType({ description: 'Where a running balance of the file and the ledger begin to differ.' })
export class BalanceDifference {
  @Field(() => Int, { description: 'The line of the file.' })
  line!: number;

  @Field(() => DateTimeScalar, { description: 'When.' })
  at!: Date;

  @Field(() => String, { description: 'The currency or coin.' })
  asset!: string;

  @Field(() => DecimalScalar, { description: 'What the file states.' })
  expected!: string;

  @Field(() => DecimalScalar, { description: 'What the account has after the import.' })
  was!: string;

  @Field(() => DecimalScalar, {
    description: 'What is missing since the balance before, or before the first row of the file.',
  })
  missing!: string;

  @Field(() => Boolean, {
    description: 'Whether an opening balance of what is missing explains it: recordsOpeningBalances.',
  })
  isOpening!: boolean;
}

@ObjectType({ description: 'The running balances of a file held against the account after the import.' })
export class BalanceComparison {
  @Field(() => Int, { description: 'How many balances were compared: the last of each time.' })
  compared!: number;

  @Field(() => Int, { description: 'How many agree.' })
  agreed!: number;

  @Field(() => Int, {
    description:
      'How many the rows explain: from the balance before, or from what was there before the first row. The rest shows rows that the file leaves out.',
  })
  explained!: number;

  @Field(() => [BalanceDifference], {
    description: 'The first 100 places where a difference begins or changes.',
  })
  differences!: BalanceDifference[];
}

@ObjectType({ description: 'An account that an import makes or changes.' })
export class ImportAccount {
  @Field(() => String, { description: 'Its name.' })
  name!: string;

  @Field(() => LotMethodEnum, { description: 'Which lots its sales close from then on.' })
  lotMethod!: LotMethod;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'Since when it takes no more transactions; null where it is open.',
  })
  closedAt!: Date | null;

  @Field(() => Boolean, { description: 'Whether it is made, or one without transactions that becomes so.' })
  isNew!: boolean;
}

@ObjectType({ description: 'An import of transactions that was carried out.' })
export class TransactionImport {
  @Field(() => ID, { description: 'The id of its run, which its transactions carry.' })
  id!: string;

  @Field(() => String, { nullable: true, description: 'What the file was called.' })
  fileName!: string | null;

  @Field(() => String, { description: 'The format of the file.' })
  formatName!: string;

  @Field(() => DateTimeScalar, { description: 'When it was carried out.' })
  createdAt!: Date;

  @Field(() => String, { description: 'Who did it.' })
  createdBy!: string;

  @Field(() => Int, { description: 'Rows that were brought in.' })
  rowsNew!: number;

  @Field(() => Int, { description: 'Rows that were there already.' })
  rowsDuplicate!: number;

  @Field(() => Int, { description: 'Rows without effect on the ledger.' })
  rowsSkipped!: number;

  @Field(() => Int, { description: 'Rows that could not be used.' })
  rowsRejected!: number;

  @Field(() => Int, { description: 'Transactions that it wrote.' })
  transactionCount!: number;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was undone; null while it counts.' })
  undoneAt!: Date | null;

  @Field(() => String, { nullable: true, description: 'Who undid it.' })
  undoneBy!: string | null;

  portfolioId!: string;
}

export const TransactionImportConnection = connectionOf(TransactionImport, 'TransactionImport');

@ObjectType({ description: 'The import that was undone, or why not.' })
export class UndoImportPayload {
  @Field(() => TransactionImport, { nullable: true, description: 'The import.' })
  import?: TransactionImport;

  @Field(() => Portfolio, {
    nullable: true,
    description: 'The portfolio with the new version of its ledger.',
  })
  portfolio?: Portfolio;

  @Field(() => [UserError], { description: 'Why nothing was undone; empty when it was.' })
  errors!: UserError[];
}
