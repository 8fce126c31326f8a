/** The words that a statement begins with. */
export const STATEMENT_WORDS = [
  'strategy',
  'description',
  'benchmark',
  'universe',
  'calendar',
  'param',
  'let',
  'enter',
  'exit',
  'stop',
  'target',
  'trail',
  'breakeven',
  'pyramid',
  'size',
  'fill',
  'hold',
  'short',
  'weights',
  'max',
  'cash',
  'rest',
  'rebalance',
] as const;

export type StatementWord = (typeof STATEMENT_WORDS)[number];

/** The words that have a meaning of their own inside statements and expressions. */
export const INNER_WORDS = [
  'in',
  'step',
  'long',
  'short',
  'when',
  'after',
  'bars',
  'bar',
  'at',
  'limit',
  'stop',
  'good',
  'for',
  'till',
  'cancelled',
  'until',
  'the',
  'day',
  'close',
  'next',
  'open',
  'top',
  'bottom',
  'all',
  'percent',
  'by',
  'where',
  'equal',
  'inverse_volatility',
  'weight',
  'every',
  'daily',
  'weekly',
  'monthly',
  'quarterly',
  'yearly',
  'and',
  'or',
  'not',
  'of',
  'benchmark',
  'model',
] as const;

export type InnerWord = (typeof INNER_WORDS)[number];

/** The signs of the language. */
export const SIGNS = [
  '..',
  '<=',
  '>=',
  '==',
  '!=',
  '-',
  '+',
  '*',
  '/',
  '(',
  ')',
  '[',
  ']',
  ',',
  '<',
  '>',
  '=',
] as const;

export type Sign = (typeof SIGNS)[number];

/** Whether a word begins a statement. */
export function isStatementWord(word: string): word is StatementWord {
  return (STATEMENT_WORDS as readonly string[]).includes(word);
}
