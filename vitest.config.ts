import { defineConfig } from 'vitest/config';

// A machine that does many things at once may be late: tests that wait for processes get a second try there.
const retry = process.env.CI ? 2 : 0;
const shared = { pool: 'forks', testTimeout: 30_000, hookTimeout: 60_000, retry } as const;
// These import functions that keep nothing a test sees: their files share a process, whose start takes longer than most of them.
const pure = { isolate: false } as const;
const ARITHMETIC = [
  'compute/src/{ops,risk,ir,backtest,simulation}/**/*.test.ts',
  'compute/src/backends/{wasm,reference}/**/*.test.ts',
];
const resolve = { conditions: ['source'] };
const ssr = { resolve: { conditions: ['source', 'node'] } };

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      {
        resolve,
        ssr,
        test: {
          ...shared,
          name: 'compute',
          include: ['compute/{src,train}/**/*.test.ts'],
          exclude: ARITHMETIC,
        },
      },
      { resolve, ssr, test: { ...shared, ...pure, name: 'arithmetic', include: ARITHMETIC } },
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
        test: { ...shared, ...pure, name: 'client', include: ['client/src/**/*.test.ts'] },
      },
      { test: { ...shared, ...pure, name: 'tools', include: ['tools/**/*.test.ts'] } },
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
