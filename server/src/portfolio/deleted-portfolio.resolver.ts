import { Arg, Args, Ctx, FieldResolver, Int, Query, Resolver, Root } from 'type-graphql';
import type { Context } from '../context.ts';
import { type Connection, pageOf, toConnection } from '../platform/graphql/connection.ts';
import type { StoredAuditEntry } from '../trade/audit.ts';
import { DeletedPortfolio, DeletedPortfolioConnection } from './deleted-portfolio.type.ts';
import { AuditLogArgs } from './history.args.ts';
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
    description: 'Portfolios that were deleted, the newest first: all for an admin, else those one owned.',
  })
  async deletedPortfolios(
    @Ctx() { services }: Context,
    @Arg('first', () => Int, { description: 'How many, 1 to 100.' }) first: number,
    @Arg('after', () => String, { nullable: true, description: 'The cursor to go on from.' }) after?: string,
  ): Promise<Connection<DeletedPortfolio>> {
    const { offset, limit } = pageOf(first, after);
    const [entries, total] = await services.ledger.deletions(offset, limit);
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
