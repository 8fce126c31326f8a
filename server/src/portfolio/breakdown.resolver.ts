import { Arg, Ctx, FieldResolver, Mutation, Resolver, Root } from 'type-graphql';
import type { Context } from '../context.ts';
import { downsampleIndices, pick } from '../market-data/bars.ts';
import type { InstrumentRow } from '../market-data/instrument.entity.ts';
import { Instrument } from '../market-data/instrument.type.ts';
import { toInstrument } from '../market-data/market-data.resolver.ts';
import { payload } from '../platform/graphql/errors.ts';
import type { BenchmarkPeriod } from './benchmark-period.ts';
import { benchmarkFigures } from './benchmark-figures.ts';
import type { BreakdownBy } from './breakdown.service.ts';
import {
  BenchmarkComparison,
  BreakdownByEnum,
  PerformanceBreakdown,
  PerformancePart,
  SetTagsInput,
  TagAssignment,
} from './breakdown.type.ts';
import { LINKING } from './contribution.ts';
import type { Figure } from './performance.ts';
import { PerformanceFigure, PerformanceReport } from './performance.type.ts';
import { toPortfolio } from './portfolio.resolver.ts';
import { Portfolio, PortfolioPayload } from './portfolio.type.ts';
import type { Tagged } from './tag.store.ts';
import { toAccount } from './account.resolver.ts';
import { Account } from './account.type.ts';

/** More points than a chart is wide. */
const CHART_POINTS = 2_000;

function toComparison(
  instrument: InstrumentRow,
  result: BenchmarkPeriod,
  { period, portfolioId, currency }: PerformanceReport,
): BenchmarkComparison {
  const { matchedFigure, ...figures } = benchmarkFigures(period, result);
  const asked = (figure: Figure) =>
    Object.assign(new PerformanceFigure(), { ...figure, figure, period, portfolioId });
  const endValue = result.matched[result.matched.length - 1];
  const netFlow = period.flows.reduce((total, { amount }) => total + amount, 0);
  let level = 1;
  const levels = Float64Array.of(1, ...period.growth.map((one) => (level *= one)));
  const benchmark = Float64Array.of(1, ...result.levels);
  const indices = downsampleIndices(levels, CHART_POINTS);
  return Object.assign(new BenchmarkComparison(), {
    instrument: toInstrument(instrument),
    currency,
    returns: result.pairs.own.length,
    ...Object.fromEntries(Object.entries(figures).map(([name, figure]) => [name, asked(figure)])),
    moneyMatched: {
      endValue,
      gain: endValue - period.startValue - netFlow,
      difference: period.endValue - endValue,
      moneyWeighted: asked(matchedFigure),
    },
    times: pick(Float64Array.of(period.fromMs, ...period.timesMs), indices),
    portfolioLevels: pick(levels, indices),
    benchmarkLevels: pick(benchmark, indices),
  });
}

@Resolver(() => PerformanceReport)
export class PerformanceBreakdownResolver {
  @FieldResolver(() => PerformanceBreakdown, { description: 'The same cut into parts that add up to it.' })
  async breakdown(
    @Ctx() { services }: Context,
    @Root() { portfolioId, period }: PerformanceReport,
    @Arg('by', () => BreakdownByEnum, { description: 'What it is cut by.' }) by: BreakdownBy,
  ): Promise<PerformanceBreakdown> {
    const { parts, ...rest } = await services.breakdowns.breakdown(portfolioId, period, by);
    return Object.assign(new PerformanceBreakdown(), {
      ...rest,
      ...LINKING,
      timeWeighted: Number.isNaN(rest.timeWeighted) ? null : rest.timeWeighted,
      parts: parts.map((part) => Object.assign(new PerformancePart(), part)),
    });
  }

  @FieldResolver(() => BenchmarkComparison, {
    nullable: true,
    description: 'The same beside a benchmark; null without one, or without prices of it in the period.',
  })
  async against(
    @Ctx() { services }: Context,
    @Root() report: PerformanceReport,
    @Arg('symbol', () => String, {
      nullable: true,
      description: "The benchmark; the portfolio's own when left out.",
    })
    symbol?: string,
  ): Promise<BenchmarkComparison | null> {
    const found = await services.breakdowns.against(
      report.portfolioId,
      report.benchmarkId,
      report.period,
      symbol,
    );
    return found && toComparison(found.instrument, found.result, report);
  }
}

@Resolver(() => PerformancePart)
export class PerformancePartResolver {
  @FieldResolver(() => Instrument, { nullable: true, description: 'The instrument, where the part is one.' })
  async instrument(@Ctx() { loaders }: Context, @Root() part: PerformancePart): Promise<Instrument | null> {
    const row = part.instrumentId && (await loaders.instruments.load(part.instrumentId));
    return row ? toInstrument(row) : null;
  }
}

@Resolver(() => Portfolio)
export class PortfolioTagResolver {
  @FieldResolver(() => [TagAssignment], {
    description: 'The tags that it gives to instruments and accounts.',
  })
  async tags(@Ctx() { services }: Context, @Root() { id }: Portfolio): Promise<TagAssignment[]> {
    return (await services.tags.of(id)).map((one: Tagged) => Object.assign(new TagAssignment(), one));
  }

  @Mutation(() => PortfolioPayload, { description: 'Gives an instrument or an account other tags.' })
  setTags(
    @Ctx() { services }: Context,
    @Arg('input', () => SetTagsInput, { description: 'What is tagged, and how.' }) input: SetTagsInput,
  ): Promise<PortfolioPayload> {
    return payload(async () => ({ portfolio: toPortfolio(await services.tags.set(input)) }));
  }
}

@Resolver(() => TagAssignment)
export class TagAssignmentResolver {
  @FieldResolver(() => Instrument, {
    nullable: true,
    description: 'The instrument that is tagged, if one is.',
  })
  async instrument(@Ctx() { loaders }: Context, @Root() one: TagAssignment): Promise<Instrument | null> {
    const row = one.instrumentId && (await loaders.instruments.load(one.instrumentId));
    return row ? toInstrument(row) : null;
  }

  @FieldResolver(() => Account, { nullable: true, description: 'The account that is tagged, if one is.' })
  async account(@Ctx() { loaders }: Context, @Root() one: TagAssignment): Promise<Account | null> {
    return one.accountId === null ? null : toAccount(await loaders.accounts.load(one.accountId));
  }
}
