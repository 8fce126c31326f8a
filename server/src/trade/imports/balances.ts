import { Decimal, ZERO } from '../../platform/decimal.ts';
import type { StatedBalance } from '../brokers/broker-transaction.ts';
import type { Resolution } from './instrument-clues.ts';
import type { StoredMove } from './ledger-matcher.ts';
import type { PlannedTransaction } from './plan.ts';
import type { TransactionKind } from '../transaction-kinds.ts';

/** Where a running balance of the file and the ledger begin to differ, or to differ by another amount. */
export interface BalanceDifference {
  readonly line: number;
  readonly timeMs: number;
  readonly asset: string;
  /** What the file states. */
  readonly expected: string;
  /** What the account would have after the import. */
  readonly was: string;
}

/** The running balances of a file held against the ledger. */
export interface BalanceCheck {
  readonly compared: number;
  readonly agreed: number;
  readonly differences: readonly BalanceDifference[];
}

/** A change of a currency or a coin. */
interface Change {
  readonly timeMs: number;
  readonly asset: string;
  readonly amount: Decimal;
}

const INCOMING: readonly TransactionKind[] = [
  'BUY',
  'COVER',
  'TRANSFER_IN',
  'OPENING_BALANCE',
  'STOCK_DIVIDEND',
];
const OUTGOING: readonly TransactionKind[] = ['SELL', 'SHORT', 'TRANSFER_OUT'];
/** Balances are stated to so many decimals at the least. */
const TOLERANCE = new Decimal('0.00000001');

/**
 * Compares the last balance that a file states at each time with what the account would have then. Only
 * where a difference begins or changes is it named: one missing row is one difference.
 */
export function checkBalances(
  stated: readonly StatedBalance[],
  transactions: readonly PlannedTransaction[],
  stored: readonly StoredMove[],
  resolutions: ReadonlyMap<string, Resolution>,
): BalanceCheck {
  const coins = coinsOf(resolutions);
  const changes = [
    ...transactions.flatMap((one) => changesOfNew(one)),
    ...stored.flatMap((move) => changesOfStored(move, coins)),
  ].toSorted((a, b) => a.timeMs - b.timeMs);
  const sums = new Map<string, Decimal>();
  const off = new Map<string, Decimal>();
  const differences: BalanceDifference[] = [];
  let [next, agreed] = [0, 0];
  const closing = closingBalances(stated);
  for (const { line, occurredAtMs, asset, amount } of closing) {
    for (; next < changes.length && changes[next].timeMs <= occurredAtMs; next += 1) {
      const change = changes[next];
      sums.set(change.asset, (sums.get(change.asset) ?? ZERO).plus(change.amount));
    }
    const was = sums.get(asset) ?? ZERO;
    const difference = new Decimal(amount).minus(was);
    const isFine = difference.abs().lessThanOrEqualTo(TOLERANCE);
    if (isFine) agreed += 1;
    const before = off.get(asset) ?? ZERO;
    off.set(asset, difference);
    if (!isFine && difference.minus(before).abs().greaterThan(TOLERANCE))
      differences.push({ line, timeMs: occurredAtMs, asset, expected: amount, was: was.toFixed() });
  }
  return { compared: closing.length, agreed, differences };
}

/** The last balance of each asset at each time, in the order they happened. */
function closingBalances(stated: readonly StatedBalance[]): StatedBalance[] {
  const isNewestFirst = stated.length > 1 && stated[0].occurredAtMs > stated.at(-1)!.occurredAtMs;
  const forward = isNewestFirst ? stated.toReversed() : stated;
  const last = new Map(forward.map((one) => [`${one.asset} ${one.occurredAtMs}`, one]));
  return [...last.values()].toSorted((a, b) => a.occurredAtMs - b.occurredAtMs);
}

function changesOfNew({ draft, amount, currency }: PlannedTransaction): Change[] {
  const timeMs = draft.executedAt.getTime();
  const cash = cashChanges(timeMs, {
    amount,
    currency,
    otherAmount: draft.otherAmount ?? null,
    otherCurrency: draft.otherCurrency ?? null,
  });
  const units = unitsOf(draft.kind, draft.quantity ?? null);
  const coin = /^symbol (.+)$/.exec(draft.symbol ?? '')?.[1];
  return coin && !units.isZero() ? [...cash, { timeMs, asset: coin, amount: units }] : cash;
}

function changesOfStored(move: StoredMove, coins: ReadonlyMap<string, string>): Change[] {
  const { timeMs, kind, quantity } = move;
  const cash = cashChanges(timeMs, move);
  const coin = move.instrumentId === null ? undefined : coins.get(move.instrumentId);
  return coin ? [...cash, { timeMs, asset: coin, amount: unitsOf(kind, quantity) }] : cash;
}

/** The currency that goes, and the one that comes for it. */
function cashChanges(
  timeMs: number,
  {
    amount,
    currency,
    otherAmount,
    otherCurrency,
  }: Pick<StoredMove, 'amount' | 'currency' | 'otherAmount' | 'otherCurrency'>,
): Change[] {
  const own = { timeMs, asset: currency, amount: new Decimal(amount) };
  if (otherAmount === null || otherCurrency === null) return [own];
  return [own, { timeMs, asset: otherCurrency, amount: new Decimal(otherAmount) }];
}

/** How the file calls the instruments that are known. */
function coinsOf(resolutions: ReadonlyMap<string, Resolution>): Map<string, string> {
  return new Map(
    [...resolutions].flatMap(([key, one]) =>
      one.state === 'KNOWN' && key.startsWith('symbol ')
        ? [[one.instrument.id, key.slice('symbol '.length)] as const]
        : [],
    ),
  );
}

function unitsOf(kind: TransactionKind, quantity: string | null): Decimal {
  if (quantity === null) return ZERO;
  if (INCOMING.includes(kind) || kind === 'ADJUSTMENT') return new Decimal(quantity);
  return OUTGOING.includes(kind) ? new Decimal(quantity).negated() : ZERO;
}
