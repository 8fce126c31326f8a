import { Arg, Ctx, Mutation, Query, Resolver } from 'type-graphql';
import type { Context } from '../context.ts';
import { Access } from '../platform/graphql/access.ts';
import { payload } from '../platform/graphql/errors.ts';
import { entered } from './login.resolver.ts';
import { LoginPayload } from './login.type.ts';
import {
  FinishSignOnInput,
  LinkIdentityInput,
  StartSignOnPayload,
  UnlinkIdentityPayload,
} from './single-sign-on.type.ts';

@Resolver()
export class SingleSignOnResolver {
  @Access({ who: 'SESSION' })
  @Query(() => Boolean, {
    nullable: true,
    description: 'Whether the identity provider lets you in; null where none is set.',
  })
  isIdentityLinked(@Ctx() { services, viewer }: Context): Promise<boolean> | null {
    const isSet = services.singleSignOn.name !== null;
    return isSet && viewer.userId !== null ? services.singleSignOn.isLinked(viewer.userId) : null;
  }

  @Access({ who: 'PUBLIC' })
  @Mutation(() => StartSignOnPayload, { description: 'Begins a login by the identity provider.' })
  startSignOn(@Ctx() { services, caller }: Context): Promise<StartSignOnPayload> {
    return payload(async () => ({ journey: await services.singleSignOn.start(caller.origin) }));
  }

  @Access({ who: 'SESSION' })
  @Mutation(() => StartSignOnPayload, {
    description: 'Begins to link your account to the identity provider.',
  })
  linkIdentity(
    @Ctx() { services, viewer, caller }: Context,
    @Arg('input', () => LinkIdentityInput, { description: 'Your password.' }) input: LinkIdentityInput,
  ): Promise<StartSignOnPayload> {
    const { password } = input;
    return payload(async () => ({
      journey: await services.singleSignOn.startLink(viewer, password, caller.origin, caller),
    }));
  }

  @Access({ who: 'SESSION' })
  @Mutation(() => UnlinkIdentityPayload, {
    description: 'Ends the link of your account to the identity provider; it needs a password to go on with.',
  })
  unlinkIdentity(
    @Ctx() { services, viewer, caller }: Context,
    @Arg('input', () => LinkIdentityInput, { description: 'Your password.' }) input: LinkIdentityInput,
  ): Promise<UnlinkIdentityPayload> {
    return payload(async () => {
      await services.singleSignOn.unlink(viewer, input.password, caller);
      return { isLinked: false };
    });
  }

  @Access({ who: 'PUBLIC' })
  @Mutation(() => LoginPayload, {
    description: 'Logs in, or links, whom the identity provider has sent back; the browser gets a cookie.',
  })
  finishSignOn(
    @Ctx() context: Context,
    @Arg('input', () => FinishSignOnInput, { description: 'What came back.' }) input: FinishSignOnInput,
  ): Promise<LoginPayload> {
    const { services, caller } = context;
    return payload(async () =>
      entered(context, await services.singleSignOn.finish(input, caller.origin, caller)),
    );
  }
}
