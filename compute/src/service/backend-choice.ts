import type { BackendChoice } from './contract.ts';

const FROM_CACHE = 'the same run had been computed before';

/** The choice of a run whose parts were chosen for one by one: every backend by name, each with its reasons. */
export function combinedChoice(choices: readonly BackendChoice[]): BackendChoice {
  const reasons = new Map<string, Set<string>>();
  for (const { backend, reason } of choices)
    reasons.set(backend, (reasons.get(backend) ?? new Set()).add(reason));
  const backends = [...reasons].toSorted(([a], [b]) => (a < b ? -1 : 1));
  if (backends.length === 1) {
    const [[backend, own]] = backends;
    return { backend, reason: [...own].join('; ') };
  }
  return {
    backend: backends.map(([backend]) => backend).join(' + '),
    reason: backends.map(([backend, own]) => `${backend}: ${[...own].join('; ')}`).join('; '),
  };
}

/** The choice behind a result that is not computed again; why it was made is still told. */
export function choiceFromCache({ backend, reason }: BackendChoice): BackendChoice {
  return { backend, reason: `${reason}; ${FROM_CACHE}` };
}
