import { Arg, Ctx, FieldResolver, Int, Resolver, Root } from 'type-graphql';
import type { Context } from '../context.ts';
import { toInstrument } from '../market-data/market-data.resolver.ts';
import { amountText, type Decimal, ZERO } from '../platform/decimal.ts';
import { type Connection, pageOf, toConnection } from '../platform/graphql/connection.ts';
import { toExchangeRate } from './currency.type.ts';
import {
  explainLots,
  explainPosition,
  explainValuation,
  LOT_FIGURES,
  type LotReportFigure,
  type PositionFigure,
  type Term,
  type Trail,
  type ValuationFigure,
} from './explanation.ts';
import {
  AmountExplanation,
  ExplanationTerm,
  ExplanationTermConnection,
  LotReportFigureEnum,
  PeriodFigureEnum,
  PositionFigureEnum,
  ValuationFigureEnum,
} from './explanation.type.ts';
import { LotReport } from './lot.type.ts';
import { explainPeriod, type PeriodFigure } from './period-explanation.ts';
import { Explanation, ExplanationStepConnection, PerformanceReport } from './performance.type.ts';
import type { ExplanationStep } from './performance.type.ts';
import { Position, Valuation } from './portfolio.type.ts';

function toExplanation(trail: Trail): AmountExplanation {
  const { value, ...told } = trail;
  return Object.assign(new AmountExplanation(), { ...told, value: amountText(value), trail });
}

const text = (value: Decimal | undefined) => (value === undefined ? null : amountText(value));

@Resolver(() => Valuation)
export class ValuationExplanationResolver {
  @FieldResolver(() => AmountExplanation, { description: 'How one of its figures came about.' })
  async explain(
    @Ctx() { services }: Context,
    @Root() { basis }: Valuation,
    @Arg('figure', () => ValuationFigureEnum, { description: 'Which one.' }) figure: ValuationFigure,
  ): Promise<AmountExplanation> {
    const lots = LOT_FIGURES.has(figure) ? 'ALL' : 'NONE';
    return toExplanation(explainValuation(figure, await services.portfolios.explained(basis, lots)));
  }
}

@Resolver(() => Position)
export class PositionExplanationResolver {
  @FieldResolver(() => AmountExplanation, { description: 'How one of its figures came about.' })
  async explain(
    @Ctx() { services }: Context,
    @Root() { basis, holding }: Position,
    @Arg('figure', () => PositionFigureEnum, { description: 'Which one.' }) figure: PositionFigure,
  ): Promise<AmountExplanation> {
    return toExplanation(
      explainPosition(figure, holding, await services.portfolios.explained(basis, holding)),
    );
  }
}

@Resolver(() => LotReport)
export class LotExplanationResolver {
  @FieldResolver(() => AmountExplanation, { description: 'How one of its sums came about.' })
  explain(
    @Root() { data }: LotReport,
    @Arg('figure', () => LotReportFigureEnum, { description: 'Which one.' }) figure: LotReportFigure,
  ): AmountExplanation {
    return toExplanation(explainLots(figure, data));
  }
}

@Resolver(() => PerformanceReport)
export class PeriodExplanationResolver {
  @FieldResolver(() => AmountExplanation, { description: 'How one of its amounts came about.' })
  explain(
    @Root() { period }: PerformanceReport,
    @Arg('figure', () => PeriodFigureEnum, { description: 'Which one.' }) figure: PeriodFigure,
  ): AmountExplanation {
    return toExplanation(explainPeriod(figure, period));
  }
}

@Resolver(() => AmountExplanation)
export class AmountExplanationResolver {
  @FieldResolver(() => ExplanationTermConnection, {
    description: 'What it is made of: the newest or the largest first.',
  })
  async terms(
    @Ctx() { loaders }: Context,
    @Root() { trail }: AmountExplanation,
    @Arg('first', () => Int, { description: 'How many, 1 to 100.' }) first: number,
    @Arg('after', () => String, { nullable: true, description: 'The cursor to go on from.' }) after?: string,
  ): Promise<ExplanationTermConnection> {
    const { offset, limit } = pageOf(first, after);
    const page = trail.terms.slice(offset, offset + limit);
    const shown = page.map(({ amount }) => amount.toDecimalPlaces(18)).reduce((a, b) => a.plus(b), ZERO);
    const nodes = await Promise.all(
      page.map(async (term) => {
        const row = term.instrumentId ? await loaders.instruments.load(term.instrumentId) : null;
        return Object.assign(toTerm(term), { instrument: row && toInstrument(row) });
      }),
    );
    return Object.assign(new ExplanationTermConnection(), {
      ...toConnection(nodes, offset, trail.terms.length),
      restCount: trail.terms.length - page.length,
      restAmount:
        trail.combination === 'SUM' ? amountText(trail.value.toDecimalPlaces(18).minus(shown)) : null,
    });
  }
}

function toTerm(term: Term): ExplanationTerm {
  return Object.assign(new ExplanationTerm(), {
    label: term.label,
    amount: text(term.amount),
    worth: text(term.worth),
    against: text(term.against),
    transactionId: term.transactionId ?? null,
    kind: term.kind ?? null,
    at: term.timeMs === undefined ? null : new Date(term.timeMs),
    quantity: text(term.quantity),
    price: text(term.price),
    priceAt: term.priceAt ?? null,
    currency: term.currency ?? null,
    exchangeRate: toExchangeRate(term.exchangeRate ?? null),
  });
}

@Resolver(() => Explanation)
export class ExplanationStepResolver {
  @FieldResolver(() => ExplanationStepConnection, {
    description:
      'The steps of the period, the oldest first. Their factors multiply to the time-weighted return and 1.',
  })
  steps(
    @Root() { period }: Explanation,
    @Arg('first', () => Int, { description: 'How many, 1 to 100.' }) first: number,
    @Arg('after', () => String, { nullable: true, description: 'The cursor to go on from.' }) after?: string,
  ): Connection<ExplanationStep> {
    const { offset, limit } = pageOf(first, after);
    return toConnection(stepsOf(period, offset, limit), offset, period.timesMs.length);
  }
}

function stepsOf(
  { fromMs, startValue, timesMs, equity, inflow, outflow, growth }: Explanation['period'],
  offset: number,
  limit: number,
): ExplanationStep[] {
  const known = (value: number) => (Number.isNaN(value) ? null : value);
  const count = Math.max(0, Math.min(limit, timesMs.length - offset));
  return Array.from({ length: count }, (_, index) => {
    const t = offset + index;
    return {
      from: new Date(t === 0 ? fromMs : timesMs[t - 1]),
      to: new Date(timesMs[t]),
      startValue: known(t === 0 ? startValue : equity[t - 1]),
      inflow: known(inflow[t]),
      outflow: known(outflow[t]),
      endValue: known(equity[t]),
      factor: known(growth[t]),
    };
  });
}
