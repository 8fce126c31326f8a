import { ArgsType, Field, InputType, Int } from 'type-graphql';
import { connectionOf } from '../platform/graphql/connection.ts';
import { enumOf } from '../platform/graphql/enum.ts';
import { CurrencyScalar } from '../platform/graphql/scalars.ts';
import { SortDirection } from '../platform/graphql/sort-direction.ts';
import { PORTFOLIO_SORT_FIELDS, type PortfolioSortField } from './portfolio-list.ts';
import { Portfolio } from './portfolio.type.ts';

const PortfolioSortFieldEnum = enumOf(
  'PortfolioSortField',
  'What portfolios are ordered by.',
  PORTFOLIO_SORT_FIELDS,
);

@InputType({ description: 'Which portfolios to list; every condition must hold.' })
export class PortfolioFilter {
  @Field(() => String, { nullable: true, description: 'Part of the name, in any case.' })
  search?: string | null;

  @Field(() => CurrencyScalar, { nullable: true, description: 'What it is valued in.' })
  baseCurrency?: string | null;

  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether it came with the installation as an example.',
  })
  isSample?: boolean | null;
}

@InputType({ description: 'How portfolios are ordered.' })
export class PortfolioOrder {
  @Field(() => PortfolioSortFieldEnum, { description: 'By what.' })
  field!: PortfolioSortField;

  @Field(() => SortDirection, { description: 'Which end first.' })
  direction!: keyof typeof SortDirection;
}

/** Which portfolios, in which order. */
@ArgsType()
export class PortfoliosArgs {
  @Field(() => Int, { description: 'How many, 1 to 100.' })
  first!: number;

  @Field(() => String, { nullable: true, description: 'The cursor to go on from.' })
  after?: string | null;

  @Field(() => PortfolioFilter, { nullable: true, description: 'Which ones.' })
  filter?: PortfolioFilter | null;

  @Field(() => PortfolioOrder, {
    nullable: true,
    description: 'How they are ordered; the oldest first when left out.',
  })
  orderBy?: PortfolioOrder | null;
}

export const PortfolioConnection = connectionOf(Portfolio, 'Portfolio');
