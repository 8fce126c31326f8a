import { Field, ID, InputType, Int } from 'type-graphql';
import { AssetClassEnum } from '../market-data/instrument.type.ts';
import { CurrencyScalar } from '../platform/graphql/scalars.ts';
import type { BrokerTransactionKind } from '../trade/brokers/broker-transaction.ts';
import type { CsvField } from '../trade/imports/csv-mapping.ts';
import { BrokerRowKindEnum, ImportFieldEnum, SymbolActionEnum } from './import.type.ts';

@InputType({ description: 'A column of a CSV file and what it holds.' })
export class ImportColumnInput {
  @Field(() => ImportFieldEnum, { description: 'What it holds.' })
  field!: CsvField;

  @Field(() => Int, { description: 'Its place, from 0.' })
  index!: number;
}

@InputType({ description: 'What a word in the column of kinds means.' })
export class ImportKindWordInput {
  @Field(() => String, { description: 'The word, in any case.' })
  word!: string;

  @Field(() => BrokerRowKindEnum, { nullable: true, description: 'What it means; null leaves its rows out.' })
  kind!: BrokerTransactionKind | null;
}

@InputType({ description: 'How the columns of a CSV file are read.' })
export class ImportMappingInput {
  @Field(() => [ImportColumnInput], { description: 'The columns that are read; others are left out.' })
  columns!: ImportColumnInput[];

  @Field(() => Boolean, { description: 'Whether 3/4/2024 is in April.' })
  isDayFirst!: boolean;

  @Field(() => Boolean, { description: 'Whether 1.234,56 is a little more than one thousand.' })
  hasDecimalComma!: boolean;

  @Field(() => Boolean, {
    defaultValue: true,
    description: 'Whether the amount is what moved in cash, fee and tax taken off.',
  })
  isAmountNet!: boolean;

  @Field(() => [ImportKindWordInput], { description: 'Words of the column of kinds.' })
  kinds!: ImportKindWordInput[];
}

@InputType({ description: 'An instrument that the import is to make.' })
export class ImportInstrumentInput {
  @Field(() => String, { description: 'The short code.' })
  symbol!: string;

  @Field(() => String, { description: 'The full name.' })
  name!: string;

  @Field(() => CurrencyScalar, { description: 'The currency of its prices.' })
  currency!: string;

  @Field(() => AssetClassEnum, { description: 'What kind of thing it is.' })
  assetClass!: string;

  @Field(() => String, { nullable: true, description: 'The international number of a security.' })
  isin?: string | null;
}

@InputType({ description: 'What rows about an instrument of the file mean in the ledger; it is remembered.' })
export class SymbolChoiceInput {
  @Field(() => String, { description: 'The key of the instrument in the file, from a check.' })
  key!: string;

  @Field(() => SymbolActionEnum, { description: 'What to do.' })
  action!: keyof typeof SymbolActionEnum;

  @Field(() => ID, { nullable: true, description: 'The instrument, with MAP.' })
  instrumentId?: string | null;

  @Field(() => ImportInstrumentInput, { nullable: true, description: 'The new instrument, with CREATE.' })
  instrument?: ImportInstrumentInput | null;
}

@InputType({ description: 'A file of transactions to look into before it is imported.' })
export class ImportPreviewInput {
  @Field(() => ID, { description: 'The portfolio that it is for.' })
  portfolioId!: string;

  @Field(() => ID, { description: 'What POST /uploads answered.' })
  uploadId!: string;
}

@InputType({ description: 'A file of transactions and how to bring them in.' })
export class ImportTransactionsInput {
  @Field(() => ID, {
    description: 'A key of 8 to 128 characters of your choice; the same key again gives the same run.',
  })
  idempotencyKey!: string;

  @Field(() => ID, { description: 'The portfolio.' })
  portfolioId!: string;

  @Field(() => Int, {
    description:
      "The portfolio's ledgerVersion that it is based on, as the import begins; rows written meanwhile count as there already.",
  })
  expectedVersion!: number;

  @Field(() => ID, {
    nullable: true,
    description:
      "The account; the portfolio's first when left out. Files that name their accounts go to those.",
  })
  accountId?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'The file itself, up to 1 MiB; larger ones go to POST /uploads first.',
  })
  content?: string;

  @Field(() => ID, { nullable: true, description: 'What POST /uploads answered.' })
  uploadId?: string;

  @Field(() => String, { nullable: true, description: 'What the file is called, for the history.' })
  fileName?: string | null;

  @Field(() => ID, {
    nullable: true,
    description: 'The format, of importFormats; recognised by the header when left out.',
  })
  formatId?: string | null;

  @Field(() => ImportMappingInput, {
    nullable: true,
    description:
      'How its columns are read; for files that no format knows. It is remembered for the same header.',
  })
  mapping?: ImportMappingInput | null;

  @Field(() => String, {
    nullable: true,
    description: "The time zone of times without one; the format's own when left out.",
  })
  timeZone?: string | null;

  @Field(() => CurrencyScalar, {
    nullable: true,
    description: 'The currency of rows that name none; that of the portfolio when left out.',
  })
  currency?: string | null;

  @Field(() => [SymbolChoiceInput], {
    nullable: true,
    description: 'What instruments mean that were not found; earlier choices are remembered.',
  })
  symbols?: SymbolChoiceInput[] | null;

  @Field(() => Boolean, {
    defaultValue: false,
    description: 'Whether instruments that are not found are made as suggested; only for administrators.',
  })
  createsMissingInstruments!: boolean;

  @Field(() => Boolean, {
    defaultValue: false,
    description:
      "Record cash that the file's running balances tell of before its first row, where the account knows nothing of it.",
  })
  recordsOpeningBalances!: boolean;

  @Field(() => Boolean, { defaultValue: false, description: 'Only check, store nothing.' })
  dryRun!: boolean;

  @Field(() => Boolean, {
    defaultValue: false,
    description: 'Import the good rows although others cannot be used; otherwise all or nothing.',
  })
  skipInvalid!: boolean;
}

@InputType({ description: 'An import that is to be taken back.' })
export class UndoImportInput {
  @Field(() => ID, {
    description: 'A key of 8 to 128 characters of your choice; the same key again gives the same answer.',
  })
  idempotencyKey!: string;

  @Field(() => ID, { description: 'The import: the id of its run.' })
  id!: string;

  @Field(() => Int, { description: "The portfolio's ledgerVersion that it is based on." })
  expectedVersion!: number;
}
