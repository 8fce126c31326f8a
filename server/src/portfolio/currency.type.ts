import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import type { ExchangeRate as KnownRate, RatePath } from '../market-data/exchange-rates.ts';
import { amountText, type Decimal } from '../platform/decimal.ts';
import { CurrencyScalar, DateTimeScalar, DecimalScalar } from '../platform/graphql/scalars.ts';
import type { GainEffects as Effects } from './effects.ts';
import type { MissingRate as Missing, StaleRate as Stale } from './portfolio-rates.ts';
import type { PricedBalance } from './portfolio-state.ts';
import { cashProfitOf } from './statement.ts';

export const RatePathEnum = {
  SAME: 'SAME',
  DIRECT: 'DIRECT',
  INVERSE: 'INVERSE',
  TRIANGULATED: 'TRIANGULATED',
  STATED: 'STATED',
} as const;
registerEnumType(RatePathEnum, {
  name: 'RatePath',
  description: 'How an exchange rate is known.',
  valuesConfig: {
    SAME: { description: 'By definition, such as 100 pence for a pound.' },
    DIRECT: { description: 'By a pair as it is quoted.' },
    INVERSE: { description: 'By a pair that is quoted the other way round.' },
    TRIANGULATED: { description: 'By two pairs that have a currency in common.' },
    STATED: { description: 'By the transaction that it is used for, which states it.' },
  },
});

@ObjectType('ExchangeRate', { description: 'What one unit of a currency is worth in another.' })
export class ExchangeRate {
  @Field(() => CurrencyScalar, { description: 'The currency that is valued.' })
  from!: string;

  @Field(() => CurrencyScalar, { description: 'The currency that it is valued in.' })
  to!: string;

  @Field(() => DecimalScalar, { description: 'Units of `to` for one of `from`, rounded to 18 decimals.' })
  rate!: string;

  @Field(() => DateTimeScalar, {
    description:
      'When the rate was told; of two pairs, when the older was, of a stated one, when its transaction happened.',
  })
  at!: Date;

  @Field(() => Boolean, { description: 'Whether that is more than 7 days before the time it is used for.' })
  isStale!: boolean;

  @Field(() => RatePathEnum, { description: 'How it is known.' })
  path!: RatePath;

  @Field(() => [String], {
    description: 'The symbols of the pairs that tell it; none where a transaction states it.',
  })
  symbols!: readonly string[];
}

@ObjectType('MissingRate', {
  description: 'An exchange rate that figures need and that no stored pair tells; it is never guessed.',
})
export class MissingRate {
  @Field(() => CurrencyScalar, { description: 'The currency to be valued.' })
  from!: string;

  @Field(() => CurrencyScalar, { description: 'The currency to value it in.' })
  to!: string;

  @Field(() => DateTimeScalar, { description: 'The first time it is needed at.' })
  firstAt!: Date;

  @Field(() => DateTimeScalar, { description: 'The last time it is needed at.' })
  lastAt!: Date;

  @Field(() => Int, { description: 'How many transactions need it; 0 where only values do.' })
  transactionCount!: number;

  @Field(() => [ID], { description: 'The first 100 of these, the oldest first.' })
  transactionIds!: readonly string[];

  @Field(() => String, { description: 'The same as a sentence.' })
  message!: string;
}

@ObjectType('StaleRate', {
  description:
    'An exchange rate that was more than 7 days old when figures took it, because no newer one is stored.',
})
export class StaleRate {
  @Field(() => CurrencyScalar, { description: 'The currency that is valued.' })
  from!: string;

  @Field(() => CurrencyScalar, { description: 'The currency that it is valued in.' })
  to!: string;

  @Field(() => DateTimeScalar, { description: 'The first time that an old rate is used for.' })
  firstAt!: Date;

  @Field(() => DateTimeScalar, { description: 'The last time that one is used for.' })
  lastAt!: Date;

  @Field(() => ExchangeRate, { description: 'The rate that was the oldest when it was used.' })
  exchangeRate!: ExchangeRate;

  @Field(() => DateTimeScalar, { description: 'The time that it was used for.' })
  usedAt!: Date;

  @Field(() => Int, {
    description: 'How many transactions are booked at old rates; 0 where only values take one.',
  })
  transactionCount!: number;

