import { Arg, Ctx, FieldResolver, Mutation, Resolver, Root } from 'type-graphql';
import type { Role } from '../access/membership.ts';
import type { Context } from '../context.ts';
import { Access } from '../platform/graphql/access.ts';
import { payload } from '../platform/graphql/errors.ts';
import { toPortfolio } from './portfolio.resolver.ts';
import { Portfolio } from './portfolio.type.ts';
import {
  LeavePortfolioInput,
  LeavePortfolioPayload,
  PortfolioMember,
  RoleValues,
  SharePortfolioInput,
  SharePortfolioPayload,
  UnsharePortfolioInput,
} from './sharing.type.ts';

async function found({ portfolios }: Context['services'], id: string): Promise<Portfolio | null> {
  const row = await portfolios.find(id);
  return row && toPortfolio(row);
}

@Resolver(() => Portfolio)
export class SharingResolver {
  @Access({ who: 'SESSION', right: 'OWN' })
  @Mutation(() => SharePortfolioPayload, { description: 'Lets somebody see, change or own a portfolio.' })
  sharePortfolio(
    @Ctx() { services, viewer, caller }: Context,
    @Arg('input', () => SharePortfolioInput, { description: 'With whom.' }) input: SharePortfolioInput,
  ): Promise<SharePortfolioPayload> {
    return payload(async () => ({
      portfolio: await found(services, await services.sharing.share(viewer, input, caller.address)),
    }));
  }

  @Access({ who: 'SESSION', right: 'OWN' })
  @Mutation(() => SharePortfolioPayload, { description: 'Takes a portfolio from somebody.' })
  unsharePortfolio(
    @Ctx() { services, viewer, caller }: Context,
    @Arg('input', () => UnsharePortfolioInput, { description: 'From whom.' }) input: UnsharePortfolioInput,
  ): Promise<SharePortfolioPayload> {
    return payload(async () => ({
      portfolio: await found(services, await services.sharing.unshare(viewer, input, caller.address)),
    }));
  }

  @Access({ who: 'SESSION', right: 'READ' })
  @Mutation(() => LeavePortfolioPayload, {
    description: 'Gives up your own part in a portfolio; its last owner stays.',
  })
  leavePortfolio(
    @Ctx() { services, viewer, caller }: Context,
    @Arg('input', () => LeavePortfolioInput, { description: 'The portfolio.' }) input: LeavePortfolioInput,
  ): Promise<LeavePortfolioPayload> {
    return payload(async () => ({
      leftId: await services.sharing.leave(viewer, input.portfolioId, caller.address),
    }));
  }

  @FieldResolver(() => [PortfolioMember], {
    description: 'Who may see it, owners first; nobody where there are no logins.',
  })
  members(@Ctx() { services }: Context, @Root() { id }: Portfolio): Promise<PortfolioMember[]> {
    return services.sharing.members(id);
  }

  @FieldResolver(() => RoleValues, { description: 'What you are for it.' })
  async role(@Ctx() { services, viewer }: Context, @Root() { id }: Portfolio): Promise<Role> {
    const members = viewer.userId === null ? [] : await services.sharing.members(id);
    return members.find(({ userId }) => userId === viewer.userId)?.role ?? 'OWNER';
  }
}
