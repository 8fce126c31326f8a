import type { KnownEvent } from '../../market-data/corporate-events.ts';
import { Decimal, ZERO } from '../../platform/decimal.ts';
import type { LedgerEntry } from '../../trade/ledger.ts';
import type { UnitChange } from '../../trade/units.ts';
import {
  type CheckedLedger,
  DAY_MS,
  dayMsOf,
  dayOf,
  dayStart,
  type Evidence,
  type Finding,
  finding,
  namesOf,
  textOf,
} from './finding.ts';
import { holdingTimes, isHeldWithin } from './holding-times.ts';

/** Between the day that decides on a dividend and its payment. */
const DIVIDEND_DAYS = 90;
/** Until then a dividend may not have been paid, or not have been entered. */
const PAYMENT_DAYS = 35;
/** An account without a dividend in its record is asked about those of the last year alone. */
const UNRECORDED_DAYS = 365;
const PAYMENTS: readonly LedgerEntry['kind'][] = ['DIVIDEND', 'RETURN_OF_CAPITAL', 'STOCK_DIVIDEND'];
const AMOUNT_DECIMALS = 8;

/** Dividends and returned capital of what the account had not held for so long that none can have been due. */
export function orphanDividends(ledger: CheckedLedger): Finding[] {
  const { symbolOf, accountOf } = namesOf(ledger);
  const changes = Map.groupBy(ledger.units, ({ accountId, instrumentId }) => `${accountId} ${instrumentId}`);
  const times = new Map([...changes].map(([key, own]) => [key, holdingTimes(own)]));
  return ledger.entries
    .filter(({ kind, instrumentId }) => (kind === 'DIVIDEND' || kind === 'RETURN_OF_CAPITAL') && instrumentId)
    .filter(({ accountId, instrumentId, timeMs }) => {
      const held = times.get(`${accountId} ${instrumentId}`) ?? [];
      // A payment at midnight may come with a purchase later the same day.
      return !isHeldWithin(held, timeMs - DIVIDEND_DAYS * DAY_MS, dayStart(timeMs) + DAY_MS - 1);
    })
    .map(({ id, accountId, instrumentId, timeMs, amount, currency }) =>
      finding([id], {
        kind: 'ORPHAN_DIVIDEND',
        severity: 'WARNING',
        explanation: `${accountOf(accountId)} received ${textOf(amount)} ${currency} from ${symbolOf(instrumentId!)} on ${dayOf(timeMs)}, but held none of it in the ${DIVIDEND_DAYS} days before. The purchase may be missing, the symbol or the account wrong.`,
        sinceMs: timeMs,
        untilMs: timeMs,
        accountId,
        instrumentId,
        entryIds: [id],
        evidence: [
          { label: 'Amount', value: `${textOf(amount)} ${currency}` },
          ...toldBefore(ledger, instrumentId!, timeMs),
        ],
        fixes: [{ kind: 'VOID', label: 'Void the dividend', transactionIds: [id] }],
      }),
    );
}

/** What providers tell of the dividend that a payment may be of. */
function toldBefore(ledger: CheckedLedger, instrumentId: string, timeMs: number): Evidence[] {
  const told = dividendsOf(ledger, instrumentId);
  if (told.length === 0) return [];
  const event = eventOf(told, timeMs);
  const value = event
    ? `${event.value} a unit, from ${event.date} on without it`
    : `none in the ${DIVIDEND_DAYS} days before`;
  return [{ label: `Dividend by ${(event ?? told[0]).source}`, value }];
}

/** Dividends that providers tell of, on units that an account held, where it records no payment. */
export function missingDividends(ledger: CheckedLedger): Finding[] {
  const byPlace = Map.groupBy(ledger.units, ({ accountId, instrumentId }) => `${accountId} ${instrumentId}`);
  const payments = ledger.entries.filter(({ kind }) => PAYMENTS.includes(kind));
  const paid = Map.groupBy(payments, ({ accountId, instrumentId }) => `${accountId} ${instrumentId}`);
  const recording = new Set(payments.map(({ accountId }) => accountId));
  return [...byPlace].flatMap(([key, changes]) => {
    const { accountId, instrumentId } = changes[0];
    const told = dividendsOf(ledger, instrumentId);
    const matched = new Set((paid.get(key) ?? []).map(({ timeMs }) => eventOf(told, timeMs)));
    const sinceMs = recording.has(accountId) ? -Infinity : ledger.nowMs - UNRECORDED_DAYS * DAY_MS;
    return told
      .filter((event) => !matched.has(event))
      .filter(({ date }) => {
        const exMs = dayMsOf(date);
        return exMs >= sinceMs && exMs <= ledger.nowMs - PAYMENT_DAYS * DAY_MS;
      })
      .flatMap((event) => toFinding(ledger, event, heldBefore(changes, dayMsOf(event.date)), changes[0]));
  });
}

function dividendsOf({ events }: CheckedLedger, instrumentId: string): KnownEvent[] {
  return (events.get(instrumentId) ?? []).filter(({ kind }) => kind === 'DIVIDEND');
}

/** The dividend that a payment is of: the last before it, which payments of the next one do not overtake. */
function eventOf(told: readonly KnownEvent[], paidMs: number): KnownEvent | null {
  const event = told.findLast(({ date }) => dayMsOf(date) <= paidMs);
  return event && paidMs - dayMsOf(event.date) <= DIVIDEND_DAYS * DAY_MS ? event : null;
}

function heldBefore(changes: readonly UnitChange[], timeMs: number): Decimal {
  return changes.filter((one) => one.timeMs < timeMs).reduce((total, { change }) => total.plus(change), ZERO);
}

function toFinding(
  ledger: CheckedLedger,
  { date, value, source }: KnownEvent,
  held: Decimal,
  { accountId, instrumentId }: UnitChange,
): Finding[] {
  const instrument = ledger.instruments.get(instrumentId);
  // Who is short pays it, which brokers enter as a fee.
  if (!instrument || !held.greaterThan(0)) return [];
  const { symbolOf, accountOf } = namesOf(ledger);
  const [symbol, exMs] = [symbolOf(instrumentId), dayMsOf(date)];
  const amount = held.times(value).toDecimalPlaces(AMOUNT_DECIMALS);
  const cash = `${textOf(amount)} ${instrument.currency}`;
  return [
    finding([date], {
      kind: 'MISSING_DIVIDEND',
      severity: 'NOTICE',
      explanation: `${symbol} paid ${value} ${instrument.currency} a unit to who held it before ${date}, by ${source}. ${accountOf(accountId)} held ${textOf(held)} units and records no dividend in the ${DIVIDEND_DAYS} days after; before tax it is ${cash}.`,
      sinceMs: exMs,
      untilMs: null,
      accountId,
      instrumentId,
      entryIds: [],
      evidence: [
        { label: `Dividend by ${source}`, value: `${value} ${instrument.currency} a unit` },
        { label: 'Units held', value: textOf(held) },
      ],
      fixes: [
        {
          kind: 'RECORD',
          label: `Record a dividend of ${cash}`,
          draft: {
            kind: 'DIVIDEND',
            accountId,
            executedAt: new Date(exMs),
            symbol,
            currency: instrument.currency,
            amount: amount.toFixed(),
          },
        },
      ],
    }),
  ];
}
