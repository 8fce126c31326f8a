import { createUnionType, Field, Float, ID, InputType, Int, ObjectType } from 'type-graphql';
import { Instrument } from '../market-data/instrument.type.ts';
import { connectionOf } from '../platform/graphql/connection.ts';
import { enumOf } from '../platform/graphql/enum.ts';
import { InsufficientHistoryError, UserError } from '../platform/graphql/errors.ts';
import { Node } from '../platform/graphql/node.ts';
import {
  CurrencyScalar,
  DateTimeScalar,
  DecimalScalar,
  Float64ArrayScalar,
} from '../platform/graphql/scalars.ts';
import type { ValuationBasis } from './portfolio.service.ts';
import type { PricedHolding } from './portfolio-state.ts';
import { CashBalance, ExchangeRate, GainEffects, MissingRate, StaleRate } from './currency.type.ts';

export const Side = enumOf('Side', 'Which way a fill goes.', { BUY: 'Bought.', SELL: 'Sold.' });

export const FillSortField = enumOf('FillSortField', 'What fills are ordered by.', {
  EXECUTED_AT: 'When they happened.',
  SYMBOL: 'The symbol.',
  QUANTITY: 'Units.',
  PRICE: 'Price per unit.',
  VALUE: 'Quantity times price.',
});

@ObjectType('Portfolio', { implements: Node, description: 'Positions and cash in one base currency.' })
export class Portfolio extends Node {
  @Field(() => Int, { description: 'Rises with every change; updates name the version they expect.' })
  version!: number;

  @Field(() => Int, {
    description: 'Rises with every change of its transactions; writes to them name the version they expect.',
  })
  ledgerVersion!: number;

  @Field(() => String, { description: 'Its name, unique.' })
  name!: string;

  @Field(() => CurrencyScalar, { description: 'What it is valued in.' })
  baseCurrency!: string;

  @Field(() => Boolean, { description: 'Whether it came with the installation as an example.' })
  isSample!: boolean;

  @Field(() => DateTimeScalar, { description: 'When it was made.' })
  createdAt!: Date;

  benchmarkId!: string | null;
}

@ObjectType('Fill', { implements: Node, description: 'One execution: an immutable fact.' })
export class Fill extends Node {
  @Field(() => Side, { description: 'Bought or sold.' })
  side!: 'BUY' | 'SELL';

  @Field(() => DecimalScalar, { description: 'Units, above 0.' })
  quantity!: string;

  @Field(() => DecimalScalar, { description: 'Price per unit.' })
  price!: string;

  @Field(() => DecimalScalar, { description: 'What it cost beside the price, 0 or more.' })
  fee!: string;

  @Field(() => DecimalScalar, { description: 'Quantity times price.' })
  tradeValue!: string;

  @Field(() => CurrencyScalar, { description: 'The currency of price and fee.' })
  currency!: string;

  @Field(() => DateTimeScalar, { description: 'When it happened.' })
  executedAt!: Date;

  @Field(() => String, { nullable: true, description: "The broker's own identifier." })
  externalId!: string | null;

  accountId!: string;

  instrumentId!: string;
}

export const FillConnection = connectionOf(Fill, 'Fill');

@ObjectType('Position', { description: 'The net holding of one instrument.' })
export class Position {
  @Field(() => Instrument, { description: 'What is held.' })
  instrument!: Instrument;

  @Field(() => DecimalScalar, { description: 'Units, negative when short.' })
  quantity!: string;

  @Field(() => DecimalScalar, {
    nullable: true,
    description:
      "The average price it was opened at, in the instrument's own currency; null once it is closed.",
  })
  averageCost!: string | null;

  @Field(() => DecimalScalar, {
    nullable: true,
    description:
      'What it was opened for in the base currency at the rates of its days, before fees; negative when short.',
  })
  costBasis!: string | null;

  @Field(() => DecimalScalar, {
    nullable: true,
    description:
      "The last stored close in the instrument's own currency, divided by splits since; null where none is known and the last fill stands in.",
  })
  marketPrice!: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When that bar closed.' })
  marketPriceAt!: Date | null;

  @Field(() => DecimalScalar, {
    nullable: true,
    description: 'Units times price in the base currency; null where the exchange rate is missing.',
  })
  marketValue!: string | null;

  @Field(() => DecimalScalar, {
    nullable: true,
    description: "Units times price in the instrument's own currency.",
  })
  quoteValue!: string | null;

