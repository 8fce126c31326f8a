import {
  Arg,
  Field,
  ID,
  Int,
  ObjectType,
  registerEnumType,
  Resolver,
  Root,
  Subscription,
} from 'type-graphql';
import type { Context } from '../context.ts';
import { toPortfolio } from './portfolio.resolver.ts';
import { Portfolio } from './portfolio.type.ts';

export const PortfolioPartEnum = {
  SETTINGS: 'SETTINGS',
  LEDGER: 'LEDGER',
  TARGETS: 'TARGETS',
  NOTES: 'NOTES',
  PRICES: 'PRICES',
} as const;
registerEnumType(PortfolioPartEnum, {
  name: 'PortfolioPart',
  description: 'What of a portfolio has changed.',
  valuesConfig: {
    SETTINGS: { description: 'Its name, its settings or its tags.' },
    LEDGER: { description: 'Its transactions or accounts, or what was said to findings of its checks.' },
    TARGETS: { description: 'What it is meant to hold.' },
    NOTES: { description: 'What was noted about its trades.' },
    PRICES: { description: 'Prices of what its transactions name, or exchange rates.' },
  },
});

@ObjectType('PortfolioEvent', { description: 'How a portfolio stands now, and what of it has changed.' })
export class PortfolioEvent {
  @Field(() => Int, {
    description: 'Rises with every change; give it as `afterSeq` to go on after the connection was lost.',
  })
  seq!: number;

  @Field(() => Boolean, { description: 'Whether this is how it stood at the beginning, and not a change.' })
  isSnapshot!: boolean;

  @Field(() => [PortfolioPartEnum], { description: 'What has changed since the event before.' })
  changed!: (keyof typeof PortfolioPartEnum)[];

  @Field(() => Portfolio, { description: 'The portfolio with its newest figures.' })
  portfolio!: Portfolio;
}

interface Watched {
  readonly args: { readonly id: string; readonly afterSeq?: number | null };
  readonly context: Context;
}

async function* portfolioEvents({ args, context }: Watched): AsyncGenerator<PortfolioEvent> {
  const { portfolios, portfolioChanges } = context.services;
  if (!(await portfolios.find(args.id))) return;
  const changes = portfolioChanges.watch(args.id, args.afterSeq ?? null, context.signal);
  for await (const { seq, isSnapshot, changed } of changes) {
    const row = await portfolios.find(args.id);
    if (!row) return;
    const parts = changed.map((part) => part.toUpperCase() as keyof typeof PortfolioPartEnum);
    yield { seq, isSnapshot, changed: parts, portfolio: toPortfolio(row) };
  }
}

@Resolver()
export class PortfolioEventResolver {
  @Subscription(() => PortfolioEvent, {
    subscribe: portfolioEvents as never,
    description:
      'How a portfolio stands, then every change of its transactions, settings, targets, notes and prices. Changes in quick succession come as one.',
  })
  portfolioEvents(
    @Root() event: PortfolioEvent,
    @Arg('id', () => ID, { description: 'The portfolio.' }) _id: string,
    @Arg('afterSeq', () => Int, {
      nullable: true,
      description: 'The last seq seen; if nothing has changed since, nothing is sent until something does.',
    })
    _afterSeq?: number,
  ): PortfolioEvent {
    return event;
  }
}
