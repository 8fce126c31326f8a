import { type ClassType, Field, Int, ObjectType } from 'type-graphql';
import { invalid } from './errors.ts';

@ObjectType('PageInfo', { description: 'Where a page stands in its list.' })
export class PageInfo {
  @Field(() => Boolean, { description: 'Whether more follow.' })
  hasNextPage!: boolean;

  @Field(() => Boolean, { description: 'Whether some come before.' })
  hasPreviousPage!: boolean;

  @Field(() => String, { nullable: true, description: 'The cursor of the first one here.' })
  startCursor?: string;

  @Field(() => String, {
    nullable: true,
    description: 'The cursor of the last one here; give it as `after` to go on.',
  })
  endCursor?: string;
}

/** One page of a list. */
export interface Connection<Item> {
  readonly edges: { readonly cursor: string; readonly node: Item }[];
  readonly nodes: Item[];
  readonly pageInfo: PageInfo;
  readonly totalCount: number;
}

/** The edge and connection types of a list of `node`. */
export function connectionOf<Item extends object>(
  node: ClassType<Item>,
  name: string,
): ClassType<Connection<Item>> {
  @ObjectType(`${name}Edge`, { description: `One ${name} in a list.` })
  class Edge {
    @Field(() => String, { description: 'Where this one stands in the list.' })
    cursor!: string;

    @Field(() => node, { description: 'The thing itself.' })
    node!: Item;
  }

  @ObjectType(`${name}Connection`, { description: `A page of a list of ${name}.` })
  class ConnectionType {
    @Field(() => [Edge], { description: 'The things of this page with their cursors.' })
    edges!: Edge[];

    @Field(() => [node], { description: 'The things of this page.' })
    nodes!: Item[];

    @Field(() => PageInfo, { description: 'Where this page stands.' })
    pageInfo!: PageInfo;

    @Field(() => Int, { description: 'How many there are over all pages.' })
    totalCount!: number;
  }
  return ConnectionType as ClassType<Connection<Item>>;
}

const PAGE_MAXIMUM = 100;

/** Where a page starts and how long it is, from its arguments. Cursors hold the place in the list. */
export function pageOf(first: number, after: string | null | undefined): { offset: number; limit: number } {
  if (!(first >= 1 && first <= PAGE_MAXIMUM))
    throw invalid(`expected first from 1 to ${PAGE_MAXIMUM}, was ${first}`, 'first');
  if (!after) return { offset: 0, limit: first };
  const text = Buffer.from(after, 'base64url').toString('utf8');
  if (!/^\d{1,9}$/.test(text)) throw invalid(`expected a cursor from endCursor, was ${after}`, 'after');
  return { offset: Number(text) + 1, limit: first };
}

/** A page as a connection; cursors are made where they are asked for. */
export function toConnection<Item>(items: Item[], offset: number, totalCount: number): Connection<Item> {
  const cursorOf = (index: number) => Buffer.from(String(offset + index)).toString('base64url');
  const isEmpty = items.length === 0;
  return {
    get edges() {
      return items.map((node, index) => ({ cursor: cursorOf(index), node }));
    },
    nodes: items,
    get pageInfo() {
      return {
        hasNextPage: offset + items.length < totalCount,
        hasPreviousPage: offset > 0,
        startCursor: isEmpty ? undefined : cursorOf(0),
        endCursor: isEmpty ? undefined : cursorOf(items.length - 1),
      };
    },
    totalCount,
  };
}
