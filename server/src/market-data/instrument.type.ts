import {
  createUnionType,
  Field,
  Float,
  ID,
  InputType,
  Int,
  ObjectType,
  registerEnumType,
} from 'type-graphql';
import { connectionOf } from '../platform/graphql/connection.ts';
import { InputError, UserError } from '../platform/graphql/errors.ts';
import { Node } from '../platform/graphql/node.ts';
import {
  CurrencyScalar,
  DateTimeScalar,
  DecimalScalar,
  Float64ArrayScalar,
} from '../platform/graphql/scalars.ts';
import { type Timeframe, TimeframeEnum } from './timeframe.ts';

const classes = ['EQUITY', 'ETF', 'FUND', 'BOND', 'FX', 'CRYPTO', 'FUTURE', 'INDEX', 'OTHER'] as const;
export const AssetClassEnum = Object.fromEntries(classes.map((name) => [name, name])) as Record<
  (typeof classes)[number],
  string
>;
registerEnumType(AssetClassEnum, {
  name: 'AssetClass',
  description: 'What kind of thing an instrument is.',
  valuesConfig: {
    EQUITY: { description: 'A share of a company.' },
    ETF: { description: 'An exchange-traded fund.' },
    FUND: { description: 'Another fund.' },
    BOND: { description: 'A bond.' },
    FX: { description: 'A pair of currencies.' },
    CRYPTO: { description: 'A crypto currency.' },
    FUTURE: { description: 'A futures contract.' },
    INDEX: { description: 'An index, which cannot itself be traded.' },
    OTHER: { description: 'Anything else.' },
  },
});

export const PriceAdjustment = { RAW: 'RAW', ADJUSTED: 'ADJUSTED' } as const;
registerEnumType(PriceAdjustment, {
  name: 'PriceAdjustment',
  description: 'Which prices are meant.',
  valuesConfig: {
    RAW: { description: 'As traded.' },
    ADJUSTED: {
      description: 'Scaled for splits and dividends where the adjusted close is known, otherwise as traded.',
    },
  },
});

@ObjectType('DataSet', { description: 'The bars of an instrument at one timeframe.' })
export class DataSet {
  @Field(() => TimeframeEnum, { description: 'How long a bar is.' })
  timeframe!: Timeframe;

  @Field(() => Int, { description: 'How many bars there are.' })
  barCount!: number;

  @Field(() => DateTimeScalar, { description: 'The close of the first bar.' })
  from!: Date;

  @Field(() => DateTimeScalar, { description: 'The close of the last bar.' })
  to!: Date;

  @Field(() => Boolean, { description: 'Whether adjusted closes are known.' })
  hasAdjustedClose!: boolean;

  @Field(() => String, { description: 'SHA-256 of the content.' })
  contentHash!: string;
}

@ObjectType('BarSeries', { description: 'Bars as columns of one length.' })
export class BarSeries {
  @Field(() => TimeframeEnum, { description: 'How long a stored bar is.' })
  timeframe!: Timeframe;

  @Field(() => Int, { description: 'How many bars are here.' })
  length!: number;

  @Field(() => Int, { description: 'How many stored bars they stand for.' })
  sourceLength!: number;

  @Field(() => Boolean, { description: 'Whether each bar here is the union of several.' })
  isDownsampled!: boolean;

  @Field(() => Float64ArrayScalar, { description: 'Closing times in UTC epoch milliseconds.' })
  times!: Float64Array;

  @Field(() => Float64ArrayScalar, { description: 'First prices.' })
  open!: Float64Array;

  @Field(() => Float64ArrayScalar, { description: 'Highest prices.' })
  high!: Float64Array;

  @Field(() => Float64ArrayScalar, { description: 'Lowest prices.' })
  low!: Float64Array;

  @Field(() => Float64ArrayScalar, { description: 'Last prices.' })
  close!: Float64Array;

  @Field(() => Float64ArrayScalar, { description: 'Traded units.' })
  volume!: Float64Array;
}

export const BarSeriesResult = createUnionType({
  name: 'BarSeriesResult',
  description: 'Bars, or why there are none.',
  types: () => [BarSeries, InputError] as const,
});

@ObjectType('Instrument', { implements: Node, description: 'Something that can be traded or tracked.' })
export class Instrument extends Node {
  @Field(() => Int, { description: 'Rises with every change; updates name the version they expect.' })
  version!: number;

  @Field(() => String, { description: 'The short code, in capitals.' })
  symbol!: string;

  @Field(() => String, { nullable: true, description: 'The international number of a security.' })
  isin!: string | null;

  @Field(() => String, { description: 'The full name.' })
  name!: string;

  @Field(() => CurrencyScalar, { description: 'The currency of its prices.' })
  currency!: string;

  @Field(() => String, { nullable: true, description: 'Where it is traded.' })
  exchange!: string | null;

  @Field(() => AssetClassEnum, { description: 'What kind of thing it is.' })
  assetClass!: string;

  @Field(() => DecimalScalar, { description: 'The smallest step of its price.' })
  tickSize!: string;

  @Field(() => DecimalScalar, { description: 'The smallest tradable quantity; 0 for any fraction.' })
  lotSize!: string;

