import { Args, Ctx, FieldResolver, Query, Resolver, Root } from 'type-graphql';
import type { Context } from '../context.ts';
import { type Connection, pageOf, toConnection } from '../platform/graphql/connection.ts';
import type { StoredAuditEntry } from '../trade/audit.ts';
import { DeletedPortfolio, DeletedPortfolioConnection } from './deleted-portfolio.type.ts';
import { AuditLogArgs, DeletedPortfoliosArgs } from './history.args.ts';
import { auditLogOf } from './transaction.resolver.ts';
import { AuditEntryConnection, type AuditLogEntry } from './transaction.type.ts';

function toDeleted({ portfolioId, at, actor, details }: StoredAuditEntry): DeletedPortfolio {
  return Object.assign(new DeletedPortfolio(), {
    ...details,
    id: portfolioId,
    deletedAt: at,
    deletedBy: actor,
  });
}

@Resolver(() => DeletedPortfolio)
export class DeletedPortfolioResolver {
  @Query(() => DeletedPortfolioConnection, {
    description:
      'Portfolios that were deleted, the newest first where no order is asked for: all for an admin, else those one owned.',
  })
  async deletedPortfolios(
    @Ctx() { services }: Context,
    @Args(() => DeletedPortfoliosArgs) { first, after, filter, orderBy }: DeletedPortfoliosArgs,
  ): Promise<Connection<DeletedPortfolio>> {
    const { offset, limit } = pageOf(first, after);
    const [entries, total] = await services.ledger.deletions(filter ?? {}, offset, limit, orderBy);
    return toConnection(entries.map(toDeleted), offset, total);
  }

  @FieldResolver(() => AuditEntryConnection, { description: 'Who did what to its ledger.' })
  auditLog(
    @Ctx() context: Context,
    @Root() { id }: DeletedPortfolio,
    @Args(() => AuditLogArgs) args: AuditLogArgs,
  ): Promise<Connection<AuditLogEntry>> {
    return auditLogOf(context, id, args);
  }
}