  @Field(() => ExchangeRate, {
    nullable: true,
    description: 'The rate between these two; null where they are the same, and where it is missing.',
  })
  exchangeRate!: ExchangeRate | null;

  @Field(() => Float, { nullable: true, description: 'Market value over equity, as a fraction.' })
  weight!: number | null;

  @Field(() => DecimalScalar, {
    nullable: true,
    description: 'Gain or loss still open in the base currency, before fees.',
  })
  unrealisedProfit!: string | null;

  @Field(() => GainEffects, { description: 'The same by what made it.' })
  unrealisedEffects!: GainEffects;

  @Field(() => Float, { nullable: true, description: 'The same over its cost, as a fraction.' })
  unrealisedFraction!: number | null;

  @Field(() => DecimalScalar, {
    nullable: true,
    description: 'Gain or loss of closed parts in the base currency, before fees.',
  })
  realisedProfit!: string | null;

  @Field(() => GainEffects, { description: 'The same by what made it.' })
  realisedEffects!: GainEffects;

  holding!: PricedHolding;
  basis!: ValuationBasis;
}

@ObjectType('Valuation', {
  description:
    'What a portfolio is worth at a time, in its base currency. An amount is null where it needs an exchange rate that is missing.',
})
export class Valuation {
  @Field(() => DateTimeScalar, { description: 'The time it is for.' })
  at!: Date;

  @Field(() => CurrencyScalar, { description: 'The currency of all amounts.' })
  currency!: string;

  @Field(() => DecimalScalar, { nullable: true, description: 'Cash plus market value.' })
  equity!: string | null;

  @Field(() => DecimalScalar, { nullable: true, description: 'Cash.' })
  cash!: string | null;

  @Field(() => DecimalScalar, {
    nullable: true,
    description: 'The signed value of all positions, which is the net exposure.',
  })
  marketValue!: string | null;

  @Field(() => DecimalScalar, { nullable: true, description: 'The sum of the magnitudes of all positions.' })
  grossExposure!: string | null;

  @Field(() => DecimalScalar, { nullable: true, description: 'Open gains and losses, before fees.' })
  unrealisedProfit!: string | null;

  @Field(() => DecimalScalar, { nullable: true, description: 'Closed gains and losses, before fees.' })
  realisedProfit!: string | null;

  @Field(() => DecimalScalar, { nullable: true, description: 'All fees, with the taxes of trades.' })
  fees!: string | null;

  @Field(() => DecimalScalar, { nullable: true, description: 'Dividends received, before the tax withheld.' })
  dividends!: string | null;

  @Field(() => DecimalScalar, { nullable: true, description: 'Interest received less interest paid.' })
  interest!: string | null;

  @Field(() => DecimalScalar, { nullable: true, description: 'Taxes withheld and paid, less refunds.' })
  taxes!: string | null;

  @Field(() => DecimalScalar, {
    nullable: true,
    description: 'Corrections of cash, which are gains or losses.',
  })
  adjustments!: string | null;

  @Field(() => Float, {
    nullable: true,
    description: 'Gross exposure over equity, 1 for fully invested; null without equity.',
  })
  leverage!: number | null;

  @Field(() => DecimalScalar, {
    nullable: true,
    description: 'Change of market value from the bar before at the positions held now.',
  })
  dayChange!: string | null;

  @Field(() => Float, { nullable: true, description: 'The same over the equity before, as a fraction.' })
  dayChangeFraction!: number | null;

  @Field(() => DecimalScalar, {
    nullable: true,
    description: 'What the change of exchange rates made of cash.',
  })
  cashProfit!: string | null;

  @Field(() => DecimalScalar, {
    nullable: true,
    description: 'Dividends and interest, less the taxes withheld and paid.',
  })
  income!: string | null;

  @Field(() => GainEffects, {
    description: 'All gains of positions and cash, open and closed, by what made them.',
  })
  effects!: GainEffects;

  @Field(() => [CashBalance], { description: 'Cash by currency, the base currency first.' })
  cashBalances!: CashBalance[];

  @Field(() => [MissingRate], {
    description: 'Exchange rates that are needed and not known: what needs them is null.',
  })
  missingRates!: MissingRate[];

  @Field(() => [StaleRate], {
    description: 'Exchange rates that were old when transactions or values took them: figures may be wrong.',
  })
  staleRates!: StaleRate[];

  @Field(() => [String], { description: 'Symbols without a stored price: their last fill stands in.' })
  missingPrices!: string[];

