/** What is offered to choose from: what was found, and the chosen one, first where it is not among them. */
export function offeredWith<Choice extends { readonly id: string }>(
  found: readonly Choice[],
  chosen: Choice | null,
): readonly Choice[] {
  return !chosen || found.some(({ id }) => id === chosen.id) ? found : [chosen, ...found];
}
