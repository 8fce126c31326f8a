import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const LINES_MAXIMUM = 500;
const FUNCTION_LINES_MAXIMUM = 70;
/** A folder may import what stands after it, and itself. */
const ORDER = [
  'samples',
  'alert',
  'system',
  'backtest',
  'risk',
  'portfolio',
  'trade',
  'market-data',
  'run',
  'model',
  'access',
  'platform',
];
const DOMAINS = ORDER.slice(0, -1);
/** What entry points and the composition root are: they may import anything, and only they may import app.ts. */
const TOP =
  /^server\/(src\/(main|app|schema|context|tasks|worker|node\.resolver|ownership-rules|print-schema)\.ts|src\/cli\/|test\/)/;
const ENVIRONMENT_READERS =
  /^((server|compute)\/src\/config\.ts|server\/src\/main\.ts|tools\/|.*\.test\.ts|server\/test\/|e2e\/)/;

interface Source {
  readonly path: string;
  readonly text: string;
}

function sources(folder: string): Source[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter(
      (entry) =>
        entry.isFile() &&
        /\.(ts|svelte)$/.test(entry.name) &&
        !/node_modules|dist|generated|\.svelte-kit/.test(entry.parentPath),
    )
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => ({ path: relative(ROOT, file), text: readFileSync(file, 'utf8') }));
}

/** What a file imports, types left out: a type costs nothing at run time and binds nothing. */
function importsOf({ text }: Source): string[] {
  return [...text.matchAll(/^(?:import|export) (?!type )[^;]*?from '([^']+)'/gms)].map(
    ([, target]) => target,
  );
}

function folderOf(path: string): string | undefined {
  return /^server\/src\/([^/]+)\//.exec(path)?.[1];
}

function orderProblems(source: Source): string[] {
  const own = folderOf(source.path);
  if (!own || !ORDER.includes(own) || source.path.endsWith('.test.ts')) return [];
  return importsOf(source).flatMap((target) => {
    if (!target.startsWith('.')) return [];
    const path = relative(ROOT, resolve(ROOT, dirname(source.path), target));
    const other = folderOf(path);
    if (path === 'server/src/app.ts') return [`${source.path} imports app.ts`];
    return other && ORDER.includes(other) && ORDER.indexOf(other) < ORDER.indexOf(own)
      ? [`${source.path} imports ${other}`]
      : [];
  });
}

function boundaryProblems(source: Source): string[] {
  const side = source.path.split('/')[0];
  return importsOf(source).flatMap((target) => {
    if (source.path.endsWith('.test.ts') || source.path.startsWith('server/test/')) return [];
    if (side === 'server' && /compute\/(src|dist)/.test(target))
      return [`${source.path} imports ${target}, not the public face of compute`];
    if (side === 'compute' && /graphql|mikro-orm|^pg$|fastify|server\/|client\//.test(target))
      return [`${source.path} imports ${target}`];
    if (side === 'client' && /(server|compute)\/src/.test(target))
      return [`${source.path} imports ${target}`];
    return [];
  });
}

function environmentProblems(source: Source): string[] {
  return source.text.includes('process.env') && !ENVIRONMENT_READERS.test(source.path)
    ? [`${source.path} reads process.env`]
    : [];
}

function focusProblems(source: Source): string[] {
  return /\b(it|test|describe)\.only\(/.test(source.text) && !source.path.endsWith('architecture.test.ts')
    ? [`${source.path} has .only`]
    : [];
}

function sizeProblems({ path, text }: Source): string[] {
  const lines = text.split('\n').length;
  const problems = lines > LINES_MAXIMUM ? [`${path} has ${lines} lines`] : [];
  if (path.endsWith('.svelte') || path.endsWith('.test.ts')) return problems;
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && 'body' in node && node.body) {
      const from = file.getLineAndCharacterOfPosition(node.getStart()).line;
      const to = file.getLineAndCharacterOfPosition(node.getEnd()).line;
      if (to - from + 1 > FUNCTION_LINES_MAXIMUM)
        problems.push(`${path}:${from + 1} has a function of ${to - from + 1} lines`);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return problems;
}

function resolverProblems({ path, text }: Source): string[] {
  if (!path.endsWith('.resolver.ts')) return [];
  const withoutStreams = text.replaceAll(/for await/g, '');
  return /\b(for|while) \(/.test(withoutStreams) && !path.includes('system.resolver')
    ? [`${path} has a loop`]
    : [];
}

/** Paths that a document names in backquotes or links and that are not there. */
function documentProblems({ path, text }: Source): string[] {
  const named = [
    ...text.matchAll(/`((?:server|client|compute|tools|docs|e2e|\.ci)\/[\w./+-]*)`|\]\(([^)#:]+)\)/g),
  ].map(([, code, link]) => (code ? code : relative(ROOT, resolve(ROOT, dirname(path), link))));
  return named
    .filter((one) => !existsSync(join(ROOT, one)))
    .map((one) => `${path} names ${one}, which is not there`);
}

const all = [
  ...sources('server'),
  ...sources('compute/src'),
  ...sources('client/src'),
  ...sources('tools'),
  ...sources('e2e'),
];
const documents = [
  'README.md',
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
];

describe('the tree', () => {
  it.each([
    ['domains depend downwards', orderProblems],
    ['packages meet at their public faces', boundaryProblems],
    ['the environment is read in one place', environmentProblems],
    ['no test is singled out', focusProblems],
    ['files and functions stay short', sizeProblems],
    ['resolvers hold no loops', resolverProblems],
  ])('%s', (_rule, problems) => {
    expect(all.flatMap(problems)).toEqual([]);
  });

  it('is what the documents say', () => {
    expect(
      documents.flatMap((path) => documentProblems({ path, text: readFileSync(join(ROOT, path), 'utf8') })),
    ).toEqual([]);
  });

  it('has a folder for every domain', () => {
    for (const domain of DOMAINS) expect(existsSync(join(ROOT, 'server/src', domain)), domain).toBe(true);
    expect(all.some(({ path }) => TOP.test(path))).toBe(true);
  });
});

describe('each rule', () => {
  it.each([
    [
      'order',
      orderProblems,
      { path: 'server/src/trade/x.ts', text: "import { a } from '../portfolio/y.ts';" },
    ],
    ['app', orderProblems, { path: 'server/src/trade/x.ts', text: "import { a } from '../app.ts';" }],
    [
      'platform',
      orderProblems,
      { path: 'server/src/platform/http/x.ts', text: "import { a } from '../../run/y.ts';" },
    ],
    [
      'compute face',
      boundaryProblems,
      { path: 'server/src/risk/x.ts', text: "import { a } from '../../../compute/src/risk/y.ts';" },
    ],
    ['compute purity', boundaryProblems, { path: 'compute/src/x.ts', text: "import { a } from 'graphql';" }],
    ['environment', environmentProblems, { path: 'server/src/risk/x.ts', text: 'process.env.X' }],
    ['focus', focusProblems, { path: 'server/src/x.test.ts', text: 'it.only(' }],
    ['length', sizeProblems, { path: 'server/src/x.ts', text: '\n'.repeat(501) }],
    ['function length', sizeProblems, { path: 'server/src/x.ts', text: `function f() {${'\n'.repeat(71)}}` }],
    ['resolver', resolverProblems, { path: 'server/src/risk/x.resolver.ts', text: 'for (const a of b) {}' }],
    ['document', documentProblems, { path: 'README.md', text: '`server/src/nowhere.ts`' }],
  ])('can fail: %s', (_rule, problems, source) => {
    expect(problems(source)).toHaveLength(1);
  });
});
