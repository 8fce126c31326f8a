import {
  type AmountExplanationFieldsFragment,
  ExplainLotsDocument,
  ExplainPeriodDocument,
  ExplainPositionDocument,
  ExplainStepsDocument,
  type ExplainStepsQuery,
  ExplainValuationDocument,
  type LotReportFigure,
  type PeriodFigure,
  type PositionFigure,
  type ValuationFigure,
} from '#lib/graphql/generated/graphql.ts';
import { request } from '#lib/graphql/request.ts';
import type { periodInput } from '../performance/period.ts';

/** When a portfolio is looked at, and by what was known when. */
export interface Past {
  readonly at: string | null;
  readonly knownAt: string | null;
}

/** Asks how an amount came about, from a cursor on. */
export type AskAmount = (after: string | null) => Promise<AmountExplanationFieldsFragment | null | undefined>;

/** Of a figure of the valuation. */
export function ofValuation(id: string, figure: ValuationFigure, past: Past): AskAmount {
  return async (after) =>
    (await request(ExplainValuationDocument, { id, figure, ...past, after })).portfolio?.valuation.explain;
}

/** Of the gains by the lots that accounts choose. */
export function ofLots(id: string, figure: LotReportFigure, past: Past): AskAmount {
  return async (after) =>
    (await request(ExplainLotsDocument, { id, figure, ...past, after })).portfolio?.lots.explain;
}

/** Of a figure of the position in an instrument. */
export function ofPosition(id: string, symbol: string, figure: PositionFigure, past: Past): AskAmount {
  return async (after) =>
    (await request(ExplainPositionDocument, { id, symbol, figure, ...past, after })).portfolio?.position
      ?.explain;
}

type PeriodInput = ReturnType<typeof periodInput>;

/** Of an amount of a period. */
export function ofPeriod(id: string, figure: PeriodFigure, period: PeriodInput): AskAmount {
  return async (after) => {
    const { portfolio } = await request(ExplainPeriodDocument, { id, figure, ...period, after });
    const report = portfolio?.performance;
    return report?.__typename === 'PerformanceReport' ? report.explain : null;
  };
}

type Performance = NonNullable<ExplainStepsQuery['portfolio']>['performance'];
type Steps = Extract<Performance, { __typename: 'PerformanceReport' }>;

/** A period, and whose knowledge of it counts; today's where left out. */
export type KnownPeriod = PeriodInput & { readonly knownAt?: string | null };

/** The steps of the time-weighted return of a period, from a cursor on. */
export async function stepsOf(id: string, period: KnownPeriod, after: string | null): Promise<Steps | null> {
  const { portfolio } = await request(ExplainStepsDocument, { id, ...period, after });
  const report = portfolio?.performance;
  return report?.__typename === 'PerformanceReport' ? report : null;
}
