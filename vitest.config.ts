import { defineConfig } from 'vitest/config';

// A machine that does many things at once may be late: tests that wait for processes get a second try there.
const retry = process.env.CI ? 2 : 0;
const shared = { pool: 'forks', testTimeout: 30_000, hookTimeout: 60_000, retry } as const;
const resolve = { conditions: ['source'] };
const ssr = { resolve: { conditions: ['source', 'node'] } };

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      { resolve, ssr, test: { ...shared, name: 'compute', include: ['compute/{src,train}/**/*.test.ts'] } },
      {
        // graphql must be one module, whoever imports it.
        resolve: { ...resolve, alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
        ssr,
        test: {
          ...shared,
          setupFiles: ['reflect-metadata'],
          name: 'server',
          include: ['server/{src,test}/**/*.test.ts'],
        },
      },
      {
        resolve: { conditions: ['browser'] },
        test: { ...shared, name: 'client', include: ['client/src/**/*.test.ts'] },
      },
      { test: { ...shared, name: 'tools', include: ['tools/**/*.test.ts'] } },
      {
        test: {
          ...shared,
          name: 'browser',
          include: ['e2e/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
