import { readEach, type RowResult } from './broker-table.ts';
import type { BrokerRows } from './broker-transaction.ts';
import {
  cancellations,
  FLEX_TIME_ZONE,
  type FlexRecord,
  readCash,
  readCorporateAction,
  readTrade,
} from './ibkr-flex.ts';

const ELEMENT = /<(Trade|CashTransaction|CorporateAction)((?:\s+[\w:.-]+="[^"]*")*)\s*\/?>/g;
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

interface FlexElement extends FlexRecord {
  readonly name: string;
}

/** Whether a text is the XML form of an Interactive Brokers Flex query. */
export function isFlexXml(text: string): boolean {
  return /^\s*(<\?xml[^>]*>\s*)?<FlexQueryResponse[\s>]/.test(text);
}

/**
 * Reads trades, cash transactions and corporate actions of a Flex query, and leaves out its other sections.
 */
export function readFlexXml(text: string, timeZone = FLEX_TIME_ZONE): BrokerRows {
  const elements = elementsOf(text);
  const others = cancellations(elements);
  return readEach(elements, (element) => others.get(element) ?? readElement(element, timeZone));
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
