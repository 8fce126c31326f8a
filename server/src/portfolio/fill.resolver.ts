import { Args, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { Context, Services } from '../context.ts';
import { Instrument } from '../market-data/instrument.type.ts';
import { toInstrument, trimDecimal } from '../market-data/market-data.resolver.ts';
import { Decimal } from '../platform/decimal.ts';
import { type Connection, pageOf, toConnection } from '../platform/graphql/connection.ts';
import type { FillRow } from '../trade/fill.entity.ts';
import type { FillQuery } from '../trade/fill.store.ts';
import { FillsArgs } from './fills.args.ts';
import { toPortfolio } from './portfolio.resolver.ts';
import { Fill, FillConnection, Portfolio } from './portfolio.type.ts';

export function toFill(row: FillRow): Fill {
  const tradeValue = new Decimal(row.quantity).times(row.price).toFixed();
  const [quantity, price, fee] = [row.quantity, row.price, row.fee].map(trimDecimal);
  return Object.assign(new Fill(), { ...row, quantity, price, fee, tradeValue });
}

async function fillPage(
  { fills }: Services,
  where: Pick<FillQuery, 'portfolioId' | 'instrumentId'>,
  { first, after, filter, orderBy }: FillsArgs,
): Promise<Connection<Fill>> {
  const { offset, limit } = pageOf(first, after);
  const [rows, total] = await fills.page({ ...filter, ...where, orderBy }, offset, limit);
  return toConnection(rows.map(toFill), offset, total);
}

@Resolver(() => Portfolio)
export class PortfolioFillResolver {
  @FieldResolver(() => FillConnection, { description: 'Its fills.' })
  fills(
    @Ctx() { services }: Context,
    @Root() { id }: Portfolio,
    @Args(() => FillsArgs) args: FillsArgs,
  ): Promise<Connection<Fill>> {
    return fillPage(services, { portfolioId: id }, args);
  }
}

@Resolver(() => Instrument)
export class InstrumentFillResolver {
  @FieldResolver(() => FillConnection, {
    description: 'Its fills in all portfolios that the viewer made or was let into.',
  })
  fills(
    @Ctx() { services }: Context,
    @Root() { id }: Instrument,
    @Args(() => FillsArgs) args: FillsArgs,
  ): Promise<Connection<Fill>> {
    return fillPage(services, { instrumentId: id }, args);
  }
}

@Resolver(() => Fill)
export class FillResolver {
  @FieldResolver(() => Instrument, { description: 'What was bought or sold.' })
  async instrument(@Ctx() { loaders }: Context, @Root() fill: Fill): Promise<Instrument> {
    return toInstrument((await loaders.instruments.load(fill.instrumentId))!);
  }

  @FieldResolver(() => Portfolio, { description: 'Which one it is in.' })
  async portfolio(@Ctx() { loaders }: Context, @Root() fill: Fill): Promise<Portfolio> {
    const { portfolioId } = await loaders.accounts.load(fill.accountId);
    return toPortfolio((await loaders.portfolios.load(portfolioId))!);
  }
}
