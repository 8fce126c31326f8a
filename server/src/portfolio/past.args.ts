import { ArgsType, Field } from 'type-graphql';
import { DateTimeScalar } from '../platform/graphql/scalars.ts';

/** What was known when. */
@ArgsType()
export class KnownArgs {
  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'By the transactions and prices that were recorded then; by all when left out.',
  })
  knownAt?: Date | null;
}

/** How it was at a time, by what was known at another. */
@ArgsType()
export class PastArgs extends KnownArgs {
  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'The time; the newest prices when left out.',
  })
  at?: Date | null;
}
