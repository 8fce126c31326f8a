import { Decimal } from '../../platform/decimal.ts';
import { type Occurrence, occurrenceOf, readEach, type RowResult } from './broker-table.ts';
import type { BrokerRows } from './broker-transaction.ts';
import { decimalOf } from './decimal-text.ts';
import {
  cancellations,
  FLEX_TIME_ZONE,
  type FlexRecord,
  readCash,
  readCorporateAction,
  readTrade,
} from './ibkr-flex.ts';

const ELEMENT =
  /<(Trade|CashTransaction|CorporateAction|CashReportCurrency)((?:\s+[\w:.-]+="[^"]*")*)\s*\/?>/g;
const BASE_SUMMARY = 'BASE_SUMMARY';
const DAY_MS = 86_400_000;
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

interface FlexElement extends FlexRecord {
  readonly name: string;
}

/** Whether a text is the XML form of an Interactive Brokers Flex query. */
export function isFlexXml(text: string): boolean {
  return /^\s*(<\?xml[^>]*>\s*)?<FlexQueryResponse[\s>]/.test(text);
}

/**
 * Reads trades, cash transactions and corporate actions of a Flex query, and the balances of its cash report;
 * leaves out its other sections.
 */
export function readFlexXml(text: string, timeZone = FLEX_TIME_ZONE): BrokerRows {
  const all = elementsOf(text);
  const elements = all.filter(({ name }) => name !== 'CashReportCurrency');
  const others = cancellations(elements);
  const read = readEach(elements, (element) => others.get(element) ?? readElement(element, timeZone));
  const reports = all.filter(({ name }) => name === 'CashReportCurrency');
  return reports.length === 0 ? read : { ...read, balances: cashBalances(reports, elements) };
}

/**
 * Cash at the start and at the end of the period, of each currency. A report of the sum in the base currency
 * alone tells of it where all that happened was in that currency.
 */
function cashBalances(
  reports: readonly FlexElement[],
  elements: readonly FlexElement[],
): NonNullable<BrokerRows['balances']> {
  const isSum = (report: FlexElement) => report.field('currency') === BASE_SUMMARY;
  const currencies = new Set(elements.map((element) => element.field('currency')));
  const isInBase = elements.every((element) => new Decimal(element.field('fxRateToBase') || 0).equals(1));
  const [only] = currencies;
  const useSum = reports.every(isSum) && currencies.size === 1 && isInBase;
  return reports.flatMap((report) => {
    if (isSum(report) && !useSum) return [];
    const [from, to] = ['fromDate', 'toDate'].map((name) => occurrenceOf(report.field(name), false, 'UTC'));
    const asset = isSum(report) ? only : report.field('currency');
    const balance = (day: Occurrence | null | undefined, untilMs: number, name: string) => {
      const amount = decimalOf(report.field(name), '.');
      if (!day || !amount) return [];
      return [
        { line: report.line, occurredAtMs: day.occurredAtMs + untilMs, asset, amount: amount.toFixed() },
      ];
    };
    return [...balance(from, -1, 'startingCash'), ...balance(to, DAY_MS - 1, 'endingCash')];
  });
}

function readElement(element: FlexElement, timeZone: string): RowResult {
  if (element.name === 'Trade') return readTrade(element, timeZone);
  return element.name === 'CashTransaction' ? readCash(element) : readCorporateAction(element);
}

function elementsOf(text: string): FlexElement[] {
  let [line, end] = [1, 0];
  return [...text.matchAll(ELEMENT)].map(({ 1: name, 2: attributes, index }) => {
    line += text.slice(end, index).split('\n').length - 1;
    end = index;
    const values = new Map(
      [...attributes.matchAll(/([\w:.-]+)="([^"]*)"/g)].map(([, key, value]) => [key, decoded(value)]),
    );
    return { name, line, field: (key) => values.get(key)?.trim() ?? '' };
  });
}

function decoded(text: string): string {
  return text.replaceAll(/&(?:#(\d+)|#x([\da-f]+)|(\w+));/gi, (whole, decimal, hex, name) => {
    if (name) return ENTITIES[name as string] ?? whole;
    return String.fromCodePoint(decimal ? Number(decimal) : Number.parseInt(hex as string, 16));
  });
}
