import type {
  BrokerRowKind,
  ImportField,
  ImportFilePreviewQuery,
  ImportMappingInput,
} from '#lib/graphql/generated/graphql.ts';

export type Preview = Extract<ImportFilePreviewQuery['importPreview'], { __typename: 'ImportPreview' }>;

/** What rows with a word are; an empty text is no choice yet. */
export type WordKind = BrokerRowKind | 'LEFT_OUT' | '';

/** What a person chooses about the columns of a file; an empty text is no choice. */
export interface Mapping {
  fields: (ImportField | '')[];
  isDayFirst: boolean;
  hasDecimalComma: boolean;
  isAmountNet: boolean;
  kinds: { word: string; kind: WordKind }[];
}

/** What columns may hold, in words. */
export const FIELDS: Readonly<Record<ImportField, string>> = {
  date: 'date',
  time: 'time of day',
  kind: 'buy, sell, dividend …',
  symbol: 'symbol',
  isin: 'ISIN',
  name: 'name',
  quantity: 'units',
  price: 'price',
  amount: 'amount',
  currency: 'currency',
  fee: 'fee',
  tax: 'tax',
  externalId: "broker's id",
  note: 'note',
};

/** What a row may be, in words. */
export const ROW_KINDS: Readonly<Partial<Record<BrokerRowKind, string>>> = {
  BUY: 'buy',
  SELL: 'sell',
  DIVIDEND: 'dividend',
  INTEREST: 'interest',
  REINVESTED_DIVIDEND: 'dividend, reinvested',
  REWARD: 'bonus or reward',
  FEE: 'fee',
  TAX: 'tax',
  DEPOSIT: 'deposit',
  WITHDRAWAL: 'withdrawal',
  TRANSFER_IN: 'transfer in',
  TRANSFER_OUT: 'transfer out',
  SPLIT: 'split',
};

/** What a preview guesses or remembers, to be changed. */
export function mappingOf({ columns, isDayFirst, hasDecimalComma, isAmountNet, kinds }: Preview): Mapping {
  return {
    fields: columns.map(({ field }) => field ?? ''),
    isDayFirst,
    hasDecimalComma,
    isAmountNet,
    kinds: kinds.map(toChoice),
  };
}

type Word = Preview['kinds'][number];

/** A word that nobody said anything of leaves no rows out in silence. */
function toChoice({ word, kind, isChosen }: Word): Mapping['kinds'][number] {
  return { word, kind: kind ?? (isChosen ? 'LEFT_OUT' : '') };
}

/** The words of the column that is chosen for kinds, with what was chosen for them so far. */
export function wordsOf({ columns, kinds }: Preview, mapping: Mapping): Mapping['kinds'] {
  const column = columns[mapping.fields.indexOf('kind')];
  if (!column) return mapping.kinds;
  const chosen = new Map(mapping.kinds.map((one) => [one.word.toLowerCase(), one]));
  const words: readonly Word[] = column.field === 'kind' ? kinds : column.words;
  return words.map((one) => chosen.get(one.word.toLowerCase()) ?? toChoice(one));
}

/** Why a mapping cannot be used yet; empty where it can. */
export function mappingProblem({ fields, kinds }: Mapping): string {
  const twice = fields.find((field, index) => field !== '' && fields.indexOf(field) !== index);
  if (twice) return `Two columns are taken for the ${FIELDS[twice]}: choose one.`;
  if (!fields.includes('date')) return 'Choose the column that holds the date.';
  if (!fields.includes('amount') && !(fields.includes('quantity') && fields.includes('price')))
    return 'Choose the column of the amount, or those of units and price.';
  const open = fields.includes('kind') && kinds.find(({ kind }) => kind === '');
  if (open) return `Choose what “${open.word}” means, or leave its rows out.`;
  return '';
}

/** A mapping as the server takes it. */
export function mappingInput({ fields, kinds, ...rest }: Mapping): ImportMappingInput {
  return {
    ...rest,
    columns: fields.flatMap((field, index) => (field === '' ? [] : [{ field, index }])),
    kinds: fields.includes('kind')
      ? kinds.flatMap(({ word, kind }) =>
          kind === '' ? [] : [{ word, kind: kind === 'LEFT_OUT' ? null : kind }],
        )
      : [],
  };
}
