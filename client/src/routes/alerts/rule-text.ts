import { percent, plain } from '#lib/format/format.ts';
import type { AlertKind } from '#lib/graphql/generated/graphql.ts';

/** Names of what rules watch, for people. */
export const KINDS: Readonly<Record<AlertKind, string>> = {
  DRAWDOWN: 'Drawdown of a portfolio',
  VALUE_AT_RISK: 'Loss beyond value at risk',
  PRICE_ABOVE: 'Price at or above',
  PRICE_BELOW: 'Price at or below',
  RUN_FINISHED: 'A run has ended',
  DEPENDENCY_DOWN: 'A part of the installation is down',
};

/** What a rule watches, in one line. */
export function ruleText(rule: {
  readonly kind: AlertKind;
  readonly threshold?: number | null;
  readonly portfolio?: { readonly name: string } | null;
  readonly instrument?: { readonly symbol: string } | null;
}): string {
  const { kind, portfolio, instrument } = rule;
  const threshold = rule.threshold ?? NaN;
  switch (kind) {
    case 'DRAWDOWN':
      return `${portfolio?.name} falls ${percent(threshold)} or more below its peak`;
    case 'VALUE_AT_RISK':
      return `${portfolio?.name} loses more in a day than its value at risk at ${percent(threshold)}`;
    case 'PRICE_ABOVE':
      return `${instrument?.symbol} at ${plain(threshold)} or above`;
    case 'PRICE_BELOW':
      return `${instrument?.symbol} at ${plain(threshold)} or below`;
    default:
      return KINDS[kind];
  }
}
