import { Decimal } from '../../platform/decimal.ts';
import type { TransactionKind } from '../transaction-kinds.ts';

const DAY_MS = 86_400_000;

/** A transaction of the account that counts. */
export interface StoredMove {
  readonly id: string;
  readonly accountId: string;
  readonly kind: TransactionKind;
  readonly instrumentId: string | null;
  readonly timeMs: number;
  readonly quantity: string | null;
  readonly amount: string;
  readonly currency: string;
  /** What an exchange brought. */
  readonly otherAmount: string | null;
  readonly otherCurrency: string | null;
  readonly externalId: string | null;
}

/** What a row would add. */
export interface NewMove extends Omit<StoredMove, 'id'> {
  /** Of an instrument that is not there yet, nothing is stored. */
  readonly isNewInstrument: boolean;
  /** Whether the file says more than the day. */
  readonly hasTime: boolean;
}

/**
 * Finds what was recorded by hand, or came with a file of another kind: each stored transaction stands for
 * one row at most, so that true duplicates stay.
 */
export class LedgerMatcher {
  private readonly byContent: Map<string, StoredMove[]>;
  private readonly used = new Set<string>();

  constructor(stored: readonly StoredMove[]) {
    this.byContent = Map.groupBy(stored, contentOf);
  }

  /** Says that these transactions stand for a row already. */
  useUp(ids: readonly string[]): void {
    for (const id of ids) this.used.add(id);
  }

  /** The transaction that a row is there as already, which is used up; null where it is new. */
  take(move: NewMove): string | null {
    if (move.isNewInstrument) return null;
    const found = this.byContent
      .get(contentOf(move))
      ?.find((one) => !this.used.has(one.id) && isSameTime(one, move) && !areOtherIds(one, move));
    if (!found) return null;
    this.used.add(found.id);
    return found.id;
  }
}

function contentOf(move: Omit<StoredMove, 'id' | 'externalId'>): string {
  const { accountId, kind, instrumentId, timeMs, currency, otherCurrency } = move;
  const [quantity, amount, otherAmount] = [move.quantity, move.amount, move.otherAmount].map((text) =>
    text === null ? '' : new Decimal(text).toDecimalPlaces(18).toFixed(),
  );
  // Units alone are in no currency.
  const cash = amount === '0' ? [] : [amount, currency, otherAmount, otherCurrency];
  return JSON.stringify([accountId, kind, instrumentId, Math.floor(timeMs / DAY_MS), quantity, ...cash]);
}

function isSameTime(stored: StoredMove, { timeMs, hasTime }: NewMove): boolean {
  return !hasTime || stored.timeMs % DAY_MS === 0 || stored.timeMs === timeMs;
}

function areOtherIds(stored: StoredMove, { externalId }: NewMove): boolean {
  return stored.externalId !== null && externalId !== null && stored.externalId !== externalId;
}
