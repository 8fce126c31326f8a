import { Field, ID, InputType, ObjectType, registerEnumType } from 'type-graphql';
import type { Role } from '../access/membership.ts';
import { UserError } from '../platform/graphql/errors.ts';
import { Portfolio } from './portfolio.type.ts';

export const RoleValues = { OWNER: 'OWNER', EDITOR: 'EDITOR', VIEWER: 'VIEWER' };
registerEnumType(RoleValues, {
  name: 'PortfolioRole',
  description: 'What somebody is for a portfolio.',
  valuesConfig: {
    OWNER: { description: 'Sees and changes it, shares it and deletes it.' },
    EDITOR: { description: 'Sees and changes it.' },
    VIEWER: { description: 'Sees it.' },
  },
});

@ObjectType('PortfolioMember', { description: 'Somebody who may see a portfolio.' })
export class PortfolioMember {
  @Field(() => String, { description: 'Their e-mail address.' })
  readonly email!: string;

  @Field(() => String, { description: 'What they are called.' })
  readonly name!: string;

  @Field(() => RoleValues, { description: 'What they are for it.' })
  readonly role!: Role;
}

@InputType('SharePortfolioInput', { description: 'Who may see a portfolio from now on.' })
export class SharePortfolioInput {
  @Field(() => ID, { description: 'The portfolio.' })
  readonly portfolioId!: string;

  @Field(() => String, { description: 'The e-mail address of somebody with an account here.' })
  readonly email!: string;

  @Field(() => RoleValues, { description: 'What they are to be, whatever they were before.' })
  readonly role!: Role;
}

@InputType('UnsharePortfolioInput', { description: 'Who may not see a portfolio any more.' })
export class UnsharePortfolioInput {
  @Field(() => ID, { description: 'The portfolio.' })
  readonly portfolioId!: string;

  @Field(() => String, { description: 'The e-mail address of a member.' })
  readonly email!: string;
}

@ObjectType('SharePortfolioPayload', { description: 'How sharing a portfolio went.' })
export class SharePortfolioPayload {
  @Field(() => Portfolio, {
    nullable: true,
    description: 'The portfolio; null where it is not yours any more.',
  })
  readonly portfolio?: Portfolio | null;

  @Field(() => [UserError], { description: 'What went wrong, if anything.' })
  readonly errors!: UserError[];
}

@InputType('LeavePortfolioInput', { description: 'Which portfolio you leave.' })
export class LeavePortfolioInput {
  @Field(() => ID, { description: 'The portfolio.' })
  readonly portfolioId!: string;
}

@ObjectType('LeavePortfolioPayload', { description: 'How leaving a portfolio went.' })
export class LeavePortfolioPayload {
  @Field(() => ID, { nullable: true, description: 'The portfolio that you do not see any more.' })
  readonly leftId?: string;

  @Field(() => [UserError], { description: 'What went wrong, if anything.' })
  readonly errors!: UserError[];
}
