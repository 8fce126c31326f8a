import { random } from '../../tools/testing/random.ts';
import type { KnownEvent } from '../src/market-data/corporate-events.ts';
import type { OpenFeed } from '../src/market-data/price-feed.service.ts';
import { type CheckedLedger, DAY_MS } from '../src/portfolio/checks/finding.ts';
import type { MissingRate, StaleRate } from '../src/portfolio/portfolio-rates.ts';
import { type LedgerEntry, lotEventOf } from '../src/trade/ledger.ts';
import { unitChanges } from '../src/trade/units.ts';
import { ledgerEntry } from './ledger-entry.ts';

const START = Date.UTC(2023, 0, 2);
/** How many days of prices a world has. */
export const DAYS = 400;
/** When a world is looked at: after its last day. */
export const NOW = START + DAYS * DAY_MS;
const INSTRUMENTS = ['a', 'b', 'c'];
const ACCOUNTS = ['main', 'other'];
/** A day of a world as its midnight UTC. */
export const day = (index: number) => START + index * DAY_MS;
/** The same as a date. */
export const dateOf = (index: number) => new Date(day(index)).toISOString().slice(0, 10);

/** A ledger with prices and what is told of them. */
export interface World {
  entries: LedgerEntry[];
  prices: Map<string, { timesMs: Float64Array; close: Float64Array; adjustedClose: Float64Array }>;
  origins: Map<string, { externalId: string | null; importId: string | null }>;
  missing?: MissingRate[];
  stale?: StaleRate[];
  events?: Map<string, KnownEvent[]>;
  feeds?: OpenFeed[];
}

/** What the checks look at. */
export function checked(
  { entries, prices, origins, missing, stale, events, feeds }: World,
  nowMs = NOW,
): CheckedLedger {
  const ordered = entries.toSorted((a, b) => a.timeMs - b.timeMs);
  return {
    entries: ordered,
    units: unitChanges(ordered.map((entry) => lotEventOf(entry)).filter((event) => event !== null)),
    prices,
    origins,
    instruments: new Map(
      INSTRUMENTS.map((id) => [
        id,
        { symbol: id.toUpperCase(), currency: 'USD', calendar: 'NONE', isSynthetic: false },
      ]),
    ),
    events: events ?? new Map(),
    feeds: feeds ?? [],
    accountNames: new Map(ACCOUNTS.map((id) => [id, `${id} account`])),
    currency: 'USD',
    missingRates: missing ?? [],
    staleRates: stale ?? [],
    nowMs,
  };
}

/** A ledger without faults: what is spent was there, what is sold was held, every split is recorded. */
export function cleanWorld(seed: number): World {
  const next = random(seed);
  const pick = <Item>(items: readonly Item[]) => items[Math.floor(next() * items.length)];
  const entries: LedgerEntry[] = ACCOUNTS.map((accountId) =>
    ledgerEntry('DEPOSIT', day(0), { accountId, instrumentId: null, amount: '1000000' }),
  );
  const closes = new Map(INSTRUMENTS.map((id) => [id, new Float64Array(DAYS)]));
  const price = new Map(INSTRUMENTS.map((id) => [id, 50 + 100 * next()]));
  const held = new Map<string, number>();
  for (let index = 0; index < DAYS; index += 1) {
    for (const id of INSTRUMENTS) {
      let now = price.get(id)! * (1 + 0.04 * (next() - 0.5));
      if (index > 5 && next() < 0.004) {
        now /= 4;
        for (const accountId of ACCOUNTS) {
          entries.push(ledgerEntry('SPLIT', day(index) + 2, { accountId, instrumentId: id, units: '4' }));
          held.set(accountId + id, 4 * (held.get(accountId + id) ?? 0));
        }
      }
      price.set(id, now);
      closes.get(id)![index] = now;
    }
    if (index === 0 || next() > 0.15) continue;
    const [accountId, instrumentId] = [pick(ACCOUNTS), pick(INSTRUMENTS)];
    const units = held.get(accountId + instrumentId) ?? 0;
    // Fees that grow tell equal transactions of one day apart.
    const common = {
      accountId,
      instrumentId,
      fee: `${index}.01`,
      price: price.get(instrumentId)!.toFixed(2),
    };
    const at = day(index) + 10 * 3_600_000;
    const kind = pick(['BUY', 'BUY', 'SELL', 'DIVIDEND', 'FEE'] as const);
    const quantity =
      kind === 'SELL' ? Math.min(units, 1 + Math.floor(next() * 20)) : 1 + Math.floor(next() * 20);
    if (kind === 'FEE')
      entries.push(ledgerEntry('FEE', at, { accountId, instrumentId: null, amount: `${index}` }));
    else if (kind === 'DIVIDEND') {
      if (units > 0) entries.push(ledgerEntry(kind, at, { accountId, instrumentId, amount: `${index}.5` }));
    } else if (quantity > 0) {
      entries.push(ledgerEntry(kind, at, { ...common, quantity: String(quantity) }));
      held.set(accountId + instrumentId, units + (kind === 'BUY' ? quantity : -quantity));
    }
  }
  // A daily bar is stamped at the midnight after its date.
  const timesMs = Float64Array.from({ length: DAYS }, (_, index) => day(index + 1));
  const prices = new Map(
    [...closes].map(([id, close]) => [id, { timesMs, close, adjustedClose: close.map(() => NaN) }]),
  );
  return { entries, prices, origins: new Map() };
}

/** Prices that never move. */
export function calmWorld(entries: LedgerEntry[] = []): World {
  const timesMs = Float64Array.from({ length: DAYS }, (_, index) => day(index + 1));
  const close = new Float64Array(DAYS).fill(100);
  const adjustedClose = new Float64Array(DAYS).fill(NaN);
  const prices = new Map(INSTRUMENTS.map((id) => [id, { timesMs, close, adjustedClose }]));
  return { entries, prices, origins: new Map() };
}

/** Ten units for 100 each. */
export const buy = (at: number, fields: Parameters<typeof ledgerEntry>[2] = {}) =>
  ledgerEntry('BUY', at, { quantity: '10', price: '100', ...fields });
