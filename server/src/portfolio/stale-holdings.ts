import { STALE_AFTER_MS } from '../market-data/exchange-rates.ts';
import { type Decimal, ZERO } from '../platform/decimal.ts';
import { cashChangesOf, type LedgerEntry } from '../trade/ledger.ts';
import type { UnitChange } from '../trade/units.ts';
import type { PortfolioRates, StaleRate } from './portfolio-rates.ts';
import { quoteCurrenciesOf } from './valuation.ts';

/** A stretch of time, its end not within. */
interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * The rates that values over time take although they are old: those between two that were told more than
 * a week apart, while there was cash or a position in their currency. One for each currency, with the
 * oldest rate.
 */
export function staleHoldingsOf(
  entries: readonly LedgerEntry[],
  units: readonly UnitChange[],
  rates: PortfolioRates,
): StaleRate[] {
  return [...heldStretches(entries, units, rates.base)].flatMap(([currency, held]) => {
    const timesMs = rates.timesOf(currency);
    const used: { fromMs: number; usedMs: number }[] = [];
    for (let next = 1; next < timesMs.length; next += 1) {
      const freshMs = timesMs[next - 1] + STALE_AFTER_MS;
      if (timesMs[next] <= freshMs) continue;
      for (const { fromMs, toMs } of held) {
        const one = { fromMs: Math.max(freshMs + 1, fromMs), usedMs: Math.min(timesMs[next], toMs) - 1 };
        if (one.fromMs <= one.usedMs) used.push(one);
      }
    }
    const stale = used.flatMap(({ fromMs, usedMs }): StaleRate[] => {
      const rate = rates.at(currency, usedMs);
      // Of several ways to a rate another one may be fresh.
      if (!rate?.isStale) return [];
      return [{ from: currency, to: rates.base, fromMs, toMs: usedMs, usedMs, rate, transactionIds: [] }];
    });
    if (stale.length === 0) return [];
    const oldest = stale.reduce((a, b) => (ageMsOf(b) > ageMsOf(a) ? b : a));
    return [{ ...oldest, fromMs: stale[0].fromMs, toMs: stale.at(-1)!.toMs }];
  });
}

function ageMsOf({ usedMs, rate }: StaleRate): number {
  return usedMs - rate.quotedMs;
}

/** When there was cash or a position in each currency but the base currency; in order. */
function heldStretches(
  entries: readonly LedgerEntry[],
  units: readonly UnitChange[],
  base: string,
): Map<string, Stretch[]> {
  const currencies = quoteCurrenciesOf(entries);
  const moves = units.flatMap(({ instrumentId, timeMs, change }) => {
    const currency = currencies.get(instrumentId) ?? base;
    return currency === base ? [] : [{ currency, what: instrumentId, timeMs, change }];
  });
  for (const entry of entries)
    if (entry.currency !== base || (entry.otherCurrency ?? base) !== base)
      for (const { currency, amount } of cashChangesOf(entry))
        if (currency !== base) moves.push({ currency, what: 'cash', timeMs: entry.timeMs, change: amount });
  moves.sort((a, b) => a.timeMs - b.timeMs);
  const stretches = new Map<string, Stretch[]>();
  for (const [currency, own] of Map.groupBy(moves, (move) => move.currency)) {
    const held = new Map<string, Decimal>();
    const list: Stretch[] = [];
    own.forEach(({ what, timeMs, change }, index) => {
      const after = (held.get(what) ?? ZERO).plus(change);
      if (after.isZero()) held.delete(what);
      else held.set(what, after);
      const toMs = own[index + 1]?.timeMs ?? Infinity;
      if (held.size === 0 || toMs === timeMs) return;
      const last = list.at(-1);
      if (last?.toMs === timeMs) list[list.length - 1] = { fromMs: last.fromMs, toMs };
      else list.push({ fromMs: timeMs, toMs });
    });
    stretches.set(currency, list);
  }
  return stretches;
}
