import { Decimal, ZERO } from '../../platform/decimal.ts';
import type { StatedBalance } from '../brokers/broker-transaction.ts';
import { isNewestFirst } from './file-order.ts';
import type { Resolution } from './instrument-clues.ts';
import type { StoredMove } from './ledger-matcher.ts';
import type { PlannedTransaction } from './plan.ts';
import type { TransactionKind } from '../transaction-kinds.ts';

/** Where a running balance of the file and the ledger begin to differ, or to differ by another amount. */
export interface BalanceDifference {
  /** What rows since the balance before, or what came before the file, would have to move. */
  readonly missing: string;
  /** Whether an opening balance of what is missing would explain it. */
  readonly isOpening: boolean;
  readonly line: number;
  readonly timeMs: number;
  readonly asset: string;
  /** What the file states. */
  readonly expected: string;
  /** What the account would have after the import. */
  readonly was: string;
}

/** Cash that an account has before the first row of a file. */
export interface OpeningBalance {
  readonly asset: string;
  readonly amount: string;
  readonly timeMs: number;
  /** Of the balance that tells it. */
  readonly line: number;
}

/** The running balances of a file held against the ledger. */
export interface BalanceCheck {
  readonly compared: number;
  readonly agreed: number;
  /** How many the rows explain, from the balance before or from an opening balance. */
  readonly explained: number;
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
 * where a difference begins or changes is it named: one missing row is one difference. A file may begin amid
 * the life of an account: a currency that was not there before opens with what is missing at its first balance.
 */
export function checkBalances(
  stated: readonly StatedBalance[],
  transactions: readonly PlannedTransaction[],
  stored: readonly StoredMove[],
  resolutions: ReadonlyMap<string, Resolution>,
): BalanceCheck & { readonly openings: readonly OpeningBalance[] } {
  const coins = coinsOf(resolutions);
  const added = transactions.flatMap((one) => changesOfNew(one));
  const there = stored.flatMap((move) => changesOfStored(move, coins));
  const changes = [...added, ...there].toSorted((a, b) => a.timeMs - b.timeMs);
  const mayOpen = (asset: string) =>
    !resolutions.has(`symbol ${asset}`) && there.every((change) => change.asset !== asset);
  const sums = new Map<string, Decimal>();
  const off = new Map<string, Decimal>();
  const differences: BalanceDifference[] = [];
  const openings: OpeningBalance[] = [];
  let [next, agreed, explained] = [0, 0, 0];
  const closing = closingBalances(stated);
  for (const { line, occurredAtMs, asset, amount } of closing) {
    for (; next < changes.length && changes[next].timeMs <= occurredAtMs; next += 1) {
      const change = changes[next];
      sums.set(change.asset, (sums.get(change.asset) ?? ZERO).plus(change.amount));
    }
    const was = sums.get(asset) ?? ZERO;
    const difference = new Decimal(amount).minus(was);
    if (isNothing(difference)) agreed += 1;
    const missing = difference.minus(off.get(asset) ?? ZERO);
    const isOpening = !off.has(asset) && !isNothing(missing) && mayOpen(asset);
    off.set(asset, difference);
    if (isNothing(missing) || isOpening) explained += 1;
    if (isOpening) {
      const firstMs = added.find((change) => change.asset === asset)?.timeMs ?? Infinity;
      const timeMs = Math.min(occurredAtMs, firstMs - 1);
      openings.push({ asset, amount: missing.toFixed(), timeMs, line });
    }
    if (!isNothing(difference) && !isNothing(missing)) {
      const texts = { expected: amount, was: was.toFixed(), missing: missing.toFixed() };
      differences.push({ line, timeMs: occurredAtMs, asset, isOpening, ...texts });
    }
  }
  return { compared: closing.length, agreed, explained, differences, openings };
}

function isNothing(amount: Decimal): boolean {
  return amount.abs().lessThanOrEqualTo(TOLERANCE);
}

/** The transaction that an opening balance is, first among the rows of its line. */
export function openingTransaction(
  { asset, amount, timeMs, line }: OpeningBalance,
  accountId: string,
): PlannedTransaction {
  return {
    draft: {
      kind: 'OPENING_BALANCE',
      executedAt: new Date(timeMs),
      amount,
      currency: asset,
      externalId: null,
      note: 'what was there before the first row of the file',
      hasTime: true,
    },
    accountId,
    counterAccountId: null,
    line,
    amount,
    currency: asset,
    fingerprint: `opening ${asset}`,
  };
}

/** The last balance of each asset at each time, in the order they happened. */
function closingBalances(stated: readonly StatedBalance[]): StatedBalance[] {
  const forward = isNewestFirst(stated.map((one) => one.occurredAtMs)) ? stated.toReversed() : stated;
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
