/** How a process is, and each of its parts: their names and verdicts, and what else is known of them. */
export type HealthBody = Record<string, unknown>;

/** What strangers may know of that: verdicts, as the page of the status shows them, and no addresses or versions. */
export function verdictsOf({ state, components }: HealthBody): HealthBody {
  const parts = (components ?? []) as readonly { readonly name: string; readonly state: string }[];
  return { state, components: parts.map((part) => ({ name: part.name, state: part.state })) };
}
