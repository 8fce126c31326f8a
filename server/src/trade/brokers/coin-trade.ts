import { Decimal } from '../../platform/decimal.ts';
import type { StatedParts } from './broker-transaction.ts';

const FIAT = new Set(Intl.supportedValuesOf('currency'));
/** What others are priced in, the most common first; every money that a state issues comes before them. */
const QUOTES = ['USDT', 'USDC', 'BUSD', 'FDUSD', 'TUSD', 'DAI', 'BTC', 'ETH', 'BNB'];

/** An amount of a currency or a coin. */
export interface CoinAmount {
  readonly coin: string;
  readonly amount: Decimal;
}

/** Whether a code is a currency that a state issues. */
export function isFiat(coin: string): boolean {
  return FIAT.has(coin);
}

function rank(coin: string): number {
  if (isFiat(coin)) return -1;
  const index = QUOTES.indexOf(coin);
  return index < 0 ? QUOTES.length : index;
}

/** Received and given coins as a purchase or a sale: the one that others are priced in is the currency. */
function coinTrade(received: CoinAmount, given: CoinAmount): Pick<StatedParts, CoinTradeFields> {
  const isSale = rank(received.coin) < rank(given.coin);
  const [units, money] = isSale ? [given, received] : [received, given];
  return {
    kind: isSale ? 'SELL' : 'BUY',
    symbol: units.coin,
    quantity: units.amount.abs(),
    currency: money.coin,
    amount: isSale ? money.amount.abs() : money.amount.abs().negated(),
  };
}

type CoinTradeFields = 'kind' | 'symbol' | 'quantity' | 'currency' | 'amount';

/**
 * Coins that come in or go out without a counterpart: money as a deposit or withdrawal, coins as a transfer.
 */
export function coinMove({ coin, amount }: CoinAmount): Pick<StatedParts, CoinTradeFields> {
  const isIncoming = !amount.isNegative();
  return isFiat(coin)
    ? {
        kind: isIncoming ? 'DEPOSIT' : 'WITHDRAWAL',
        symbol: null,
        quantity: null,
        currency: coin,
        amount,
      }
    : {
        kind: isIncoming ? 'TRANSFER_IN' : 'TRANSFER_OUT',
        symbol: coin,
        quantity: amount.abs(),
        currency: null,
        amount: null,
      };
}

/** Coins given by the exchange, such as staking rewards; money is a reward of cash. */
export function coinReward({ coin, amount }: CoinAmount): Pick<StatedParts, CoinTradeFields> {
  const isMoney = isFiat(coin);
  return {
    kind: 'REWARD',
    symbol: isMoney ? null : coin,
    quantity: isMoney ? null : amount,
    currency: isMoney ? coin : null,
    amount: isMoney ? amount : null,
  };
}

/** The sum of the amounts of each coin. */
export function sumsOf(amounts: readonly CoinAmount[]): CoinAmount[] {
  const sums = new Map<string, Decimal>();
  for (const { coin, amount } of amounts) sums.set(coin, (sums.get(coin) ?? new Decimal(0)).plus(amount));
  return [...sums].map(([coin, amount]) => ({ coin, amount }));
}

/**
 * What was received for what was given, with the fees, which are negative amounts. Two currencies give the
 * legs of an exchange, otherwise there is one trade. Fees in its currency become part of it; each of the
 * others is a transaction of its own in the coin in which it was paid.
 */
export function exchangeOf(
  shared: Omit<StatedParts, 'kind'>,
  received: CoinAmount,
  given: CoinAmount,
  fees: readonly CoinAmount[],
): StatedParts[] {
  const { price: _price, priceCurrency: _priceCurrency, ...plain } = shared;
  const leg = ({ coin, amount }: CoinAmount, sign: 1 | -1): StatedParts => {
    return { ...plain, kind: 'CURRENCY_EXCHANGE', currency: coin, amount: amount.abs().times(sign) };
  };
  const parts: StatedParts[] =
    isFiat(received.coin) && isFiat(given.coin)
      ? [leg(received, 1), leg(given, -1)]
      : [{ ...shared, ...coinTrade(received, given) }];
  const [{ symbol = null }] = parts;
  for (const { coin, amount } of sumsOf(fees)) {
    if (amount.isZero()) continue;
    const fee = amount.negated();
    const index = parts.findIndex(({ kind, currency }) => kind !== 'FEE' && currency === coin);
    const part = parts[index];
    if (part) parts[index] = { ...part, amount: (part.amount ?? new Decimal(0)).plus(amount), fee };
    else parts.push({ ...plain, kind: 'FEE', symbol, currency: coin, amount, fee });
  }
  return parts;
}
