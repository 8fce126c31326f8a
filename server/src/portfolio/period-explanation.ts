import { Decimal, ZERO } from '../platform/decimal.ts';
import type { Term, Trail } from './explanation.ts';
import type { MeasuredPeriod } from './performance.ts';

/** The amounts of a period that can be explained, each with what it is. */
export const PERIOD_FIGURES = {
  GAIN: 'End value less start value and flows.',
  NET_FLOW: 'What was brought in less what was taken out.',
  CURRENCY_GAIN: 'The part of the gain that changes of exchange rates made.',
  PRICE_GAIN: 'The rest of the gain.',
} as const;
export type PeriodFigure = keyof typeof PERIOD_FIGURES;

/** How an amount of a period came about. Values over time are doubles, so that its last digits may differ from those of the report. */
export function explainPeriod(figure: PeriodFigure, period: MeasuredPeriod): Trail {
  const { startValue, endValue, fromMs, toMs } = period;
  switch (figure) {
    case 'NET_FLOW':
      return sumOf(
        'all that was brought in − all that was taken out',
        'Units that are transferred count at the price that is stated, otherwise at the market’s. A flow in another currency counts at the rate that it states, or that of its day.',
        flowTerms(period).toReversed(),
      );
    case 'GAIN':
      return sumOf('value at the end − value at the start − flows', 'Flows are neither gain nor loss.', [
        { label: 'Value at the end', amount: new Decimal(endValue), timeMs: toMs },
        { label: 'Value at the start', amount: new Decimal(-startValue), timeMs: fromMs },
        ...flowTerms(period)
          .toReversed()
          .map((one) => ({ ...one, amount: one.amount.negated() })),
      ]);
    case 'CURRENCY_GAIN':
      return sumOf(
        'change of each exchange rate × cash and positions at the start of each step, of all steps',
        'Steps go from price to price.',
        currencyTerms(period).toReversed(),
      );
    case 'PRICE_GAIN': {
      const gain = explainPeriod('GAIN', period).value;
      const byCurrencies = explainPeriod('CURRENCY_GAIN', period).value;
      return sumOf(
        'gain − what changes of exchange rates made of it',
        'Prices, income and costs, at the exchange rates of the end of each step.',
        [
          { label: 'Gain', amount: gain },
          { label: 'By exchange rates', amount: byCurrencies.negated() },
        ],
      );
    }
  }
}

function sumOf(formula: string, convention: string, terms: readonly Term[]): Trail {
  const value = terms.reduce((total, { amount }) => total.plus(amount), ZERO);
  return { value, combination: 'SUM', formula, convention, terms };
}

function flowTerms({ flows }: MeasuredPeriod): Term[] {
  return flows.map(({ flow, timeMs, amount }) => ({
    label: 'Flow',
    amount: new Decimal(amount),
    transactionId: flow.entryId,
    kind: flow.kind,
    instrumentId: flow.instrumentId ?? undefined,
    quantity: flow.quantity.isZero() ? undefined : flow.quantity,
    exchangeRate: flow.exchangeRate,
    timeMs,
  }));
}

function currencyTerms({ timesMs, currencyEffect }: MeasuredPeriod): Term[] {
  const terms: Term[] = [];
  for (let t = 0; t < timesMs.length; t += 1)
    if (currencyEffect[t] !== 0)
      terms.push({ label: 'Step', amount: new Decimal(currencyEffect[t]), timeMs: timesMs[t] });
  return terms;
}
