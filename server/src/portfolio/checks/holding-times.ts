import { type Decimal, ZERO } from '../../platform/decimal.ts';
import type { UnitChange } from '../../trade/units.ts';

/** A stretch of time in which units of an instrument were held, over all given changes. */
export interface HoldingTime {
  readonly fromMs: number;
  /** Null where they are still held. */
  readonly toMs: number | null;
}

/** When something other than zero units was held. */
export function holdingTimes(changes: readonly Pick<UnitChange, 'timeMs' | 'change'>[]): HoldingTime[] {
  const times: HoldingTime[] = [];
  let [held, fromMs]: [Decimal, number | null] = [ZERO, null];
  for (let index = 0; index < changes.length; index += 1) {
    held = held.plus(changes[index].change);
    // What happens at one time happens together.
    if (changes[index + 1]?.timeMs === changes[index].timeMs) continue;
    if (fromMs === null && !held.isZero()) fromMs = changes[index].timeMs;
    if (fromMs !== null && held.isZero()) {
      times.push({ fromMs, toMs: changes[index].timeMs });
      fromMs = null;
    }
  }
  return fromMs === null ? times : [...times, { fromMs, toMs: null }];
}

/** Whether something was held at some moment from one time to another, both included. */
export function isHeldWithin(times: readonly HoldingTime[], fromMs: number, toMs: number): boolean {
  return times.some((one) => one.fromMs <= toMs && (one.toMs === null || one.toMs >= fromMs));
}
