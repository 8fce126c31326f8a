import { Field, Float, ID, InputType, ObjectType } from 'type-graphql';
import { UserError } from '../platform/graphql/errors.ts';
import { Node } from '../platform/graphql/node.ts';
import { DateTimeScalar, Float64ArrayScalar } from '../platform/graphql/scalars.ts';

@ObjectType('PublicLink', {
  implements: Node,
  description: 'A link by which anybody sees a portfolio without its amounts.',
})
export class PublicLink extends Node {
  @Field(() => String, { description: 'What those who open it read as its title.' })
  readonly label!: string;

  @Field(() => DateTimeScalar, { description: 'When it was made.' })
  readonly createdAt!: Date;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it ends; never when null.' })
  readonly expiresAt!: Date | null;
}

@InputType('CreatePublicLinkInput', { description: 'A new public link.' })
export class CreatePublicLinkInput {
  @Field(() => ID, { description: 'The portfolio.' })
  readonly portfolioId!: string;

  @Field(() => String, { description: 'What those who open it read as its title, up to 120 characters.' })
  readonly label!: string;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it ends; never when left out.' })
  readonly expiresAt?: Date | null;

  @Field(() => ID, { description: 'The same key makes one link, however often it is sent.' })
  readonly idempotencyKey!: string;
}

@ObjectType('CreatePublicLinkPayload', { description: 'How making a public link went.' })
export class CreatePublicLinkPayload {
  @Field(() => PublicLink, { nullable: true, description: 'The link.' })
  readonly link?: PublicLink;

  @Field(() => String, { nullable: true, description: 'What stands after `/shared/` in it; told this once.' })
  readonly secret?: string | null;

  @Field(() => [UserError], { description: 'What went wrong, if anything.' })
  readonly errors!: UserError[];
}

@InputType('RevokePublicLinkInput', { description: 'Which public link to end.' })
export class RevokePublicLinkInput {
  @Field(() => ID, { description: 'The link.' })
  readonly id!: string;
}

@ObjectType('RevokePublicLinkPayload', { description: 'How ending a public link went.' })
export class RevokePublicLinkPayload {
  @Field(() => ID, { nullable: true, description: 'The link that has ended.' })
  readonly revokedId?: string;

  @Field(() => [UserError], { description: 'What went wrong, if anything.' })
  readonly errors!: UserError[];
}

@ObjectType('SharedWeight', { description: 'A part of a shared portfolio.' })
export class SharedPortfolioWeight {
  @Field(() => String, { description: 'An asset class, or Cash.' })
  readonly label!: string;

  @Field(() => Float, { description: 'Its part of the whole, as a fraction; negative when short.' })
  readonly weight!: number;
}

@ObjectType('SharedHolding', { description: 'What a shared portfolio holds, without how much.' })
export class SharedHolding {
  @Field(() => String, { description: 'The symbol.' })
  readonly symbol!: string;

  @Field(() => String, { description: 'What it is called.' })
  readonly label!: string;

  @Field(() => String, { description: 'What kind of thing it is, such as `EQUITY`.' })
  readonly assetClass!: string;

  @Field(() => Float, { description: 'Its part of the whole, as a fraction; negative when short.' })
  readonly weight!: number;
}

@ObjectType('SharedReturn', { description: 'The return of a month or a year.' })
export class SharedPeriodReturn {
  @Field(() => String, { description: 'The month, such as 2024-05, or the year.' })
  readonly label!: string;

  @Field(() => Float, { nullable: true, description: 'Time-weighted, as a fraction.' })
  readonly timeWeighted!: number | null;
}

@ObjectType('SharedPortfolio', {
  description:
    'What a public link shows of a portfolio: ratios in single precision, no amounts, quantities, prices paid, accounts or notes.',
})
export class SharedPortfolio {
  @Field(() => String, { description: 'The title of the link.' })
  readonly title!: string;

  @Field(() => DateTimeScalar, { nullable: true, description: 'The last valuation; null without any.' })
  readonly asOf!: Date | null;

  @Field(() => Float64ArrayScalar, {
    description: 'Times of the columns, epoch milliseconds, 1,000 at most.',
  })
  readonly times!: Float64Array;

  @Field(() => Float64ArrayScalar, {
    description: 'Time-weighted growth of 100 from the start; what was put in or taken out does not count.',
  })
  readonly index!: Float64Array;

  @Field(() => Float64ArrayScalar, {
    description: 'What the index is below its highest so far, as a fraction, 0 or less.',
  })
  readonly drawdown!: Float64Array;

  @Field(() => Float, { nullable: true, description: 'The return since the start, as a fraction.' })
  readonly totalReturn!: number | null;

  @Field(() => Float, {
    nullable: true,
    description: 'The same per year, as a fraction; null for less than a year.',
  })
  readonly annualisedReturn!: number | null;

  @Field(() => Float, { nullable: true, description: 'The deepest drawdown, as a positive fraction.' })
  readonly maximumDrawdown!: number | null;

  @Field(() => [SharedPeriodReturn], { description: 'Returns by month, UTC, the oldest first.' })
  readonly months!: SharedPeriodReturn[];

  @Field(() => [SharedPeriodReturn], { description: 'Returns by year, UTC, the oldest first.' })
  readonly years!: SharedPeriodReturn[];

  @Field(() => [SharedHolding], { description: 'What it holds, the largest first.' })
  readonly holdings!: SharedHolding[];

  @Field(() => Float, {
    nullable: true,
    description: 'Cash as a fraction of the whole, negative when borrowed; null where that is not known.',
  })
  readonly cashWeight!: number | null;

  @Field(() => [SharedPortfolioWeight], {
    description: 'Its parts by asset class and cash, the largest first.',
  })
  readonly allocation!: SharedPortfolioWeight[];
}
