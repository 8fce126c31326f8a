import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runQuietly, runVisibly, say } from './progress.mjs';
import { licenceReport } from './licences.mjs';
import { hashOf, onceFor } from './stamp.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const at = (path) => join(ROOT, path);
const bin = (name) => at(`node_modules/.bin/${name}`);
const TSX = ['--tsconfig', at('server/tsconfig.json'), '--conditions=source'];
/** More arenas keep what a thread gave back from the others: a million sets take 100 MB less with two. */
const MEMORY = { MALLOC_ARENA_MAX: '2' };
const BASE = ['tsconfig.base.json', 'tsconfig.json', 'package-lock.json'];

/** The product's commands by name; each takes the arguments after it. */
export const commands = {
  async start() {
    await prepare();
    // Libraries leave checks out that help who develops with them.
    process.exitCode = await runVisibly(
      process.execPath,
      ['--enable-source-maps', at('server/dist/main.js')],
      { env: { NODE_ENV: 'production', ...MEMORY, ...process.env } },
    );
  },
  async dev() {
    await install();
    await generate();
    const server = runVisibly(bin('tsx'), [
      'watch',
      '--clear-screen=false',
      ...TSX,
      at('server/src/main.ts'),
    ]);
    const pages = runVisibly(bin('vite'), ['dev', '--port', '5173'], { cwd: at('client') });
    process.exitCode = Math.max(...(await Promise.all([server, pages])));
  },
  async test(args) {
    await prepare();
    process.exitCode = await test(args);
  },
  async check() {
    await prepare();
    await runQuietly('Format', bin('prettier'), ['--check', '.'], { cwd: ROOT });
    await runQuietly('Lint', bin('oxlint'), ['--deny-warnings'], { cwd: ROOT });
    await runQuietly('Types of the tests', bin('tsc'), ['--noEmit', '-p', 'tsconfig.test.json'], {
      cwd: ROOT,
    });
    await runQuietly('Types of the pages', bin('svelte-check'), ['--threshold', 'warning'], {
      cwd: at('client'),
    });
    say(`Licences ... ${licenceReport(at('package-lock.json')).join(', ')}`);
    await audit();
    process.exitCode = await test([]);
  },
  async docker(args) {
    const { testDocker } = await import('./docker-test.mjs');
    process.exitCode = await testDocker(args);
  },
  install,
  build: prepare,
  async compute() {
    await install();
    await onceFor(
      at('compute/dist/.stamp'),
      hashOf(ROOT, [...BASE, 'compute']),
      [at('compute/dist/main.js')],
      () => runQuietly('Building the compute service', bin('tsc'), ['-b', at('compute')]),
    );
    process.exitCode = await runVisibly(
      process.execPath,
      ['--enable-source-maps', at('compute/dist/main.js')],
      { env: { ...MEMORY, ...process.env } },
    );
  },
  async bench(args) {
    await install();
    process.exitCode = await runVisibly(process.execPath, [at('compute/bench/main.ts'), ...args]);
  },
  async 'bench:gpu'(args) {
    await install();
    process.exitCode = await runVisibly(process.execPath, [at('compute/bench/gpu.ts'), ...args]);
  },
  async 'bench:ledger'(args) {
    await install();
    process.exitCode = await runVisibly(bin('tsx'), [...TSX, at('server/bench/ledger.ts'), ...args]);
  },
  async load(args) {
    await prepare();
    process.exitCode = await runVisibly(process.execPath, [at('server/bench/load.ts'), ...args], {
      env: { ...process.env, NODE_ENV: 'production' },
    });
  },
  async train(args) {
    await install();
    process.exitCode = await runVisibly(process.execPath, [at('compute/train/main.ts'), ...args]);
  },
  async 'doctor:gpu'() {
    await install();
    process.exitCode = await runVisibly(process.execPath, [at('compute/src/doctor-gpu.ts')]);
  },
  async import(args) {
    await prepare();
    process.exitCode = await runVisibly(process.execPath, [at('server/dist/cli/import.js'), ...args]);
  },
  backup: (args) => storage('backup', args),
  restore: (args) => storage('restore', args),
  transfer: (args) => storage('transfer', args),
  async schema() {
    await install();
    process.exitCode = await runVisibly(bin('tsx'), [...TSX, at('server/src/print-schema.ts')]);
  },
  async codegen() {
    await install();
    await generate();
  },
};

/** Asks the registry for known holes in what the product needs to run; a registry that cannot tell is no failure. */
async function audit() {
  try {
    await runQuietly('Audit', 'npm', ['audit', '--omit=dev', '--audit-level=high'], { cwd: ROOT });
  } catch (problem) {
    if (!/audit endpoint returned an error|ENOTFOUND|EAI_AGAIN|ECONNREFUSED/.test(problem.message))
      throw problem;
    say('Audit ... SKIPPED: the registry did not answer.');
  }
}

async function storage(command, args) {
  await prepare();
  process.exitCode = await runVisibly(process.execPath, [at('server/dist/cli/storage.js'), command, ...args]);
}

/** Installs and builds whatever is missing or older than its sources. */
async function prepare() {
  await install();
  await generate();
  await onceFor(
    at('server/dist/.stamp'),
    hashOf(ROOT, [...BASE, 'compute', 'server']),
    [at('server/dist/main.js')],
    () => runQuietly('Building the server', bin('tsc'), ['-b', ROOT]),
  );
  await onceFor(
    at('client/build/.stamp'),
    hashOf(ROOT, [...BASE, 'client', 'schema.graphql', 'codegen.yml']),
    [at('client/build/handler.js')],
    () => runQuietly('Building the web pages', bin('vite'), ['build'], { cwd: at('client') }),
  );
}

async function install() {
  const hash = hashOf(ROOT, [
    'package-lock.json',
    'package.json',
    'server/package.json',
    'client/package.json',
    'compute/package.json',
  ]);
  await onceFor(at('node_modules/.ai-trading-install'), hash, [bin('tsc')], () =>
    runQuietly('Installing packages', 'npm', ['ci', '--loglevel=error', '--no-fund', '--no-audit'], {
      cwd: ROOT,
    }),
  );
}

async function generate() {
  const hash = hashOf(ROOT, ['schema.graphql', 'codegen.yml', 'client/src']);
  await onceFor(
    at('client/src/lib/graphql/generated/.stamp'),
    hash,
    [at('client/src/lib/graphql/generated/graphql.ts')],
    () =>
      runQuietly('Generating the typed documents', bin('graphql-codegen'), ['--config', at('codegen.yml')], {
        cwd: ROOT,
      }),
  );
}

async function test(args) {
  const hasChromium = ['/usr/bin/chromium', '/usr/bin/google-chrome', process.env.CHROMIUM_PATH ?? ''].some(
    (path) => path && existsSync(path),
  );
  if (!hasChromium)
    process.stdout.write('No Chromium found: the browser tests will be skipped (set CHROMIUM_PATH).\n');
  return runVisibly(
    bin('vitest'),
    ['run', '--reporter=default', `--reporter=${at('tools/count-reporter.mjs')}`, ...args],
    { cwd: ROOT },
  );
}
