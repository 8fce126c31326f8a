import { Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { UserError } from '../platform/graphql/errors.ts';
import { Node } from '../platform/graphql/node.ts';
import { CurrencyScalar, DecimalScalar } from '../platform/graphql/scalars.ts';
import type { RunRow } from '../run/run.entity.ts';
import { Run, runFields } from '../run/run.type.ts';
import type { DuplicateRule, ImportResult } from './import-run.ts';
import { AssetClassEnum } from './instrument.type.ts';
import { type Timeframe, TimeframeEnum } from './timeframe.ts';

export const ImportKind = { BARS: 'BARS', TRANSACTIONS: 'TRANSACTIONS' } as const;
registerEnumType(ImportKind, {
  name: 'ImportKind',
  description: 'What an import brings in.',
  valuesConfig: {
    BARS: { description: 'Bars of one instrument.' },
    TRANSACTIONS: { description: 'Transactions of one portfolio, from the file of a broker or any CSV.' },
  },
});

export const DuplicateRuleEnum = { SKIP: 'SKIP', REPLACE: 'REPLACE', REJECT: 'REJECT' } as const;
registerEnumType(DuplicateRuleEnum, {
  name: 'DuplicateRule',
  description: 'How an import treats what is stored already.',
  valuesConfig: {
    SKIP: { description: 'Keep what is stored and pass over the line.' },
    REPLACE: { description: 'The line replaces what is stored.' },
    REJECT: { description: 'The line is a problem.' },
  },
});

export const ProblemSeverity = { ERROR: 'ERROR', WARNING: 'WARNING' } as const;
registerEnumType(ProblemSeverity, {
  name: 'ProblemSeverity',
  description: 'How bad a problem is.',
  valuesConfig: {
    ERROR: { description: 'It cannot be used.' },
    WARNING: { description: 'It is used, but look at it.' },
  },
});

@ObjectType('ImportProblem', { description: 'A line that cannot be used, and why.' })
export class ImportProblemType {
  @Field(() => Int, { description: 'The line in the file, from 1.' })
  line!: number;

  @Field(() => String, {
    nullable: true,
    description: 'The column by its header, where one cell is at fault.',
  })
  column!: string | null;

  @Field(() => String, { nullable: true, description: 'What the cell holds.' })
  value!: string | null;

  @Field(() => String, { description: 'What was expected and what was found.' })
  reason!: string;

  @Field(() => ProblemSeverity, { description: 'How bad it is.' })
  severity!: 'ERROR' | 'WARNING';
}

@ObjectType('ImportColumn', { description: 'A column of the file and the field it was taken for.' })
export class ImportColumnType {
  @Field(() => String, { description: 'The field.' })
  field!: string;

  @Field(() => String, { description: 'The header in the file.' })
  header!: string;

  @Field(() => Int, { description: 'Its place, from 0.' })
  index!: number;
}

@ObjectType('ImportRun', {
  implements: [Run, Node],
  description: 'An import of a CSV file; a dry run stores nothing.',
})
export class ImportRun extends Run {
  @Field(() => ImportKind, { description: 'What it brings in.' })
  kind!: keyof typeof ImportKind;

  @Field(() => Boolean, { description: 'Whether it only checks.' })
  dryRun!: boolean;

  @Field(() => Int, { description: 'Lines read so far, without the header.' })
  rowsRead!: number;

  @Field(() => Int, { description: 'Lines that were stored, or would be.' })
  rowsImported!: number;

  @Field(() => Int, { description: 'Lines passed over because they are there already.' })
  rowsDuplicate!: number;

  @Field(() => Int, { description: 'Lines that cannot be used.' })
  rowsRejected!: number;

  @Field(() => [ImportProblemType], { description: 'The first 100 lines that cannot be used.' })
  problems!: ImportProblemType[];

  @Field(() => [ImportColumnType], { description: 'What the columns were taken for.' })
  columns!: ImportColumnType[];
}

/** An import's run with what it has counted so far. */
export function toImportRun(row: RunRow): ImportRun {
  const result = (row.result ?? {}) as Partial<ImportResult>;
  const { kind, dryRun } = row.request as { kind: keyof typeof ImportKind; dryRun: boolean };
  const {
    rowsRead = 0,
    rowsImported = 0,
    rowsDuplicate = 0,
    rowsRejected = 0,
    problems = [],
    columns = [],
  } = result;
  return Object.assign(runFields(ImportRun, row), {
    kind,
    dryRun,
    rowsRead,
    rowsImported,
    rowsDuplicate,
    rowsRejected,
    problems,
    columns,
  });
}

@ObjectType('ImportPayload', { description: 'The import that was begun, or why not.' })
export class ImportPayload {
  @Field(() => ImportRun, { nullable: true, description: 'The import; watch it by runEvents.' })
  run?: ImportRun;

  @Field(() => [UserError], { description: 'Why it was not begun; empty when it was.' })
  errors!: UserError[];
}

@InputType({ description: 'Bars to import from a CSV file.' })
export class ImportBarsInput {
  @Field(() => ID, {
    description: 'A key of 8 to 128 characters of your choice; the same key again gives the same run.',
  })
  idempotencyKey!: string;

  @Field(() => String, {
    nullable: true,
    description: 'The file itself, up to 1 MiB; larger ones go to POST /uploads first.',
  })
  content?: string;

  @Field(() => ID, { nullable: true, description: 'What POST /uploads answered.' })
  uploadId?: string;

  @Field(() => Boolean, { defaultValue: false, description: 'Only check, store nothing.' })
  dryRun!: boolean;

  @Field(() => Boolean, {
    defaultValue: false,
    description: 'Import the good lines although others cannot be used.',
  })
  skipInvalid!: boolean;

  @Field(() => DuplicateRuleEnum, {
    defaultValue: 'SKIP',
    description: 'How to treat what is stored already.',
  })
  duplicateRule!: DuplicateRule;

  @Field(() => String, {
    defaultValue: 'UTC',
    description: 'The time zone of times without one, e.g. "America/New_York".',
  })
  timeZone!: string;

  @Field(() => String, { description: 'The symbol the bars belong to; a new one makes an instrument.' })
  symbol!: string;

  @Field(() => TimeframeEnum, { defaultValue: 'DAY_1', description: 'How long the bars are.' })
  timeframe!: Timeframe;

  @Field(() => Boolean, {
    defaultValue: true,
    description: 'Whether the file stamps intraday bars at their start.',
  })
  isStampedAtOpen!: boolean;

  @Field(() => String, {
    nullable: true,
    description: 'The name of a new instrument; its symbol when left out.',
  })
  name?: string;

  @Field(() => CurrencyScalar, { defaultValue: 'USD', description: 'The currency of a new instrument.' })
  currency!: string;

  @Field(() => AssetClassEnum, { defaultValue: 'EQUITY', description: 'The class of a new instrument.' })
  assetClass!: string;

  @Field(() => String, { nullable: true, description: 'The exchange of a new instrument.' })
  exchange?: string;

  @Field(() => String, {
    nullable: true,
    description: 'The calendar of a new instrument: XNYS, 24x7 or NONE.',
  })
  calendar?: string;

  @Field(() => DecimalScalar, {
    nullable: true,
    description: 'The smallest tradable quantity of a new instrument; 0 for any fraction.',
  })
  lotSize?: string;
}
