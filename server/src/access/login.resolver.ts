import { Arg, Ctx, Mutation, Query, Resolver } from 'type-graphql';
import type { Context } from '../context.ts';
import { Access } from '../platform/graphql/access.ts';
import { payload } from '../platform/graphql/errors.ts';
import {
  ChangePasswordInput,
  EndSessionInput,
  EndSessionPayload,
  LogInInput,
  LoginPayload,
  LoginState,
  LoginStep,
  LogOutPayload,
  Session,
  SetUpInput,
  User,
} from './login.type.ts';
import type { Login } from './sign-in.ts';
import type { UserRow } from './user.ts';

export function toUserType({
  passwordHash: _hash,
  totpSecret: _secret,
  isTotpOn: hasSecondFactor,
  ...row
}: UserRow): User {
  return Object.assign(new User(), row, { hasSecondFactor });
}

/** Gives the browser its cookie and tells who is in, or what is still to be shown. */
export function entered({ caller }: Context, login: Login): Pick<LoginPayload, 'user' | 'nextStep'> {
  if (!('user' in login)) return { nextStep: Object.assign(new LoginStep(), login) };
  caller.setSession(login.secret);
  return { user: toUserType(login.user) };
}

@Resolver()
export class LoginResolver {
  @Access({ who: 'PUBLIC' })
  @Query(() => LoginState, { description: 'Whether one must log in here, and who has.' })
  async login(@Ctx() { services, viewer }: Context): Promise<LoginState> {
    const { logins } = services;
    const isSetUpNeeded = logins.isNeeded && (await logins.isSetUpNeeded());
    const user = viewer.userId === null ? null : await logins.user(viewer.userId);
    const { name: singleSignOn } = services.singleSignOn;
    return { isLoginNeeded: logins.isNeeded, isSetUpNeeded, singleSignOn, user: user && toUserType(user) };
  }

  @Access({ who: 'SESSION' })
  @Query(() => [Session], { description: 'Where you are logged in, the session used last first.' })
  async sessions(@Ctx() { services, viewer }: Context): Promise<Session[]> {
    const rows = viewer.userId === null ? [] : await services.sessions.list(viewer.userId);
    return rows.map((row) =>
      Object.assign(new Session(), { ...row, isCurrent: row.id === viewer.credentialId }),
    );
  }

  @Access({ who: 'PUBLIC' })
  @Mutation(() => LoginPayload, { description: 'Makes the first account of an installation and logs it in.' })
  setUp(
    @Ctx() context: Context,
    @Arg('input', () => SetUpInput, { description: 'The account.' }) input: SetUpInput,
  ): Promise<LoginPayload> {
    return payload(async () => entered(context, await context.services.logins.setUp(input, context.caller)));
  }

  @Access({ who: 'PUBLIC' })
  @Mutation(() => LoginPayload, {
    description: 'Logs somebody in, or tells the next step; the browser gets a cookie.',
  })
  logIn(
    @Ctx() context: Context,
    @Arg('input', () => LogInInput, { description: 'E-mail address and password.' }) input: LogInInput,
  ): Promise<LoginPayload> {
    return payload(async () => entered(context, await context.services.logins.logIn(input, context.caller)));
  }

  @Access({ who: 'PUBLIC' })
  @Mutation(() => LogOutPayload, { description: 'Ends the session of this browser.' })
  logOut(@Ctx() { services, caller, viewer }: Context): Promise<LogOutPayload> {
    return payload(async () => {
      await services.logins.logOut(viewer, caller);
      caller.setSession(null);
      return { isLoggedOut: true };
    });
  }

  @Access({ who: 'SESSION' })
  @Mutation(() => LoginPayload, { description: 'Changes your password and ends your other sessions.' })
  changePassword(
    @Ctx() { services, caller, viewer }: Context,
    @Arg('input', () => ChangePasswordInput, { description: 'The old and the new one.' })
    input: ChangePasswordInput,
  ): Promise<LoginPayload> {
    return payload(async () => ({
      user: toUserType(await services.logins.changePassword(viewer, input, caller)),
    }));
  }

  @Access({ who: 'SESSION', right: 'OWN' })
  @Mutation(() => EndSessionPayload, { description: 'Ends one of your sessions, wherever it is.' })
  endSession(
    @Ctx() { services, caller, viewer }: Context,
    @Arg('input', () => EndSessionInput, { description: 'The session.' }) input: EndSessionInput,
  ): Promise<EndSessionPayload> {
    return payload(async () => ({ endedId: await services.logins.endSession(viewer, input.id, caller) }));
  }
}
