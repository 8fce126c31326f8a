import { Arg, Args, Ctx, Mutation, Query, Resolver } from 'type-graphql';
import type { Context } from '../context.ts';
import { Access } from '../platform/graphql/access.ts';
import { type Connection, pageOf, toConnection } from '../platform/graphql/connection.ts';
import { payload } from '../platform/graphql/errors.ts';
import { AccessEventConnection, AccessLogEntry } from './access-log.type.ts';
import { toUserType } from './login.resolver.ts';
import { LoginPayload, User } from './login.type.ts';
import { AccessLogArgs, UserConnection, UsersArgs } from './users.args.ts';
import type { Invited } from './users.ts';
import {
  AcceptInviteInput,
  AddUserInput,
  ChangeUserInput,
  ChangeUserPayload,
  InvitePayload,
  InviteUserInput,
} from './users.type.ts';

const toInvite = ({ user, inviteSecret }: Invited) => ({ user: toUserType(user), inviteSecret });

@Resolver()
export class UsersResolver {
  @Access({ who: 'ADMIN' })
  @Query(() => UserConnection, {
    description: 'Everybody with an account, by e-mail address where no order is asked for.',
  })
  async users(
    @Ctx() { services }: Context,
    @Args(() => UsersArgs) { first, after, filter, orderBy }: UsersArgs,
  ): Promise<Connection<User>> {
    const { offset, limit } = pageOf(first, after);
    const [rows, total] = await services.users.list(filter ?? {}, offset, limit, orderBy);
    return toConnection(rows.map(toUserType), offset, total);
  }

  @Access({ who: 'ADMIN' })
  @Query(() => AccessEventConnection, {
    description: 'The log of logins, failed ones too, and of changes of rights.',
  })
  async accessLog(
    @Ctx() { services }: Context,
    @Args(() => AccessLogArgs) { first, after, filter, direction }: AccessLogArgs,
  ): Promise<Connection<AccessLogEntry>> {
    const { offset, limit } = pageOf(first, after);
    const isOldestFirst = direction === 'ASCENDING';
    const [rows, total] = await services.users.accessLog(filter ?? {}, isOldestFirst, offset, limit);
    return toConnection(
      rows.map((row) => Object.assign(new AccessLogEntry(), row)),
      offset,
      total,
    );
  }

  @Access({ who: 'ADMIN' })
  @Mutation(() => InvitePayload, {
    description: 'Gives somebody an account; they choose a password by a link.',
  })
  addUser(
    @Ctx() { services, viewer, caller }: Context,
    @Arg('input', () => AddUserInput, { description: 'The user.' }) input: AddUserInput,
  ): Promise<InvitePayload> {
    return payload(async () => toInvite(await services.users.add(viewer, input, caller.address)));
  }

  @Access({ who: 'ADMIN' })
  @Mutation(() => InvitePayload, { description: 'Makes a new link to choose a password; older links end.' })
  inviteUser(
    @Ctx() { services, viewer, caller }: Context,
    @Arg('input', () => InviteUserInput, { description: 'The user.' }) input: InviteUserInput,
  ): Promise<InvitePayload> {
    return payload(async () => toInvite(await services.users.invite(viewer, input.id, caller.address)));
  }

  @Access({ who: 'ADMIN' })
  @Mutation(() => ChangeUserPayload, {
    description: 'Makes another user an admin or not, lets them in or not.',
  })
  changeUser(
    @Ctx() { services, viewer, caller }: Context,
    @Arg('input', () => ChangeUserInput, { description: 'The change.' }) input: ChangeUserInput,
  ): Promise<ChangeUserPayload> {
    return payload(async () => ({
      user: toUserType(await services.users.change(viewer, input, caller.address)),
    }));
  }

  @Access({ who: 'PUBLIC' })
  @Mutation(() => LoginPayload, { description: 'Chooses a password by the link of an invitation.' })
  acceptInvite(
    @Ctx() { services, caller }: Context,
    @Arg('input', () => AcceptInviteInput, { description: 'Link and password.' }) input: AcceptInviteInput,
  ): Promise<LoginPayload> {
    return payload(async () => ({
      user: toUserType(await services.users.acceptInvite(input, caller.address)),
    }));
  }
}
