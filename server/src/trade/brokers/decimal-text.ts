import { Decimal } from '../../platform/decimal.ts';

/** Which sign a file writes before the fraction of a number. */
export type DecimalSign = '.' | ',';

const SYMBOLS: Readonly<Record<string, string>> = { $: 'USD', '€': 'EUR', '£': 'GBP', '¥': 'JPY' };

/** An amount with the currency that is written beside it. */
export interface WrittenMoney {
  readonly amount: Decimal;
  readonly currency: string | null;
}

/** More than any amount needs, with all the signs around it. */
const CHARACTERS_MAXIMUM = 100;

/**
 * A number as brokers write it (1,234.56, 1.234,56, 1 234,56, (0.10), 3.6E-05), or null where it is none. A
 * sign that is followed by groups of three alone parts thousands, unless it is the file's own decimal sign. Texts
 * of more than 100 characters are none.
 */
export function decimalOf(text: string, sign: DecimalSign): Decimal | null {
  if (text.length > CHARACTERS_MAXIMUM) return null;
  const compact = text
    .trim()
    .replaceAll(/[\s\u00A0\u202F'’]/g, '')
    .replace('\u2212', '-');
  const bracketed = /^\((.+)\)$/.exec(compact);
  const unsigned = (bracketed?.[1] ?? compact).replace(/^[+-]/, '');
  const isNegative = bracketed !== null || compact.startsWith('-');
  const plain = pointed(unsigned, sign);
  if (plain === null || !/^(?:\d+(?:\.\d*)?|\.\d+)(?:E[+-]?\d{1,3})?$/i.test(plain)) return null;
  const value = new Decimal(plain);
  return isNegative ? value.negated() : value;
}

function pointed(text: string, sign: DecimalSign): string | null {
  const dots = text.split('.').length - 1;
  const commas = text.split(',').length - 1;
  if (dots > 0 && commas > 0) {
    const decimal = text.lastIndexOf('.') > text.lastIndexOf(',') ? '.' : ',';
    const [whole, fraction] = [
      text.slice(0, text.lastIndexOf(decimal)),
      text.slice(text.lastIndexOf(decimal) + 1),
    ];
    return isGrouped(whole) ? `${whole.replaceAll(/[.,]/g, '')}.${fraction}` : null;
  }
  if (dots + commas === 0) return text;
  const used: DecimalSign = dots > 0 ? '.' : ',';
  if (dots + commas > 1 || (used !== sign && isGrouped(text)))
    return isGrouped(text) ? text.replaceAll(used, '') : null;
  return text.replace(',', '.');
}

function isGrouped(text: string): boolean {
  return /^[1-9]\d{0,2}(?:(,\d{3})+|(\.\d{3})+)$/.test(text);
}

/** An amount such as -$30.93, €50 or 50.00 SEK, or null where it is none. */
export function moneyOf(text: string, sign: DecimalSign): WrittenMoney | null {
  if (text.length > CHARACTERS_MAXIMUM) return null;
  const code = /(?:^|[^A-Z])([A-Z]{3,5})$/.exec(text.trim())?.[1] ?? null;
  const symbol = /[$€£¥]/.exec(text)?.[0];
  const number = (code ? text.trim().slice(0, -code.length) : text).replace(symbol ?? '', '');
  const amount = decimalOf(number, sign);
  return amount && { amount, currency: code ?? (symbol ? SYMBOLS[symbol] : null) };
}
