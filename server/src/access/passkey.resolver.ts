import { Arg, Ctx, Mutation, Query, Resolver } from 'type-graphql';
import type { Context } from '../context.ts';
import { Access } from '../platform/graphql/access.ts';
import { payload } from '../platform/graphql/errors.ts';
import { entered } from './login.resolver.ts';
import { LoginPayload } from './login.type.ts';
import {
  AddPasskeyInput,
  AddPasskeyPayload,
  Passkey,
  PasskeyLoginInput,
  PasskeyOptionsPayload,
  RemovePasskeyInput,
  RemovePasskeyPayload,
  StartPasskeyInput,
  StartPasskeyLoginInput,
} from './passkey.type.ts';
import { siteOf } from './passkey-site.ts';
import type { PasskeyView } from './passkeys.ts';

const toPasskey = ({ id, name, site, isBackedUp, createdAt, lastUsedAt }: PasskeyView): Passkey =>
  Object.assign(new Passkey(), { id, name, site, isBackedUp, createdAt, lastUsedAt });

@Resolver()
export class PasskeyResolver {
  @Access({ who: 'SESSION' })
  @Query(() => [Passkey], { description: 'Your passkeys, in the order in which they were added.' })
  async passkeys(@Ctx() { services, viewer }: Context): Promise<Passkey[]> {
    const rows = viewer.userId === null ? [] : await services.passkeys.list(viewer.userId);
    return rows.map(toPasskey);
  }

  @Access({ who: 'SESSION' })
  @Mutation(() => PasskeyOptionsPayload, {
    description: 'Begins to add a passkey for the site of this request.',
  })
  startPasskey(
    @Ctx() { services, viewer, caller }: Context,
    @Arg('input', () => StartPasskeyInput, { description: 'Your password.' }) input: StartPasskeyInput,
  ): Promise<PasskeyOptionsPayload> {
    return payload(async () => ({
      options: await services.passkeys.startAdding(viewer, input.password, siteOf(caller.origin), caller),
    }));
  }

  @Access({ who: 'SESSION' })
  @Mutation(() => AddPasskeyPayload, { description: 'Adds the passkey that the browser has made.' })
  addPasskey(
    @Ctx() { services, viewer, caller }: Context,
    @Arg('input', () => AddPasskeyInput, { description: 'The passkey.' }) input: AddPasskeyInput,
  ): Promise<AddPasskeyPayload> {
    return payload(async () => ({
      passkey: toPasskey(await services.passkeys.add(viewer, input, siteOf(caller.origin), caller)),
    }));
  }

  @Access({ who: 'SESSION', right: 'OWN' })
  @Mutation(() => RemovePasskeyPayload, { description: 'Removes one of your passkeys.' })
  removePasskey(
    @Ctx() { services, viewer, caller }: Context,
    @Arg('input', () => RemovePasskeyInput, { description: 'The passkey.' }) input: RemovePasskeyInput,
  ): Promise<RemovePasskeyPayload> {
    return payload(async () => ({ removedId: await services.passkeys.remove(viewer, input.id, caller) }));
  }

  @Access({ who: 'PUBLIC' })
  @Mutation(() => PasskeyOptionsPayload, {
    description: 'Begins a login by passkey at the site of this request.',
  })
  startPasskeyLogin(
    @Ctx() { services, caller }: Context,
    @Arg('input', () => StartPasskeyLoginInput, { description: 'What was shown before.' })
    input: StartPasskeyLoginInput,
  ): Promise<PasskeyOptionsPayload> {
    return payload(async () => ({
      options: await services.passkeys.startLogin(input.challenge ?? null, siteOf(caller.origin)),
    }));
  }

  @Access({ who: 'PUBLIC' })
  @Mutation(() => LoginPayload, {
    description: 'Logs in whoever shows a passkey; the browser gets a cookie.',
  })
  logInByPasskey(
    @Ctx() context: Context,
    @Arg('input', () => PasskeyLoginInput, { description: 'The passkey.' }) input: PasskeyLoginInput,
  ): Promise<LoginPayload> {
    const { services, caller } = context;
    return payload(async () => {
      const shown = { response: input.response, halfway: input.challenge ?? null };
      return entered(context, await services.passkeys.logIn(shown, siteOf(caller.origin), caller));
    });
  }
}
