import { graphql, isObjectType } from 'graphql';
import { AsyncLocalStorage } from 'node:async_hooks';
import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createContext } from '../src/context.ts';
import { asViewer, LOCAL } from '../src/platform/viewer.ts';
import { createSchema } from '../src/schema.ts';
import { createTestApp, type TestApp } from './create-test-app.ts';
import { grow, type GrownWorld, symbolOf } from './grown-world.ts';
import { listDocuments } from './list-documents.ts';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app.stop());

it('explores', async () => {
  const schema = await createSchema();
  let world: GrownWorld | null = null;
  for (let i = 0; i < 2; i++) world = await grow(app, i, world);
  const values = {
    'portfolio(id)': `"${world!.portfolio}"`, 'backtest(id)': `"${world!.backtest}"`, 'sweep(id)': `"${world!.sweep}"`,
    'importRun(id)': `"${world!.importRun}"`, 'sharedPortfolio(token)': `"${world!.sharedToken}"`, 'instrument(symbol)': '"GROWN0"', symbol: '"GROWN0"',
    'checkStrategy(source)': '"x"',
  };
  const docs = listDocuments(schema, values);
  const caller = { viewer: LOCAL, address: '::1' } as any;
  const own = new AsyncLocalStorage<string[]>();
  const connection = app.database.orm.em.getConnection() as any;
  const execute = connection.executeQuery;
  vi.spyOn(connection, 'executeQuery').mockImplementation(function (this: any, ...args: any[]) {
    own.getStore()?.push(String(args[0]));
    return execute.apply(connection, args);
  });
  const ask = async (document: string) => {
    const asked: string[] = [];
    const answer = await own.run(asked, () => asViewer(LOCAL, () => graphql({ schema, source: document, contextValue: createContext(app.services, caller) })));
    return { asked, answer };
  };
  const count = (v: any, path: readonly string[]): number => {
    if (v == null) return 0;
    if (Array.isArray(v)) return path.length === 0 ? v.length : v.reduce((n, one) => n + count(one, path), 0);
    return path.length === 0 ? 1 : count(v[path[0]], path.slice(1));
  };
  const results: any[] = [];
  const phase = async (name: string) => {
    for (const [i, doc] of docs.entries()) {
      await ask(doc.document);
      const { asked, answer } = await ask(doc.document);
      results[i] ??= { list: doc.list, field: doc.field };
      results[i][name] = asked.length;
      results[i][name + 'Items'] = count(answer.data, doc.path);
      if (answer.errors) results[i].error = answer.errors[0].message;
      results[i][name + 'Sql'] = asked;
    }
  };
  await phase('few');
  for (let i = 2; i < 8; i++) world = await grow(app, i, world);
  await phase('many');
  writeFileSync('/tmp/lq.json', JSON.stringify(results, null, 1));
}, 600_000);
