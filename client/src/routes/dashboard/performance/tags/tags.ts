import type { PortfolioTagsQuery } from '#lib/graphql/generated/graphql.ts';

type Portfolio = NonNullable<PortfolioTagsQuery['portfolio']>;

/** An instrument or an account, with its tags. */
export interface TagSubject {
  readonly id: string;
  /** Of an instrument; null for an account. */
  readonly symbol: string | null;
  readonly name: string;
  readonly tags: readonly string[];
}

/** What can be tagged: instruments that are held or tagged by their symbols, then accounts. */
export function subjectsOf({ accounts, positions, tags }: Omit<Portfolio, 'version'>): TagSubject[] {
  const given = new Map(tags.map((one) => [one.instrument?.id ?? one.account?.id, one.tags]));
  const instruments = [
    ...positions.nodes.map(({ instrument }) => instrument),
    ...tags.flatMap(({ instrument }) => instrument ?? []),
  ];
  const bySymbol = new Map(instruments.map((one) => [one.symbol, one]));
  return [
    ...[...bySymbol.values()].toSorted((a, b) => (a.symbol < b.symbol ? -1 : 1)),
    ...accounts.nodes.map(({ id, name }) => ({ id, symbol: null, name })),
  ].map(({ id, symbol, name }) => ({ id, symbol, name, tags: given.get(id) ?? [] }));
}

/** The tags in a text with commas between, each once. */
export function tagsIn(text: string): string[] {
  const tags = text.split(',').map((tag) => tag.trim());
  return [...new Set(tags.filter((tag) => tag !== ''))];
}
