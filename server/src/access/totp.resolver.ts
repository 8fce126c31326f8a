import { Arg, Ctx, Mutation, Query, Resolver } from 'type-graphql';
import type { Context } from '../context.ts';
import { Access } from '../platform/graphql/access.ts';
import { payload } from '../platform/graphql/errors.ts';
import { entered, toUserType } from './login.resolver.ts';
import { LoginPayload } from './login.type.ts';
import { ChangeUserPayload } from './users.type.ts';
import {
  FinishLoginInput,
  ResetSecondFactorInput,
  RecoveryCodesPayload,
  SecondFactorCodeInput,
  SecondFactorPayload,
  SecondFactorState,
  StartSecondFactorInput,
  StartSecondFactorPayload,
  StopSecondFactorInput,
} from './totp.type.ts';

@Resolver()
export class TotpResolver {
  @Access({ who: 'SESSION' })
  @Query(() => SecondFactorState, {
    nullable: true,
    description: 'What you are asked for beside your password; null where nobody logs in.',
  })
  secondFactor(@Ctx() { services, viewer }: Context): Promise<SecondFactorState> | null {
    return viewer.userId === null ? null : services.totp.state(viewer);
  }

  @Access({ who: 'SESSION' })
  @Mutation(() => StartSecondFactorPayload, {
    description: 'Makes the secret of an authenticator app; `confirmSecondFactor` turns it on.',
  })
  startSecondFactor(
    @Ctx() { services, viewer, caller }: Context,
    @Arg('input', () => StartSecondFactorInput, { description: 'Your password.' })
    input: StartSecondFactorInput,
  ): Promise<StartSecondFactorPayload> {
    return payload(() => services.totp.start(viewer, input.password, caller));
  }

  @Access({ who: 'SESSION' })
  @Mutation(() => RecoveryCodesPayload, {
    description: 'Turns the second factor on by the first code of the app, and ends your other sessions.',
  })
  confirmSecondFactor(
    @Ctx() { services, viewer, caller }: Context,
    @Arg('input', () => SecondFactorCodeInput, { description: 'The code.' }) input: SecondFactorCodeInput,
  ): Promise<RecoveryCodesPayload> {
    return payload(async () => ({
      recoveryCodes: await services.totp.finishStart(viewer, input.code, caller),
    }));
  }

  @Access({ who: 'SESSION' })
  @Mutation(() => RecoveryCodesPayload, { description: 'Makes new recovery codes; the old ones end.' })
  renewRecoveryCodes(
    @Ctx() { services, viewer, caller }: Context,
    @Arg('input', () => SecondFactorCodeInput, { description: 'A code.' }) input: SecondFactorCodeInput,
  ): Promise<RecoveryCodesPayload> {
    return payload(async () => ({
      recoveryCodes: await services.totp.renewRecoveryCodes(viewer, input.code, caller),
    }));
  }

  @Access({ who: 'SESSION' })
  @Mutation(() => SecondFactorPayload, { description: 'Turns the second factor off.' })
  stopSecondFactor(
    @Ctx() { services, viewer, caller }: Context,
    @Arg('input', () => StopSecondFactorInput, { description: 'Password and code.' })
    input: StopSecondFactorInput,
  ): Promise<SecondFactorPayload> {
    return payload(async () => {
      await services.totp.stop(viewer, input, caller);
      return { secondFactor: await services.totp.state(viewer) };
    });
  }

  @Access({ who: 'ADMIN' })
  @Mutation(() => ChangeUserPayload, {
    description: 'Takes the second factor of a user away who has lost app and recovery codes.',
  })
  resetSecondFactor(
    @Ctx() { services, viewer, caller }: Context,
    @Arg('input', () => ResetSecondFactorInput, { description: 'The user.' }) input: ResetSecondFactorInput,
  ): Promise<ChangeUserPayload> {
    return payload(async () => ({
      user: toUserType(await services.totp.reset(viewer, input.id, caller)),
    }));
  }

  @Access({ who: 'PUBLIC' })
  @Mutation(() => LoginPayload, {
    description: 'The second half of a login, for whoever has a second factor; the browser gets a cookie.',
  })
  finishLogin(
    @Ctx() context: Context,
    @Arg('input', () => FinishLoginInput, { description: 'The first half’s challenge, and a code.' })
    input: FinishLoginInput,
  ): Promise<LoginPayload> {
    return payload(async () =>
      entered(context, await context.services.totp.finishLogin(input, context.caller)),
    );
  }
}
