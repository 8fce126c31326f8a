import type {
  BrokerRowKind,
  ImportField,
  ImportFilePreviewQuery,
  ImportMappingInput,
} from '#lib/graphql/generated/graphql.ts';

export type Preview = Extract<ImportFilePreviewQuery['importPreview'], { __typename: 'ImportPreview' }>;

/** What a person chooses about the columns of a file; an empty text is no choice. */
export interface Mapping {
  fields: (ImportField | '')[];
  isDayFirst: boolean;
  hasDecimalComma: boolean;
  isAmountNet: boolean;
  kinds: { word: string; kind: BrokerRowKind | '' }[];
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
    kinds: kinds.map(({ word, kind }) => ({ word, kind: kind ?? '' })),
  };
}

/** Why a mapping cannot be used yet; empty where it can. */
export function mappingProblem({ fields }: Mapping): string {
  const twice = fields.find((field, index) => field !== '' && fields.indexOf(field) !== index);
  if (twice) return `Two columns are taken for the ${FIELDS[twice]}: choose one.`;
  if (!fields.includes('date')) return 'Choose the column that holds the date.';
  if (!fields.includes('amount') && !(fields.includes('quantity') && fields.includes('price')))
    return 'Choose the column of the amount, or those of units and price.';
  return '';
}

/** A mapping as the server takes it. */
export function mappingInput({ fields, kinds, ...rest }: Mapping): ImportMappingInput {
  return {
    ...rest,
    columns: fields.flatMap((field, index) => (field === '' ? [] : [{ field, index }])),
    kinds: fields.includes('kind') ? kinds.map(({ word, kind }) => ({ word, kind: kind || null })) : [],
  };
}
