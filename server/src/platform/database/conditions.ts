/** A condition of a query with the values of its question marks. */
export type Condition = readonly [text: string, ...values: unknown[]];

/** One condition that holds where all of these do; a null asks nothing. */
export function allOf(conditions: readonly (Condition | null)[]): { text: string; values: unknown[] } {
  const asked = conditions.filter((one) => one !== null);
  return {
    text: asked.map(([text]) => text).join(' and '),
    values: asked.flatMap(([, ...values]) => values),
  };
}
