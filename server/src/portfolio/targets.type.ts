import { Field, Float, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { AssetClassEnum, Instrument } from '../market-data/instrument.type.ts';
import { UserError } from '../platform/graphql/errors.ts';
import { DateTimeScalar, DecimalScalar } from '../platform/graphql/scalars.ts';
import type { LotMethod } from '../trade/lots.ts';
import { LotMethodEnum } from './lot.type.ts';
import { Portfolio } from './portfolio.type.ts';

export const BandKind = { ABSOLUTE: 'ABSOLUTE', RELATIVE: 'RELATIVE' } as const;
registerEnumType(BandKind, {
  name: 'BandKind',
  description: 'What a band is measured in.',
  valuesConfig: {
    ABSOLUTE: { description: 'Parts of the whole: 0.05 around 0.20 is 0.15 to 0.25.' },
    RELATIVE: { description: 'Parts of the target: 0.25 around 0.20 is 0.15 to 0.25.' },
  },
});

export const UnitRule = { LOT_SIZE: 'LOT_SIZE', WHOLE: 'WHOLE', FRACTIONAL: 'FRACTIONAL' } as const;
registerEnumType(UnitRule, {
  name: 'UnitRule',
  description: 'What quantities orders may have.',
  valuesConfig: {
    LOT_SIZE: { description: 'Multiples of the lot size of the instrument.' },
    WHOLE: { description: 'Whole units, or multiples of a larger lot size.' },
    FRACTIONAL: { description: 'Any fraction, to 8 decimals.' },
  },
});

export const RebalanceGoal = { TARGET: 'TARGET', BAND: 'BAND' } as const;
registerEnumType(RebalanceGoal, {
  name: 'RebalanceGoal',
  description: 'Where what has drifted out of its band goes.',
  valuesConfig: {
    TARGET: { description: 'To its target.' },
    BAND: { description: 'Just into its band.' },
  },
});

@ObjectType('TargetLine', {
  description: 'The weight that an instrument, or a class of them, is meant to have.',
})
export class TargetLineType {
  @Field(() => AssetClassEnum, { nullable: true, description: 'The class, where it is one.' })
  assetClass!: string | null;

  @Field(() => Float, { description: 'The target weight, a fraction of the managed value.' })
  weight!: number;

  @Field(() => Float, { description: 'How far the weight may be off before it counts as drift.' })
  band!: number;

  @Field(() => BandKind, { description: 'What the band is measured in.' })
  bandKind!: keyof typeof BandKind;

  instrumentId!: string | null;
  buyInstrumentId!: string | null;
}

@ObjectType('PortfolioTargets', {
  description: 'What a portfolio is meant to hold, and how it is brought there.',
})
export class PortfolioTargets {
  @Field(() => Int, { description: 'Rises with every change; updates name the version they expect.' })
  version!: number;

  @Field(() => [TargetLineType], {
    description: 'The lines; an instrument with its own does not count to its class.',
  })
  lines!: TargetLineType[];

  @Field(() => Float, { description: 'The target weight of cash: what the lines leave.' })
  cashWeight!: number;

  @Field(() => Float, { description: 'How far the weight of cash may be off, in parts of the whole.' })
  cashBand!: number;

  @Field(() => DecimalScalar, { description: 'Cash that is never spent.' })
  cashMinimum!: string;

  @Field(() => DecimalScalar, { description: 'Cost of an order, flat.' })
  costFixed!: string;

  @Field(() => Float, { description: 'Cost of an order in basis points of its value.' })
  costBps!: number;

  @Field(() => DecimalScalar, { description: 'The least value of an order.' })
  minimumTrade!: string;

  @Field(() => UnitRule, { description: 'What quantities orders may have.' })
  units!: keyof typeof UnitRule;

  @Field(() => RebalanceGoal, { description: 'Where what has drifted goes.' })
  goal!: keyof typeof RebalanceGoal;

  @Field(() => LotMethodEnum, {
    nullable: true,
    description: "Which lots sales close; null where each account's own method says.",
  })
  lotMethod!: LotMethod | null;

  @Field(() => String, { description: 'Who set them last.' })
  updatedBy!: string;

  @Field(() => DateTimeScalar, { description: 'When.' })
  updatedAt!: Date;
}

@InputType({ description: 'The weight that an instrument, or a class of them, is meant to have.' })
export class TargetLineInput {
  @Field(() => String, { nullable: true, description: 'The symbol of the instrument; otherwise the class.' })
  symbol?: string | null;

  @Field(() => AssetClassEnum, {
    nullable: true,
    description: 'The class: all that is held of it and has no line of its own.',
  })
  assetClass?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'The symbol that purchases for the class go into; what is held of it, by value, when left out.',
  })
  buySymbol?: string | null;

  @Field(() => Float, { description: 'The target weight from 0 to 1; 0 sells all of it.' })
  weight!: number;

  @Field(() => Float, {
    defaultValue: 0,
    description: 'How far the weight may be off before it counts as drift.',
  })
  band!: number;

  @Field(() => BandKind, { defaultValue: 'ABSOLUTE', description: 'What the band is measured in.' })
  bandKind!: keyof typeof BandKind;
}

