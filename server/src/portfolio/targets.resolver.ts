import { Arg, Ctx, FieldResolver, Mutation, Resolver, Root } from 'type-graphql';
import type { Context } from '../context.ts';
import { Instrument } from '../market-data/instrument.type.ts';
import { toInstrument } from '../market-data/market-data.resolver.ts';
import { Decimal } from '../platform/decimal.ts';
import { InputError, payload } from '../platform/graphql/errors.ts';
import { DecimalScalar } from '../platform/graphql/scalars.ts';
import { actorName } from '../platform/viewer.ts';
import { toPortfolio } from './portfolio.resolver.ts';
import { Portfolio } from './portfolio.type.ts';
import { RebalanceLine, RebalanceOrder, RebalancePlanResult } from './rebalance.type.ts';
import { toPlan } from './rebalance-view.ts';
import { cashWeight, type Targets } from './targets.ts';
import { PortfolioTargets, SetTargetsInput, SetTargetsPayload, TargetLineType } from './targets.type.ts';

function toTargets(targets: Targets): PortfolioTargets {
  const { cashMinimum, cashBand, costFixed, costBps, minimumTrade } = targets;
  return Object.assign(new PortfolioTargets(), {
    ...targets,
    lines: targets.lines.map((line) =>
      Object.assign(new TargetLineType(), {
        ...line,
        weight: line.weight.toNumber(),
        band: line.band.toNumber(),
      }),
    ),
    cashWeight: cashWeight(targets.lines).toNumber(),
    cashBand: cashBand.toNumber(),
    cashMinimum: cashMinimum.toFixed(),
    costFixed: costFixed.toFixed(),
    costBps: costBps.toNumber(),
    minimumTrade: minimumTrade.toFixed(),
  });
}

const instrumentOf = async ({ loaders }: Context, id: string | null): Promise<Instrument | null> => {
  const row = id === null ? null : await loaders.instruments.load(id);
  return row && toInstrument(row);
};

@Resolver(() => Portfolio)
export class PortfolioTargetsResolver {
  @FieldResolver(() => PortfolioTargets, {
    nullable: true,
    description: 'What it is meant to hold; null where none is set.',
  })
  async targets(@Ctx() { services }: Context, @Root() { id }: Portfolio): Promise<PortfolioTargets | null> {
    const targets = await services.targets.find(id);
    return targets && toTargets(targets);
  }

  @FieldResolver(() => RebalancePlanResult, { description: 'The orders that bring it to its targets.' })
  async rebalancePlan(
    @Ctx() { services, loaders }: Context,
    @Root() { id, baseCurrency }: Portfolio,
    @Arg('contribution', () => DecimalScalar, {
      defaultValue: '0',
      description: 'Cash that is about to come in, or below 0 to go out.',
    })
    contribution: string,
    @Arg('allowSelling', () => Boolean, {
      defaultValue: true,
      description: 'Whether anything may be sold; without it, cash alone is put where it is lacking.',
    })
    allowSelling: boolean,
    @Arg('gainLimit', () => DecimalScalar, {
      nullable: true,
      description: 'The most that sales may gain in all, 0 or more; no limit when left out.',
    })
    gainLimit: string | null,
  ): Promise<typeof RebalancePlanResult> {
    const limit = gainLimit === null || gainLimit === undefined ? null : new Decimal(gainLimit);
    if (limit?.isNegative()) return refusal(`expected a limit of 0 or more, was ${gainLimit}`, 'gainLimit');
    const query = { contribution: new Decimal(contribution), allowSelling, gainLimit: limit };
    const plan = await services.targets.plan(id, query);
    if (!plan) return refusal('expected targets, was none: set them first', 'targets');
    if (plan.managedValue.isNaN())
      return refusal(
        'expected an exchange rate for all cash, was none for some: import its rates',
        'targets',
      );
    if (!plan.managedValue.greaterThan(0))
      return refusal(
        `expected something to divide, was a value of ${plan.managedValue.toFixed()}`,
        'contribution',
      );
    const instruments = await loaders.instruments.loadMany(
      plan.unmanaged.map(({ holding }) => holding.instrumentId),
    );
    return toPlan(plan, baseCurrency, instruments);
  }

  @Mutation(() => SetTargetsPayload, { description: 'Sets what a portfolio is meant to hold.' })
  setTargets(
    @Ctx() { services }: Context,
    @Arg('input', () => SetTargetsInput, { description: 'The targets.' }) input: SetTargetsInput,
  ): Promise<SetTargetsPayload> {
    return payload(async () => ({
      targets: toTargets(await services.targets.set(input, actorName())),
      portfolio: toPortfolio((await services.portfolios.find(input.portfolioId))!),
    }));
  }
}

function refusal(message: string, field: string): InputError {
  return Object.assign(new InputError(), { code: 'INVALID', message, path: [field] });
}

@Resolver(() => TargetLineType)
export class TargetLineResolver {
  @FieldResolver(() => Instrument, { nullable: true, description: 'The instrument, where it is one.' })
  instrument(@Ctx() context: Context, @Root() { instrumentId }: TargetLineType): Promise<Instrument | null> {
    return instrumentOf(context, instrumentId);
  }

  @FieldResolver(() => Instrument, {
    nullable: true,
    description: 'What purchases for the class go into, where it is set.',
  })
  buyInstrument(
    @Ctx() context: Context,
    @Root() { buyInstrumentId }: TargetLineType,
  ): Promise<Instrument | null> {
    return instrumentOf(context, buyInstrumentId);
  }
}

@Resolver(() => RebalanceLine)
export class RebalanceLineResolver {
  @FieldResolver(() => Instrument, { nullable: true, description: 'The instrument, where it is one.' })
  instrument(@Ctx() context: Context, @Root() { instrumentId }: RebalanceLine): Promise<Instrument | null> {
    return instrumentOf(context, instrumentId);
  }
}

@Resolver(() => RebalanceOrder)
export class RebalanceOrderResolver {
  @FieldResolver(() => Instrument, { description: 'What to buy or sell.' })
  async instrument(@Ctx() context: Context, @Root() { instrumentId }: RebalanceOrder): Promise<Instrument> {
    return (await instrumentOf(context, instrumentId))!;
  }
}
