import { Arg, Ctx, FieldResolver, Mutation, Query, Resolver, Root } from 'type-graphql';
import type { Context } from '../context.ts';
import { Access } from '../platform/graphql/access.ts';
import { payload } from '../platform/graphql/errors.ts';
import { Portfolio } from './portfolio.type.ts';
import type { PublicLinkRow } from './public-link.service.ts';
import {
  CreatePublicLinkInput,
  CreatePublicLinkPayload,
  PublicLink,
  RevokePublicLinkInput,
  RevokePublicLinkPayload,
  SharedPortfolio,
} from './public-link.type.ts';

const toLink = (row: PublicLinkRow): PublicLink => Object.assign(new PublicLink(), row);

@Resolver(() => Portfolio)
export class PublicLinkResolver {
  @Access({ who: 'PUBLIC' })
  @Query(() => SharedPortfolio, {
    nullable: true,
    description: 'What a public link shows; null where there is none or it has ended. Needs no login.',
  })
  sharedPortfolio(
    @Ctx() { services, caller }: Context,
    @Arg('token', () => String, { description: 'What stands after `/shared/` in the link.' }) token: string,
  ): Promise<SharedPortfolio | null> {
    return services.publicLinks.open(token, caller.address) as Promise<SharedPortfolio | null>;
  }

  @Access({ who: 'SESSION', right: 'OWN' })
  @Mutation(() => CreatePublicLinkPayload, {
    description: 'Makes a link by which anybody sees a portfolio without its amounts.',
  })
  createPublicLink(
    @Ctx() { services, viewer, caller }: Context,
    @Arg('input', () => CreatePublicLinkInput, { description: 'The link.' }) input: CreatePublicLinkInput,
  ): Promise<CreatePublicLinkPayload> {
    return payload(async () => {
      const { link, secret } = await services.publicLinks.create(viewer, input, caller.address);
      return { link: toLink(link), secret };
    });
  }

  @Access({ who: 'SESSION', right: 'OWN' })
  @Mutation(() => RevokePublicLinkPayload, { description: 'Ends a public link at once.' })
  revokePublicLink(
    @Ctx() { services, viewer, caller }: Context,
    @Arg('input', () => RevokePublicLinkInput, { description: 'The link.' }) input: RevokePublicLinkInput,
  ): Promise<RevokePublicLinkPayload> {
    return payload(async () => ({
      revokedId: await services.publicLinks.revoke(viewer, input.id, caller.address),
    }));
  }

  @FieldResolver(() => [PublicLink], {
    description: 'Its public links that have not ended, the oldest first.',
  })
  async publicLinks(@Ctx() { services }: Context, @Root() { id }: Portfolio): Promise<PublicLink[]> {
    return (await services.publicLinks.list(id)).map(toLink);
  }
}
