import { Field, ID, Int, ObjectType } from 'type-graphql';
import { connectionOf } from '../platform/graphql/connection.ts';
import { CurrencyScalar, DateTimeScalar } from '../platform/graphql/scalars.ts';

@ObjectType('DeletedPortfolio', { description: 'What is kept of a portfolio that was deleted.' })
export class DeletedPortfolio {
  @Field(() => ID, { description: 'The id it had.' })
  id!: string;

  @Field(() => String, { description: 'The name it had.' })
  name!: string;

  @Field(() => CurrencyScalar, { description: 'What it was valued in.' })
  baseCurrency!: string;

  @Field(() => Int, { description: 'How many transactions went with it, voided ones included.' })
  transactionCount!: number;

  @Field(() => DateTimeScalar, { description: 'When it was deleted.' })
  deletedAt!: Date;

  @Field(() => String, { description: 'Who deleted it.' })
  deletedBy!: string;
}

export const DeletedPortfolioConnection = connectionOf(DeletedPortfolio, 'DeletedPortfolio');
