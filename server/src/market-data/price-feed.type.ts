import { Field, Float, ID, InputType, Int, ObjectType } from 'type-graphql';
import { UserError } from '../platform/graphql/errors.ts';
import { DateTimeScalar } from '../platform/graphql/scalars.ts';

@ObjectType({ description: 'A service that prices can come from.' })
export class PriceProviderInfo {
  @Field(() => String, { description: 'Its name; a source is `name:reference`.' })
  declare name: string;

  @Field(() => String, { description: 'Its name for people.' })
  declare label: string;

  @Field(() => String, { description: 'A reference, as an example.' })
  declare example: string;

  @Field(() => Boolean, { description: 'Whether it may be asked here (PRICE_PROVIDERS).' })
  declare isOn: boolean;
}

@ObjectType({ description: 'Where prices of an instrument come from, and how the last look went.' })
export class PriceFeed {
  @Field(() => Int, { description: 'Rises with every change of its sources; 0 where there is none.' })
  declare version: number;

  @Field(() => [String], { description: 'Sources in the order they are tried, such as yahoo:AAPL.' })
  declare sources: readonly string[];

  @Field(() => DateTimeScalar, { nullable: true, description: 'When sources were asked last.' })
  declare checkedAt: Date | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When one of them answered last.' })
  declare refreshedAt: Date | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'When they are asked next; null without sources.',
  })
  declare dueAt: Date | null;

  @Field(() => String, { nullable: true, description: 'The source that answered last.' })
  declare usedSource: string | null;

  @Field(() => String, { nullable: true, description: 'Why no source answered the last time.' })
  declare problem: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When the newest stored bar closed.' })
  declare lastBarAt: Date | null;

  @Field(() => Boolean, {
    description:
      'Whether that is more than 7 days ago, or more than 2 where trade never stops; never of a synthetic instrument.',
  })
  declare isStale: boolean;
}

@ObjectType({ description: 'A split or a dividend that a provider told of.' })
export class CorporateEventType {
  @Field(() => String, { description: 'SPLIT or DIVIDEND.' })
  declare kind: string;

  @Field(() => String, { description: 'The date of the session, as YYYY-MM-DD.' })
  declare date: string;

  @Field(() => Float, {
    description: 'Units after a split for each before, or the amount paid for each unit.',
  })
  declare value: number;

  @Field(() => String, { description: 'Who told it.' })
  declare source: string;
}

@InputType({ description: 'Where prices of an instrument come from.' })
export class SetPriceFeedInput {
  @Field(() => ID, {
    description: 'A key of 8 to 128 characters of your choice; the same key again gives the same answer.',
  })
  declare idempotencyKey: string;

  @Field(() => ID, { description: 'The instrument.' })
  declare instrumentId: string;

  @Field(() => Int, { description: 'The version that was looked at; 0 where there was none.' })
  declare expectedVersion: number;

  @Field(() => [String], { description: 'Sources in the order they are tried, at most 5; none to stop.' })
  declare sources: string[];
}

@ObjectType({ description: 'The feed, or why not.' })
export class PriceFeedPayload {
  @Field(() => PriceFeed, { nullable: true, description: 'The feed after the change; null without sources.' })
  declare feed?: PriceFeed | null;

  @Field(() => [UserError], { description: 'Why nothing was changed; empty when it was.' })
  declare errors: UserError[];
}

@InputType({ description: 'Which prices to ask for now.' })
export class RefreshPricesInput {
  @Field(() => ID, {
    description: 'A key of 8 to 128 characters of your choice; the same key again gives the same answer.',
  })
  declare idempotencyKey: string;

  @Field(() => [ID], { nullable: true, description: 'Instruments; all that have sources when left out.' })
  declare instrumentIds?: string[] | null;
}

@ObjectType({ description: 'How many instruments are asked for within a minute.' })
export class RefreshPricesPayload {
  @Field(() => Int, { nullable: true, description: 'How many.' })
  declare dueCount?: number | null;

  @Field(() => [UserError], { description: 'Why none is; empty when some are.' })
  declare errors: UserError[];
}
