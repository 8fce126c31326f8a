import { BROKER_TRANSACTION_KINDS, type BrokerTransactionKind } from '../trade/brokers/broker-transaction.ts';
import { CSV_FIELDS, type CsvField, type CsvMapping, type KindWord } from '../trade/imports/csv-mapping.ts';
import { choiceOf, type ImportOptions, partsOf, UsageError } from './import-arguments.ts';

/** What a preview says of the columns of a file. */
export interface PreviewedColumns extends Omit<CsvMapping, 'columns' | 'kinds'> {
  readonly kinds: readonly KindWord[];
  readonly columns: readonly {
    readonly index: number;
    readonly header: string;
    readonly field: CsvField | null;
  }[];
  readonly isRemembered: boolean;
}

/** Whether the options say how columns are read. */
export function hasColumnOptions({ column, kind, dates, decimals, amounts }: ImportOptions): boolean {
  return column.length + kind.length > 0 || Boolean(dates ?? decimals ?? amounts);
}

/** How columns are read: as they were before or are guessed, and in what the options say otherwise. */
export function columnsOf(preview: PreviewedColumns, options: ImportOptions): CsvMapping {
  const places = new Map<CsvField, number>();
  for (const { index, field } of preview.columns) if (field) places.set(field, index);
  for (const text of options.column) {
    const [field, header] = partsOf('column', text);
    if (!isField(field)) throw new UsageError(`expected a field of ${CSV_FIELDS.join(', ')}, was ${field}`);
    const column = preview.columns.find((one) => one.header.trim() === header);
    if (header !== '' && !column) {
      const headers = preview.columns.map((one) => one.header).join(', ');
      throw new UsageError(`expected a column of the file (${headers}), was ${header}`);
    }
    // A column holds one thing.
    for (const [other, index] of places) if (index === column?.index) places.delete(other);
    if (column) places.set(field, column.index);
    else places.delete(field);
  }
  // A word that nobody has said anything of is an error of its rows, and leaves none out in silence.
  const said = preview.kinds.filter(({ kind, isChosen }) => kind !== null || isChosen);
  const kinds = new Map(said.map(({ word, kind }) => [word, kind]));
  for (const text of options.kind) {
    const [word, kind] = partsOf('kind', text);
    if (kind !== '' && !isKind(kind))
      throw new UsageError(`expected a kind of ${BROKER_TRANSACTION_KINDS.join(', ')}, was ${kind}`);
    kinds.set(word, kind === '' ? null : (kind as BrokerTransactionKind));
  }
  return {
    columns: [...places].map(([field, index]) => ({ field, index })),
    kinds: places.has('kind') ? [...kinds].map(([word, kind]) => ({ word, kind })) : [],
    isDayFirst: choiceOf('dates', options.dates, 'day-first', 'month-first') ?? preview.isDayFirst,
    hasDecimalComma: choiceOf('decimals', options.decimals, 'comma', 'point') ?? preview.hasDecimalComma,
    isAmountNet: choiceOf('amounts', options.amounts, 'net', 'gross') ?? preview.isAmountNet,
  };
}

function isField(text: string): text is CsvField {
  return (CSV_FIELDS as readonly string[]).includes(text);
}

function isKind(text: string): text is BrokerTransactionKind {
  return (BROKER_TRANSACTION_KINDS as readonly string[]).includes(text);
}