  basis!: ValuationBasis;
}

@ObjectType('EquitySeries', { description: 'The value of a portfolio over time as columns of one length.' })
export class EquitySeries {
  @Field(() => CurrencyScalar, { description: 'The currency of all amounts.' })
  currency!: string;

  @Field(() => Int, { description: 'How many points are here.' })
  length!: number;

  @Field(() => Int, { description: 'How many points they were chosen from.' })
  sourceLength!: number;

  @Field(() => Float64ArrayScalar, { description: 'UTC epoch milliseconds.' })
  times!: Float64Array;

  @Field(() => Float64ArrayScalar, { description: 'Cash plus market value.' })
  equity!: Float64Array;

  @Field(() => Float64ArrayScalar, { description: 'Cash.' })
  cash!: Float64Array;

  @Field(() => Float64ArrayScalar, { description: 'Signed value of positions.' })
  marketValue!: Float64Array;

  @Field(() => Float64ArrayScalar, {
    description:
      'Fall from the peak of the flow-adjusted value by what each day (UTC) ended with, 0 or below; not a number before there is a value that stays known.',
  })
  drawdown!: Float64Array;

  @Field(() => Float64ArrayScalar, {
    description:
      '1 where an exchange rate that is more than 7 days old values cash or a position, 0 elsewhere; staleRates of a valuation names those of a time.',
  })
  hasStaleRate!: Float64Array;

  @Field(() => Float64ArrayScalar, {
    nullable: true,
    description:
      'What the same money would be worth in the benchmark, each flow bought at its last close; null without one, not a number before its first price.',
  })
  benchmark!: Float64Array | null;
}

export const EquitySeriesResult = createUnionType({
  name: 'EquitySeriesResult',
  description: 'The value over time, or why there is none.',
  types: () => [EquitySeries, InsufficientHistoryError] as const,
});

@InputType({ description: 'A new portfolio.' })
export class CreatePortfolioInput {
  @Field(() => ID, {
    description: 'A key of 8 to 128 characters of your choice; the same key again gives the same portfolio.',
  })
  idempotencyKey!: string;

  @Field(() => String, { description: 'Its name, unique.' })
  name!: string;

  @Field(() => CurrencyScalar, { description: 'What it is valued in.' })
  baseCurrency!: string;

  @Field(() => DecimalScalar, {
    defaultValue: '0',
    description: 'Cash it begins with, at the time of its first fill.',
  })
  initialCash!: string;

  @Field(() => String, { nullable: true, description: 'The symbol of an instrument to compare with.' })
  benchmarkSymbol?: string | null;
}

@InputType({ description: 'A portfolio that is to go, with all that is in it.' })
export class DeletePortfolioInput {
  @Field(() => ID, {
    description: 'A key of 8 to 128 characters of your choice; the same key again gives the same answer.',
  })
  idempotencyKey!: string;

  @Field(() => ID, { description: 'The portfolio.' })
  id!: string;

  @Field(() => Int, { description: 'The version that was looked at.' })
  expectedVersion!: number;
}

@InputType({ description: 'Changes to a portfolio; what is left out stays.' })
export class UpdatePortfolioInput {
  @Field(() => ID, {
    description: 'A key of 8 to 128 characters of your choice; the same key again gives the same answer.',
  })
  idempotencyKey!: string;

  @Field(() => ID, { description: 'The portfolio.' })
  id!: string;

  @Field(() => Int, { description: 'The version the change is based on.' })
  expectedVersion!: number;

  @Field(() => String, { nullable: true, description: 'Its name.' })
  name?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'The symbol of an instrument to compare with; null for none.',
  })
  benchmarkSymbol?: string | null;
}

@ObjectType('PortfolioPayload', { description: 'The portfolio, or why not.' })
export class PortfolioPayload {
  @Field(() => Portfolio, { nullable: true, description: 'The portfolio after the change.' })
  portfolio?: Portfolio;

  @Field(() => [UserError], { description: 'Why nothing was changed; empty when it was.' })
  errors!: UserError[];
}

@ObjectType('RemoveSampleDataPayload', { description: 'What was removed.' })
export class RemoveSampleDataPayload {
  @Field(() => [ID], { description: 'The portfolios that were removed.' })
  deletedPortfolioIds!: string[];

  @Field(() => [UserError], { description: 'Why nothing was removed; empty when it was.' })
  errors!: UserError[];
}
