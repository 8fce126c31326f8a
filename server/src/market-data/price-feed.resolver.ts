import { Arg, Ctx, FieldResolver, Mutation, Query, Resolver, Root } from 'type-graphql';
import type { Context } from '../context.ts';
import { Access } from '../platform/graphql/access.ts';
import { payload } from '../platform/graphql/errors.ts';
import { Instrument } from './instrument.type.ts';
import type { PriceFeedRow } from './price-feed.entity.ts';
import {
  CorporateEventType,
  PriceFeed,
  PriceFeedPayload,
  PriceProviderInfo,
  RefreshPricesInput,
  RefreshPricesPayload,
  SetPriceFeedInput,
} from './price-feed.type.ts';
import { ALL_PROVIDERS } from './providers/all.ts';

const NONE = {
  version: 0,
  sources: [],
  checkedAt: null,
  refreshedAt: null,
  dueAt: null,
  usedSource: null,
  problem: null,
};

async function toFeed(
  { services }: Context,
  row: PriceFeedRow | null,
  instrumentId: string,
): Promise<PriceFeed> {
  const [instrument, last] = await Promise.all([
    services.marketData.find(instrumentId),
    services.marketData.lastPrice(instrumentId),
  ]);
  const lastBarAt = last?.at ?? null;
  const isStale = services.priceFeeds.isStale(instrument!, lastBarAt);
  return Object.assign(new PriceFeed(), NONE, row, { lastBarAt, isStale });
}

@Resolver(() => Instrument)
export class PriceFeedResolver {
  @Query(() => [PriceProviderInfo], { description: 'The services that prices can come from.' })
  priceProviders(@Ctx() { services }: Context): PriceProviderInfo[] {
    return ALL_PROVIDERS.map(({ name, label, example }) => ({
      name,
      label,
      example,
      isOn: services.priceFeeds.providers.has(name),
    }));
  }

  @Access({ who: 'ADMIN' })
  @Mutation(() => PriceFeedPayload, { description: 'Says where prices of an instrument come from.' })
  setPriceFeed(
    @Ctx() context: Context,
    @Arg('input', () => SetPriceFeedInput, { description: 'The sources.' }) input: SetPriceFeedInput,
  ): Promise<PriceFeedPayload> {
    return payload(async () => {
      const row = await context.services.priceFeeds.set(input);
      return { feed: row && (await toFeed(context, row, input.instrumentId)) };
    });
  }

  @Access({ who: 'ADMIN' })
  @Mutation(() => RefreshPricesPayload, { description: 'Asks for newest prices within a minute.' })
  refreshPrices(
    @Ctx() { services }: Context,
    @Arg('input', () => RefreshPricesInput, { description: 'Which ones.' }) input: RefreshPricesInput,
  ): Promise<RefreshPricesPayload> {
    return payload(async () => ({
      dueCount: await services.priceFeeds.makeDue(input),
    }));
  }

  @FieldResolver(() => PriceFeed, { description: 'Where its prices come from, and whether they are fresh.' })
  async priceFeed(@Ctx() context: Context, @Root() { id }: Instrument): Promise<PriceFeed> {
    return toFeed(context, await context.services.priceFeeds.find(id), id);
  }

  @FieldResolver(() => [CorporateEventType], {
    description: 'Splits and dividends that providers told of, the oldest first.',
  })
  corporateEvents(@Ctx() { services }: Context, @Root() { id }: Instrument): Promise<CorporateEventType[]> {
    return services.priceFeeds.events(id);
  }
}
