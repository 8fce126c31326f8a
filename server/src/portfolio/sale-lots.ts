import { Decimal, ZERO } from '../platform/decimal.ts';
import { type LotClosing, type LotEvent, type LotMethod, type OpenLot, runLots } from '../trade/lots.ts';

/** A lot as a sale would close it: its cost with the fees of opening. */
export type SaleableLot = Pick<
  OpenLot,
  'id' | 'accountId' | 'instrumentId' | 'side' | 'openedMs' | 'quantity'
> & { readonly costBasis: Decimal };

/** A sale that may happen. */
export interface Sale {
  readonly instrumentId: string;
  readonly quantity: Decimal;
  readonly price: Decimal;
  readonly cost: Decimal;
}

/**
 * The parts of lots that a sale would close by a method, which may be each account's own, with their gains after the costs of the sale.
 * Accounts with more units give theirs first; lots close within their account.
 */
export function lotsSold(
  lots: readonly SaleableLot[],
  sale: Sale,
  method: LotMethod | ((accountId: string) => LotMethod),
  atMs: number,
): LotClosing[] {
  const { instrumentId, quantity, price, cost } = sale;
  const own = lots.filter((lot) => lot.instrumentId === instrumentId && lot.side === 'LONG');
  const unitsOf = (group: readonly SaleableLot[]) => group.reduce((sum, lot) => sum.plus(lot.quantity), ZERO);
  const accounts = [...Map.groupBy(own, ({ accountId }) => accountId)].toSorted(([, a], [, b]) =>
    unitsOf(b).comparedTo(unitsOf(a)),
  );
  let left = quantity;
  const events = accounts.flatMap(([accountId, group]): LotEvent[] => {
    const units = Decimal.min(left, unitsOf(group));
    left = left.minus(units);
    if (units.isZero()) return [];
    return [
      ...group.map(({ id, openedMs, quantity: held, costBasis }): LotEvent => {
        const place = { id, accountId, instrumentId, timeMs: openedMs, openedMs };
        return { ...place, kind: 'RECEIVE', quantity: held, basis: costBasis };
      }),
      {
        id: `sale of ${instrumentId}`,
        accountId,
        instrumentId,
        timeMs: atMs,
        kind: 'TRADE',
        quantity: units.negated(),
        price,
        fee: cost.times(units).div(quantity).toDecimalPlaces(18),
      },
    ];
  });
  return [...runLots(events, method).closings];
}

/** What closings gain in all. */
export function gainOf(closings: readonly LotClosing[]): Decimal {
  return closings.reduce((sum, { gain }) => sum.plus(gain), ZERO);
}

/**
 * The most units of each sale that keep the gains of all within a limit; empty where they do as they
 * are. Sales with the least gain for their proceeds go first: losses make room for gains.
 */
export function withinGains(
  sales: readonly { readonly sale: Sale; readonly closings: readonly LotClosing[] }[],
  limit: Decimal,
): Map<string, Decimal> {
  const gains = sales.map(({ sale, closings }) => ({ sale, closings, gain: gainOf(closings) }));
  const all = gains.reduce((sum, { gain }) => sum.plus(gain), ZERO);
  if (all.lessThanOrEqualTo(limit)) return new Map();
  const rateOf = ({ sale, gain }: (typeof gains)[number]) => gain.div(sale.quantity.times(sale.price));
  let room = limit;
  const most = new Map<string, Decimal>();
  for (const one of gains.toSorted((a, b) => rateOf(a).comparedTo(rateOf(b)))) {
    const units = unitsWithin(one.closings, room);
    const isAll = units.greaterThanOrEqualTo(one.sale.quantity);
    const gain = isAll ? one.gain : Decimal.max(ZERO, room);
    room = room.minus(gain);
    if (!isAll) most.set(one.sale.instrumentId, units);
  }
  return most;
}

/** How many units, in the order of closing, gain no more than there is room for. */
function unitsWithin(closings: readonly LotClosing[], room: Decimal): Decimal {
  if (gainOf(closings).lessThanOrEqualTo(room))
    return closings.reduce((sum, { quantity }) => sum.plus(quantity), ZERO);
  let [units, left] = [ZERO, room];
  for (const { quantity, gain } of closings) {
    if (gain.greaterThan(left))
      return left.greaterThan(0)
        ? units.plus(quantity.times(left).div(gain).toDecimalPlaces(18, 'DOWN'))
        : units;
    units = units.plus(quantity);
    left = left.minus(gain);
  }
  return units;
}
