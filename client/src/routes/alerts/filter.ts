import type { AlertFilter, AlertKind } from '#lib/graphql/generated/graphql.ts';

/** What a person has chosen of the alerts; days are UTC, empty where there is no choice. */
export interface AlertChoice {
  readonly kind: AlertKind | '';
  readonly ruleId: string;
  readonly seen: 'SEEN' | 'UNSEEN' | '';
  readonly from: string;
  readonly to: string;
}

export const ALL_ALERTS: AlertChoice = { kind: '', ruleId: '', seen: '', from: '', to: '' };

/** The choice as the API takes it; a last day counts until its end. */
export function alertFilter({ kind, ruleId, seen, from, to }: AlertChoice): AlertFilter {
  return {
    kinds: kind === '' ? null : [kind],
    ruleId: ruleId || null,
    isSeen: seen === '' ? null : seen === 'SEEN',
    from: from || null,
    to: to ? `${to}T23:59:59.999Z` : null,
  };
}
