import { Arg, Args, Ctx, FieldResolver, Mutation, Resolver, Root } from 'type-graphql';
import type { Context } from '../context.ts';
import { DeletePayload } from '../market-data/instrument.type.ts';
import { amountText } from '../platform/decimal.ts';
import { Access } from '../platform/graphql/access.ts';
import { payload } from '../platform/graphql/errors.ts';
import { actorName } from '../platform/viewer.ts';
import type { AccountRow } from './account.entity.ts';
import { valuesKey } from './account.service.ts';
import {
  Account,
  AccountHoldings,
  AccountPayload,
  CreateAccountInput,
  DeleteAccountInput,
  UpdateAccountInput,
} from './account.type.ts';
import { PastArgs } from './past.args.ts';

export function toAccount(row: AccountRow): Account {
  return Object.assign(new Account(), row);
}

@Resolver(() => Account)
export class AccountResolver {
  @Mutation(() => AccountPayload, { description: 'Makes an account in a portfolio.' })
  createAccount(
    @Ctx() { services }: Context,
    @Arg('input', () => CreateAccountInput, { description: 'The account.' }) input: CreateAccountInput,
  ): Promise<AccountPayload> {
    return payload(async () => ({ account: toAccount(await services.accounts.create(input, actorName())) }));
  }

  @Mutation(() => AccountPayload, {
    description: 'Renames an account, gives it another method, closes it, or opens it again.',
  })
  updateAccount(
    @Ctx() { services }: Context,
    @Arg('input', () => UpdateAccountInput, { description: 'The changes.' }) input: UpdateAccountInput,
  ): Promise<AccountPayload> {
    return payload(async () => ({ account: toAccount(await services.accounts.update(input, actorName())) }));
  }

  @Access({ deletes: true })
  @Mutation(() => DeletePayload, { description: 'Deletes an account that no transaction ever touched.' })
  deleteAccount(
    @Ctx() { services }: Context,
    @Arg('input', () => DeleteAccountInput, { description: 'The account.' }) input: DeleteAccountInput,
  ): Promise<DeletePayload> {
    return payload(async () => ({ deletedId: await services.accounts.delete(input, actorName()) }));
  }

  @FieldResolver(() => AccountHoldings, { description: 'What is in it at a time.' })
  async holdings(
    @Ctx() { loaders }: Context,
    @Root() { id, portfolioId }: Account,
    @Args(() => PastArgs) past: PastArgs,
  ): Promise<AccountHoldings> {
    const own = (await loaders.accountValues.load(valuesKey(portfolioId, past))).get(id);
    if (!own) return { cash: [], cashValue: '0', marketValue: '0', value: '0' };
    const { cash, cashValue, marketValue } = own;
    return {
      cash: [...cash]
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([currency, amount]) => ({ currency, amount: amountText(amount)! })),
      cashValue: amountText(cashValue),
      marketValue: amountText(marketValue),
      value: amountText(cashValue.plus(marketValue)),
    };
  }
}
