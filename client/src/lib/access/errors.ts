/** A problem of an input as the API tells it. */
export interface InputProblem {
  readonly message: string;
  readonly path?: readonly string[] | null;
}

/** The problem of one field, to show beside it. */
export function problemOf(problems: readonly InputProblem[], field: string): string | undefined {
  return problems.find(({ path }) => path?.at(-1) === field)?.message;
}

/** The problems that belong to no field, to show above them. */
export function otherProblems(
  problems: readonly InputProblem[],
  fields: readonly string[],
): readonly InputProblem[] {
  return problems.filter(({ path }) => !fields.includes(path?.at(-1) ?? ''));
}