@InputType({ description: 'Targets in the place of those before.' })
export class SetTargetsInput {
  @Field(() => ID, {
    description: 'A key of 8 to 128 characters of your choice; the same key again writes once.',
  })
  idempotencyKey!: string;

  @Field(() => ID, { description: 'The portfolio.' })
  portfolioId!: string;

  @Field(() => Int, {
    description: 'The version of the targets that the change is based on; 0 where there are none.',
  })
  expectedVersion!: number;

  @Field(() => [TargetLineInput], { description: 'Up to 200 lines with weights of at most 1 in all.' })
  lines!: TargetLineInput[];

  @Field(() => Float, {
    defaultValue: 0,
    description: 'How far the weight of cash may be off, in parts of the whole.',
  })
  cashBand!: number;

  @Field(() => DecimalScalar, { defaultValue: '0', description: 'Cash that is never spent.' })
  cashMinimum!: string;

  @Field(() => DecimalScalar, { defaultValue: '0', description: 'Cost of an order, flat.' })
  costFixed!: string;

  @Field(() => Float, { defaultValue: 0, description: 'Cost of an order in basis points of its value.' })
  costBps!: number;

  @Field(() => DecimalScalar, { defaultValue: '0', description: 'The least value of an order.' })
  minimumTrade!: string;

  @Field(() => UnitRule, { defaultValue: 'LOT_SIZE', description: 'What quantities orders may have.' })
  units!: keyof typeof UnitRule;

  @Field(() => RebalanceGoal, { defaultValue: 'TARGET', description: 'Where what has drifted goes.' })
  goal!: keyof typeof RebalanceGoal;

  @Field(() => LotMethodEnum, {
    nullable: true,
    description: "Which lots sales close; by each account's own method when left out.",
  })
  lotMethod?: LotMethod | null;
}

@ObjectType('SetTargetsPayload', { description: 'The targets, or why not.' })
export class SetTargetsPayload {
  @Field(() => PortfolioTargets, { nullable: true, description: 'The targets after the change.' })
  targets?: PortfolioTargets;

  @Field(() => Portfolio, { nullable: true, description: 'The portfolio.' })
  portfolio?: Portfolio;

  @Field(() => [UserError], { description: 'Why nothing was changed; empty when it was.' })
  errors!: UserError[];
}

/** What is left alone, as the API tells it. */
@ObjectType('UnmanagedHolding', { description: 'Something held that a plan leaves alone.' })
export class UnmanagedHolding {
  @Field(() => Instrument, { description: 'What is held.' })
  instrument!: Instrument;

  @Field(() => DecimalScalar, { nullable: true, description: 'What it is worth; null without a price.' })
  value!: string | null;

  @Field(() => String, { nullable: true, description: 'Why; null where no line speaks of it.' })
  reason!: string | null;
}
