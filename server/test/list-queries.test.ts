import { graphql, type GraphQLSchema, isObjectType } from 'graphql';
import { AsyncLocalStorage } from 'node:async_hooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createContext } from '../src/context.ts';
import { type Caller } from '../src/platform/http/caller.ts';
import { asViewer, LOCAL } from '../src/platform/viewer.ts';
import { createSchema } from '../src/schema.ts';
import { createTestApp, type TestApp } from './create-test-app.ts';
import { grow, type GrownWorld, symbolOf } from './grown-world.ts';
import { isList, type ListDocument, listDocuments } from './list-documents.ts';
import { STILL_LISTS } from './list-queries.ts';

const FEW = 2;
const MANY = 5;

interface Counted extends ListDocument {
  readonly name: string;
  /** How many questions the database is asked in a world of few and of many, and for how many items. */
  readonly asked: readonly [few: number, many: number];
  readonly items: readonly [few: number, many: number];
}

let app: TestApp;
let schema: GraphQLSchema;
let counted: Counted[];

beforeAll(async () => {
  // Feeds are asked about where a provider is on; none of them is due.
  app = await createTestApp({ PRICE_PROVIDERS: 'yahoo' });
  schema = await createSchema();
  let world: GrownWorld | null = null;
  for (let index = 0; index < FEW; index += 1) world = await grow(app, index, world);
  const documents = listDocuments(schema, valuesIn(world!));
  const ask = countingAsker();
  const few = await countAll(documents, ask);
  for (let index = FEW; index < MANY; index += 1) world = await grow(app, index, world);
  const many = await countAll(documents, ask, few);
  counted = documents.map((one, place) => ({
    ...one,
    name: `${one.list} ${one.field ?? 'values'}`,
    asked: [few[place].asked, many[place].asked],
    items: [few[place].items, many[place].items],
  }));
}, 300_000);
afterAll(() => app.stop());

interface Count {
  readonly asked: number;
  readonly items: number;
}

function valuesIn(world: GrownWorld): Record<string, string> {
  return {
    'portfolio(id)': JSON.stringify(world.portfolio),
    'backtest(id)': JSON.stringify(world.backtest),
    'sweep(id)': JSON.stringify(world.sweep),
    'importRun(id)': JSON.stringify(world.importRun),
    'sharedPortfolio(token)': JSON.stringify(world.sharedToken),
    'checkStrategy(source)': '"not a strategy"',
    'instrument(symbol)': JSON.stringify(symbolOf(0)),
    symbol: JSON.stringify(symbolOf(0)),
  };
}

/** Asks a query and counts the questions to the database that it leads to, and no others. */
function countingAsker() {
  const own = new AsyncLocalStorage<{ count: number }>();
  const connection = app.database.orm.em.getConnection() as any;
  const execute = connection.executeQuery.bind(connection);
  connection.executeQuery = (...given: unknown[]) => {
    const counter = own.getStore();
    if (counter) counter.count += 1;
    return execute(...given);
  };
  const caller = { viewer: LOCAL, address: '::1' } as Caller;
  return async ({ document: source, path }: ListDocument): Promise<Count> => {
    const counter = { count: 0 };
    const contextValue = createContext(app.services, caller);
    const { data, errors } = await own.run(counter, () =>
      asViewer(LOCAL, () => graphql({ schema, source, contextValue })),
    );
    if (errors) throw new Error(`${source}: ${errors[0].message}`);
    return { asked: counter.count, items: itemsAt(data, path) };
  };
}

async function countAll(
  documents: readonly ListDocument[],
  ask: (one: ListDocument) => Promise<Count>,
  before: readonly Count[] = [],
): Promise<Count[]> {
  const counts: Count[] = [];
  for (const [place, one] of documents.entries()) {
    // Ledgers and bars are read once and kept.
    await ask(one);
    let count = await ask(one);
    // Long work on a busy machine pauses for others, and what is asked for after a pause is asked apart.
    for (let again = 0; again < 3 && count.asked > (before[place]?.asked ?? Infinity); again += 1)
      count = await ask(one);
    counts.push(count);
  }
  return counts;
}

function itemsAt(value: unknown, path: readonly string[]): number {
  if (value === null || value === undefined) return 0;
  if (Array.isArray(value)) {
    if (path.length === 0) return value.length;
    return value.reduce((sum: number, one) => sum + itemsAt(one, path), 0);
  }
  const [name, ...rest] = path;
  return name === undefined ? 0 : itemsAt((value as Record<string, unknown>)[name], rest);
}

/** Every list of what queries give. */
function listsOf(): string[] {
  return Object.values(schema.getTypeMap()).flatMap((type) =>
    isObjectType(type) && !/^(__|Mutation$|Subscription$)|(Connection|Payload)$/.test(type.name)
      ? Object.values(type.getFields())
          .filter(isList)
          .map((field) => `${type.name}.${field.name}`)
      : [],
  );
}

describe('a list', () => {
  it('is counted with few and with many items, or says why it need not be', () => {
    const grown = new Set(counted.filter(({ items: [few, many] }) => many > few).map(({ list }) => list));
    const still = listsOf().filter((list) => !grown.has(list));
    expect(still.toSorted()).toEqual(Object.keys(STILL_LISTS).toSorted());
    expect(grown.size).toBeGreaterThan(30);
  });

  it('asks the database as often for many items as for few', () => {
    const more = counted.filter(({ asked: [few, many] }) => many > few);
    expect(more.map(({ name, asked, document }) => ({ name, asked, document }))).toEqual([]);
  });
});