  @Field(() => [ID], { description: 'The first 100 of these, the oldest first.' })
  transactionIds!: readonly string[];

  @Field(() => String, { description: 'The same as a sentence.' })
  message!: string;
}

@ObjectType('GainEffects', {
  description:
    'A gain in the base currency by what made it; the three add up to the gain. An effect is null where it needs a rate that is missing.',
})
export class GainEffects {
  @Field(() => DecimalScalar, {
    nullable: true,
    description: "The gain in the instrument's own currency, at the exchange rate of its cost.",
  })
  price!: string | null;

  @Field(() => DecimalScalar, {
    nullable: true,
    description: 'The change of the exchange rate on the cost.',
  })
  currency!: string | null;

  @Field(() => DecimalScalar, {
    nullable: true,
    description: "The change of the exchange rate on the gain in the instrument's own currency.",
  })
  cross!: string | null;
}

@ObjectType('CashBalance', { description: 'The cash of one currency over all accounts.' })
export class CashBalance {
  @Field(() => CurrencyScalar, { description: 'The currency.' })
  currency!: string;

  @Field(() => DecimalScalar, { description: 'How much, negative where it is owed.' })
  amount!: string;

  @Field(() => DecimalScalar, {
    nullable: true,
    description: 'Its value in the base currency; null where the rate is missing.',
  })
  value!: string | null;

  @Field(() => DecimalScalar, {
    nullable: true,
    description:
      'What the change of the rate made of it: its value less the worth of its moves when they came.',
  })
  currencyEffect!: string | null;

  @Field(() => ExchangeRate, {
    nullable: true,
    description: 'The rate of its value; null for the base currency, and where it is missing.',
  })
  exchangeRate!: ExchangeRate | null;
}

const IDS_LISTED = 100;

export function toExchangeRate(known: KnownRate | null): ExchangeRate | null {
  if (!known || !Number.isFinite(known.quotedMs)) return null;
  const { rate, quotedMs } = known;
  return Object.assign(new ExchangeRate(), { ...known, rate: amountText(rate)!, at: new Date(quotedMs) });
}

export function toMissingRate({ from, to, fromMs, toMs, transactionIds }: Missing): MissingRate {
  const [firstAt, lastAt] = [new Date(fromMs), new Date(toMs)];
  const day = firstAt.toISOString().slice(0, 10);
  return Object.assign(new MissingRate(), {
    from,
    to,
    firstAt,
    lastAt,
    transactionCount: transactionIds.length,
    transactionIds: transactionIds.slice(0, IDS_LISTED),
    message: `expected the price of ${from} in ${to} on ${day} or before, was not stored: import the bars of ${from}${to} as class FX`,
  });
}

export function toStaleRate({ from, to, fromMs, toMs, usedMs, rate, transactionIds }: Stale): StaleRate {
  const dayOf = (timeMs: number) => new Date(timeMs).toISOString().slice(0, 10);
  return Object.assign(new StaleRate(), {
    from,
    to,
    firstAt: new Date(fromMs),
    lastAt: new Date(toMs),
    exchangeRate: toExchangeRate(rate),
    usedAt: new Date(usedMs),
    transactionCount: transactionIds.length,
    transactionIds: transactionIds.slice(0, IDS_LISTED),
    message: `expected the price of ${from} in ${to} at most 7 days before ${dayOf(usedMs)}, was that of ${dayOf(rate.quotedMs)}: import the bars of ${from}${to} as class FX`,
  });
}

/** The effects with the digits of the API; the cross term is what is left of the gain, so that they add up. */
export function toEffects({ price, currency, cross }: Effects): GainEffects {
  const [own, rate] = [price, currency].map((one) => one.toDecimalPlaces(18)) as [Decimal, Decimal];
  const gain = price.plus(currency).plus(cross).toDecimalPlaces(18);
  return Object.assign(new GainEffects(), {
    price: amountText(own),
    currency: amountText(rate),
    cross: amountText(gain.minus(own).minus(rate)),
  });
}

export function toCashBalance(balance: PricedBalance): CashBalance {
  const { currency, amount, value, exchangeRate } = balance;
  return Object.assign(new CashBalance(), {
    currency,
    amount: amountText(amount)!,
    value: amountText(value),
    currencyEffect: amountText(cashProfitOf(balance)),
    exchangeRate: toExchangeRate(exchangeRate),
  });
}
