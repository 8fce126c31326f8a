import { majorOf } from '../currency-pair.ts';
import type { CorporateEvent, DailyPrice, PriceHistory } from './provider.ts';

/**
 * A history in the currency of an instrument: pence become pounds, and the other way round. Throws where the provider
 * quotes in another currency; what it does not say is taken as that of the instrument.
 */
export function inCurrency(history: PriceHistory, currency: string): PriceHistory {
  const { currency: quoted, prices, events } = history;
  if (quoted === null || quoted === currency) return history;
  const [from, to] = [majorOf(quoted), majorOf(currency)];
  if (from.currency !== to.currency)
    throw new Error(`expected prices in ${currency} as the instrument is kept in, was ${quoted}`);
  // A division by a whole number, which is as near as doubles come.
  const per = Math.round(to.units / from.units) || 1 / Math.round(from.units / to.units);
  return {
    currency,
    prices: prices.map((one): DailyPrice => ({
      ...one,
      open: one.open / per,
      high: one.high / per,
      low: one.low / per,
      close: one.close / per,
      adjustedClose: one.adjustedClose / per,
    })),
    events: events.map((one): CorporateEvent =>
      one.kind === 'DIVIDEND' ? { ...one, value: one.value / per } : one,
    ),
  };
}