  @Field(() => String, { description: 'When it trades: XNYS, 24x7 or NONE.' })
  calendar!: string;

  @Field(() => Boolean, { description: 'Whether its prices are made up.' })
  isSynthetic!: boolean;

  @Field(() => String, { description: 'Where its prices come from, with the licence of sample data.' })
  source!: string;
}

export const InstrumentConnection = connectionOf(Instrument, 'Instrument');

@InputType({ description: 'Which instruments to list; every condition must hold.' })
export class InstrumentFilter {
  @Field(() => String, { nullable: true, description: 'Part of the symbol or the name.' })
  search?: string;

  @Field(() => AssetClassEnum, { nullable: true, description: 'The kind of thing.' })
  assetClass?: string;

  @Field(() => Boolean, { nullable: true, description: 'Whether prices are made up.' })
  isSynthetic?: boolean;

  @Field(() => Boolean, { nullable: true, description: 'Whether there are bars of it.' })
  hasBars?: boolean;
}

@InputType({ description: 'A new instrument.' })
export class CreateInstrumentInput {
  @Field(() => ID, {
    description: 'A key of 8 to 128 characters of your choice; the same key again gives the same instrument.',
  })
  idempotencyKey!: string;

  @Field(() => String, { description: 'The short code.' })
  symbol!: string;

  @Field(() => String, { nullable: true, description: 'The international number of a security.' })
  isin?: string;

  @Field(() => String, { description: 'The full name.' })
  name!: string;

  @Field(() => CurrencyScalar, { description: 'The currency of its prices.' })
  currency!: string;

  @Field(() => AssetClassEnum, { description: 'What kind of thing it is.' })
  assetClass!: string;

  @Field(() => String, { nullable: true, description: 'Where it is traded.' })
  exchange?: string;

  @Field(() => DecimalScalar, {
    nullable: true,
    description: 'The smallest step of its price; 0.01 when left out.',
  })
  tickSize?: string;

  @Field(() => DecimalScalar, {
    nullable: true,
    description: 'The smallest tradable quantity; 0 for any fraction.',
  })
  lotSize?: string;

  @Field(() => String, { nullable: true, description: 'XNYS, 24x7 or NONE.' })
  calendar?: string;
}

@InputType({ description: 'Changes to an instrument; what is left out stays.' })
export class UpdateInstrumentInput {
  @Field(() => ID, {
    description: 'A key of 8 to 128 characters of your choice; the same key again gives the same answer.',
  })
  idempotencyKey!: string;

  @Field(() => ID, { description: 'The instrument.' })
  id!: string;

  @Field(() => Int, { description: 'The version the change is based on.' })
  expectedVersion!: number;

  @Field(() => String, { nullable: true, description: 'The international number of a security.' })
  isin?: string;

  @Field(() => String, { nullable: true, description: 'The full name.' })
  name?: string;

  @Field(() => String, { nullable: true, description: 'Where it is traded.' })
  exchange?: string;

  @Field(() => AssetClassEnum, { nullable: true, description: 'What kind of thing it is.' })
  assetClass?: string;

  @Field(() => DecimalScalar, { nullable: true, description: 'The smallest step of its price.' })
  tickSize?: string;

  @Field(() => DecimalScalar, {
    nullable: true,
    description: 'The smallest tradable quantity; 0 for any fraction.',
  })
  lotSize?: string;

  @Field(() => String, { nullable: true, description: 'XNYS, 24x7 or NONE.' })
  calendar?: string;
}

@InputType({ description: 'An instrument that is to go, with its bars.' })
export class DeleteInstrumentInput {
  @Field(() => ID, {
    description: 'A key of 8 to 128 characters of your choice; the same key again gives the same answer.',
  })
  idempotencyKey!: string;

  @Field(() => ID, { description: 'The instrument.' })
  id!: string;

  @Field(() => Int, { description: 'The version that was looked at.' })
  expectedVersion!: number;
}

@InputType({ description: 'What to delete.' })
export class DeleteInput {
  @Field(() => ID, { description: 'The thing.' })
  id!: string;

  @Field(() => Int, { description: 'The version that was looked at.' })
  expectedVersion!: number;
}

@ObjectType('InstrumentPayload', { description: 'The instrument, or why not.' })
export class InstrumentPayload {
  @Field(() => Instrument, { nullable: true, description: 'The instrument after the change.' })
  instrument?: Instrument;

  @Field(() => [UserError], { description: 'Why nothing was changed; empty when it was.' })
  errors!: UserError[];
}

@ObjectType('DeletePayload', { description: 'What was deleted, or why not.' })
export class DeletePayload {
  @Field(() => ID, { nullable: true, description: 'What was deleted.' })
  deletedId?: string;

  @Field(() => [UserError], { description: 'Why nothing was deleted; empty when it was.' })
  errors!: UserError[];
}

@ObjectType('Quote', { description: 'The last stored price.' })
export class LastPrice {
  @Field(() => Float, { description: 'The close of the last bar.' })
  price!: number;

  @Field(() => DateTimeScalar, { description: 'When that bar closed.' })
  at!: Date;

  @Field(() => Float, { nullable: true, description: 'Change against the bar before, as a fraction.' })
  change!: number | null;
}
