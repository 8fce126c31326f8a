import { Decimal, ZERO } from '../../platform/decimal.ts';
import { dayStart } from './finding.ts';

/** A change of a balance by a transaction. */
export interface Move {
  readonly entryId: string;
  readonly timeMs: number;
  readonly amount: Decimal;
}

/** Days at whose end a balance was below zero. */
export interface Shortfall {
  /** The first transaction of the first day that took the balance down. */
  readonly sinceMs: number;
  /** When a transaction brought it back; null where none did. */
  readonly untilMs: number | null;
  readonly lowest: Decimal;
  readonly lowestMs: number;
  /** The transactions of these days that took it down. */
  readonly entryIds: readonly string[];
}

/**
 * The stretches of days at whose end a balance is below `floor`. Within a day the order does not
 * matter: files of brokers often know the date alone.
 */
export function shortfallsOf(moves: readonly Move[], floor: Decimal): Shortfall[] {
  const shortfalls: Shortfall[] = [];
  let balance = ZERO;
  let open = null as Shortfall | null;
  for (let start = 0; start < moves.length;) {
    const day = dayStart(moves[start].timeMs);
    let end = start;
    while (end < moves.length && dayStart(moves[end].timeMs) === day) {
      balance = balance.plus(moves[end].amount);
      end += 1;
    }
    const ofDay = moves.slice(start, end);
    const down = ofDay.filter(({ amount }) => amount.isNegative());
    if (balance.lessThan(floor)) {
      const isLower = open === null || balance.lessThan(open.lowest);
      const sinceMs = open?.sinceMs ?? (down[0] ?? ofDay[0]).timeMs;
      open = {
        sinceMs,
        untilMs: null,
        lowest: isLower ? balance : open!.lowest,
        lowestMs: isLower ? ofDay[0].timeMs : open!.lowestMs,
        entryIds: [...(open?.entryIds ?? []), ...down.map(({ entryId }) => entryId)],
      };
    } else if (open) {
      shortfalls.push({ ...open, untilMs: ofDay[0].timeMs });
      open = null;
    }
    start = end;
  }
  return open ? [...shortfalls, open] : shortfalls;
}
