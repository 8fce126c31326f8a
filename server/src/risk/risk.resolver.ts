import { Arg, Args, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { Context } from '../context.ts';
import { dailyLevels } from '../portfolio/growth-levels.ts';
import { KnownArgs } from '../portfolio/past.args.ts';
import { Portfolio } from '../portfolio/portfolio.type.ts';
import { MONTE_CARLO_DEFAULTS, MonteCarloInput, MonteCarloResult } from './monte-carlo.type.ts';
import type { RiskSeries } from './risk.service.ts';
import { RiskInput, RiskReportResult, StatisticValue } from './risk.type.ts';

const EMPTY = new Float64Array(0);

@Resolver(() => Portfolio)
export class PortfolioRiskResolver {
  @FieldResolver(() => RiskReportResult, {
    description: 'Its risk, from the value of what it held, without the effect of flows.',
  })
  async risk(
    @Ctx() context: Context,
    @Root() portfolio: Portfolio,
    @Arg('input', () => RiskInput, { nullable: true, description: 'How risk is measured.' })
    input: RiskInput | null,
    @Args(() => KnownArgs) { knownAt = null }: KnownArgs,
  ): Promise<typeof RiskReportResult> {
    return context.services.risk.report(
      await seriesOf(context, portfolio, knownAt),
      input ?? { confidence: 0.95, horizonBars: 1, window: 0 },
    );
  }

  @FieldResolver(() => MonteCarloResult, {
    description: 'Its risk from simulated scenarios of the positions held at present.',
  })
  async monteCarlo(
    @Ctx() { services, signal }: Context,
    @Root() portfolio: Portfolio,
    @Arg('input', () => MonteCarloInput, {
      defaultValue: MONTE_CARLO_DEFAULTS,
      description: 'How scenarios are simulated.',
    })
    input: MonteCarloInput,
    @Args(() => KnownArgs) { knownAt = null }: KnownArgs,
  ): Promise<typeof MonteCarloResult> {
    return services.monteCarlo.report(portfolio.id, input, knownAt, signal);
  }

  @FieldResolver(() => [StatisticValue], {
    description:
      'The statistics of its value over time, without the effect of flows; growth per year, and what is made of it, of a year or more alone.',
  })
  async statistics(
    @Ctx() context: Context,
    @Root() portfolio: Portfolio,
    @Args(() => KnownArgs) { knownAt = null }: KnownArgs,
  ): Promise<StatisticValue[]> {
    return context.services.risk.statistics(await seriesOf(context, portfolio, knownAt));
  }
}

async function seriesOf(
  { services }: Context,
  portfolio: Portfolio,
  knownAt: Date | null,
): Promise<RiskSeries> {
  const columns = await services.portfolios.equity(portfolio.id, knownAt);
  if (!columns) return { timesMs: EMPTY, levels: EMPTY, periodsPerYear: 1, equity: 0 };
  return { ...dailyLevels(columns), equity: columns.equity[columns.equity.length - 1] };
}
