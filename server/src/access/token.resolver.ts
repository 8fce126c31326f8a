import { Arg, Ctx, Mutation, Query, Resolver } from 'type-graphql';
import type { Context } from '../context.ts';
import { Access } from '../platform/graphql/access.ts';
import { payload, refused } from '../platform/graphql/errors.ts';
import {
  ApiToken,
  CreateApiTokenInput,
  CreateApiTokenPayload,
  RevokeApiTokenInput,
  RevokeApiTokenPayload,
} from './token.type.ts';
import type { TokenRow } from './tokens.ts';

const toToken = (row: TokenRow): ApiToken => Object.assign(new ApiToken(), row);

@Resolver()
export class TokenResolver {
  @Access({ who: 'SESSION' })
  @Query(() => [ApiToken], { description: 'Your API tokens, the oldest first.' })
  async apiTokens(@Ctx() { services, viewer }: Context): Promise<ApiToken[]> {
    return viewer.userId === null ? [] : (await services.tokens.list(viewer.userId)).map(toToken);
  }

  @Access({ who: 'SESSION' })
  @Mutation(() => CreateApiTokenPayload, { description: 'Makes an API token; tells its secret once.' })
  createApiToken(
    @Ctx() { services, viewer, caller }: Context,
    @Arg('input', () => CreateApiTokenInput, { description: 'The token.' }) input: CreateApiTokenInput,
  ): Promise<CreateApiTokenPayload> {
    return payload(async () => {
      if (viewer.userId === null)
        throw refused('INVALID', 'expected an installation with logins, was one without: set LOGIN=required');
      const { token, secret } = await services.tokens.create(viewer, input, caller.address);
      return { token: toToken(token), secret };
    });
  }

  @Access({ who: 'SESSION', right: 'OWN' })
  @Mutation(() => RevokeApiTokenPayload, { description: 'Ends an API token at once.' })
  revokeApiToken(
    @Ctx() { services, viewer, caller }: Context,
    @Arg('input', () => RevokeApiTokenInput, { description: 'The token.' }) input: RevokeApiTokenInput,
  ): Promise<RevokeApiTokenPayload> {
    return payload(async () => ({
      revokedId: await services.tokens.revoke(viewer, input.id, caller.address),
    }));
  }
}
