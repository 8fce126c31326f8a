import { createHash } from 'node:crypto';
import type { KnownEvent } from '../../market-data/corporate-events.ts';
import type { OpenFeed } from '../../market-data/price-feed.service.ts';
import type { Decimal } from '../../platform/decimal.ts';
import type { LedgerEntry } from '../../trade/ledger.ts';
import type { TransactionDraft } from '../../trade/transaction-draft.ts';
import type { UnitChange } from '../../trade/units.ts';
import type { MissingRate, StaleRate } from '../portfolio-rates.ts';

/** Every kind of finding with what it means. */
export const FINDING_KINDS = {
  NEGATIVE_CASH: 'More cash was spent than the account had.',
  NEGATIVE_POSITION: 'More units were sold or delivered than the account had, and not as a short sale.',
  MISSING_PRICE: 'Something was held at a time for which no price is stored.',
  STALE_PRICE: 'Something is held whose newest price is old.',
  MISSING_RATE: 'A currency was used for which no exchange rate is stored.',
  STALE_RATE: 'A transaction was booked at an exchange rate that was old by then.',
  UNRECORDED_SPLIT:
    'A price jumped as it does at a split, or a provider tells of one, and no split is recorded.',
  ORPHAN_DIVIDEND: 'A dividend came from something that was not held.',
  MISSING_DIVIDEND: 'A provider tells of a dividend on what was held, and no payment is recorded.',
  DUPLICATE: 'A transaction is there more than once.',
  FILL_AFTER_END: 'Something was traded after it had ended.',
  BEFORE_OPENING: 'A transaction is dated before the opening balance that should already hold its result.',
} as const;

/** What a finding is about. */
export type FindingKind = keyof typeof FINDING_KINDS;

/** How much a finding matters: an error makes figures wrong, a warning may, a notice is to be known. */
export type Severity = 'ERROR' | 'WARNING' | 'NOTICE';

/** A change that mends a finding, as data: it is made through the ledger's own writes. */
export type Fix =
  | { readonly kind: 'RECORD'; readonly label: string; readonly draft: FixDraft }
  | { readonly kind: 'VOID'; readonly label: string; readonly transactionIds: readonly string[] }
  | { readonly kind: 'IMPORT_PRICES'; readonly label: string; readonly symbol: string }
  | {
      readonly kind: 'REFRESH_PRICES';
      readonly label: string;
      readonly symbol: string;
      readonly instrumentId: string;
      /** The date that prices are asked for from, as YYYY-MM-DD; null for the newest alone. */
      readonly from: string | null;
    };

/** A transaction that a fix records. */
export type FixDraft = Pick<
  TransactionDraft,
  | 'kind'
  | 'executedAt'
  | 'currency'
  | 'symbol'
  | 'quantity'
  | 'price'
  | 'amount'
  | 'units'
  | 'perUnits'
  | 'costBasis'
> & { readonly accountId: string };

/** A fact that a finding rests on. */
export interface Evidence {
  readonly label: string;
  readonly value: string;
}

/** Something in a ledger that is probably wrong. */
export interface Finding {
  /** The same for the same fault as long as it is there, whatever else is recorded. */
  readonly key: string;
  readonly kind: FindingKind;
  readonly severity: Severity;
  readonly explanation: string;
  readonly sinceMs: number;
  /** Null where it still holds. */
  readonly untilMs: number | null;
  readonly accountId: string | null;
  readonly instrumentId: string | null;
  /** The transactions it rests on, the oldest first. */
  readonly entryIds: readonly string[];
  readonly evidence: readonly Evidence[];
  readonly fixes: readonly Fix[];
}

/** Closing prices of an instrument; adjusted ones are NaN where they are not known. */
export interface CheckedPrices {
  readonly timesMs: Float64Array;
  readonly close: Float64Array;
  readonly adjustedClose: Float64Array;
}

/** All that the checks look at. */
export interface CheckedLedger {
  readonly entries: readonly LedgerEntry[];
  readonly units: readonly UnitChange[];
  readonly prices: ReadonlyMap<string, CheckedPrices>;
  readonly instruments: ReadonlyMap<
    string,
    {
      readonly symbol: string;
      readonly currency: string;
      readonly calendar: string;
      readonly isSynthetic: boolean;
    }
  >;
  /** The splits and dividends that providers told of each instrument, the oldest first. */
  readonly events: ReadonlyMap<string, readonly KnownEvent[]>;
  /** What providers can be asked for: prices of instruments, and rates. */
  readonly feeds: readonly OpenFeed[];
  readonly accountNames: ReadonlyMap<string, string>;
  /** Where transactions came from, of those that say so. */
  readonly origins: ReadonlyMap<
    string,
    { readonly externalId: string | null; readonly importId: string | null }
  >;
  readonly currency: string;
  readonly missingRates: readonly MissingRate[];
  readonly staleRates: readonly StaleRate[];
  readonly nowMs: number;
}

export const DAY_MS = 86_400_000;

/** The UTC date of a time. */
export function dayOf(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 10);
}

/** The midnight UTC at or before a time. */
export function dayStart(timeMs: number): number {
  return Math.floor(timeMs / DAY_MS) * DAY_MS;
}

/** The midnight UTC that a date begins with. */
export function dayMsOf(date: string): number {
  return Date.parse(`${date}T00:00:00Z`);
}

/** An amount for a person, without zeros at its end. */
export function textOf(value: Decimal): string {
  return value.toDecimalPlaces(8).toFixed();
}

/** Makes a finding; its key comes from what it is about. */
export function finding(about: readonly unknown[], rest: Omit<Finding, 'key'>): Finding {
  return { key: `chk_${digest([rest.kind, rest.accountId, rest.instrumentId, ...about])}`, ...rest };
}

/** Names a fix by what it would do. */
export function fixIdOf(fix: Fix): string {
  return `fix_${digest(fix)}`;
}

function digest(content: unknown): string {
  return createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 24);
}

/** What an instrument and an account are called. */
export function namesOf({ instruments, accountNames }: CheckedLedger) {
  return {
    symbolOf: (id: string) => instruments.get(id)?.symbol ?? id,
    accountOf: (id: string) => accountNames.get(id) ?? id,
  };
}
