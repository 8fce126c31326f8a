/** A part of a list, and where the rest of it begins. */
export interface Page<Item> {
  readonly nodes: readonly Item[];
  readonly totalCount: number;
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor?: string | null };
}

/** Asks for up to `first` items of a list, 1 to 100, after a cursor or from its beginning. */
export type AskPage<Item> = (first: number, after: string | null) => Promise<Page<Item>>;

const PAGE_MAXIMUM = 100;

/**
 * The beginning of a list as one page: as many items as are wanted, or all where there are fewer. They are asked for by
 * `size` at once, fewer than 100 where much is asked of each.
 */
export async function readPages<Item>(
  ask: AskPage<Item>,
  wanted: number,
  size = PAGE_MAXIMUM,
): Promise<Page<Item>> {
  let page = await ask(Math.min(wanted, size), null);
  while (page.pageInfo.hasNextPage && page.nodes.length < wanted)
    page = await readOn(ask, page, Math.min(wanted - page.nodes.length, size));
  return page;
}

/** A page with what follows it. */
export async function readOn<Item>(ask: AskPage<Item>, page: Page<Item>, first: number): Promise<Page<Item>> {
  const next = await ask(first, page.pageInfo.endCursor ?? null);
  // An empty page has no cursor; asking on from it would begin anew.
  if (next.nodes.length === 0)
    return { ...page, totalCount: next.totalCount, pageInfo: { hasNextPage: false } };
  return { ...next, nodes: [...page.nodes, ...next.nodes] };
}
