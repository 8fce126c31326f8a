/** A page of a list of the API. */
interface Page<Node> {
  readonly nodes: readonly Node[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor?: string | null };
}

/** Reads a list from its start until so many rows are there or it ends: the last page, with the rows of all. `onRows` is told what is there after each page. */
export async function firstRows<Node, List extends Page<Node>>(
  count: number,
  ask: (after: string | null) => Promise<List & Page<Node>>,
  onRows: (rows: readonly Node[]) => void = () => {},
): Promise<List> {
  let nodes: readonly Node[] = [];
  let after: string | null = null;
  for (;;) {
    const page: List & Page<Node> = await ask(after);
    nodes = [...nodes, ...page.nodes];
    onRows(nodes);
    after = page.pageInfo.endCursor ?? null;
    if (nodes.length >= count || !page.pageInfo.hasNextPage) return { ...page, nodes };
  }
}
