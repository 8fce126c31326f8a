import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { FastifyInstance } from 'fastify';

const FOLDER = '/graphql/playground';
const YEAR_S = 365 * 24 * 3600;
const SCRIPT = 'text/javascript; charset=utf-8';

/** What the page is made of, as the package has it; the first three are scripts of workers, loaded when they are needed. */
const TYPES = {
  graphqlWorker: SCRIPT,
  jsonWorker: SCRIPT,
  editorWorkerService: SCRIPT,
  js: SCRIPT,
  css: 'text/css; charset=utf-8',
} as const;

interface Playground {
  readonly html: string;
  readonly assets: ReadonlyMap<string, Asset>;
}

interface Asset {
  readonly type: string;
  readonly text: string;
  /** Packed once, for the first browser that takes it so. */
  packed?: Promise<Buffer>;
}

// Megabytes that most installations never show: read when the first page is asked for, once for all listeners.
let playground: Promise<Playground> | null = null;

/** The page that asks the API; its parts have addresses of their own, which `addPlayground` serves. */
export async function playgroundPage(): Promise<string> {
  return (await load()).html;
}

/** Serves the parts of the page, packed and to be kept by browsers: their names change with their content. */
export function addPlayground(app: FastifyInstance): void {
  const open = { config: { isPublic: true } };
  app.get<{ Params: { name: string } }>(`${FOLDER}/:name`, open, async ({ params, headers }, reply) => {
    const asset = (await load()).assets.get(params.name);
    if (!asset) return reply.callNotFound();
    reply
      .type(asset.type)
      .header('cache-control', `public, max-age=${YEAR_S}, immutable`)
      .header('vary', 'accept-encoding');
    if (!/\bgzip\b/.test(headers['accept-encoding'] ?? '')) return reply.send(asset.text);
    // The quickest level halves the last one's time by ten and is a fifth larger.
    asset.packed ??= promisify<string, object, Buffer>(gzip)(asset.text, { level: 1 });
    return reply.header('content-encoding', 'gzip').send(await asset.packed);
  });
}

function load(): Promise<Playground> {
  return (playground ??= import('@graphql-yoga/render-graphiql/graphiql').then((parts) => {
    const assets = new Map<string, Asset>();
    const urls = new Map<string, string>();
    for (const [part, type] of Object.entries(TYPES)) {
      const text = parts[part as keyof typeof TYPES];
      const hash = createHash('sha256').update(text).digest('hex').slice(0, 16);
      const name = `${hash}.${part === 'css' ? 'css' : 'js'}`;
      assets.set(name, { type, text });
      urls.set(part, `${FOLDER}/${name}`);
    }
    return { html: pageOf(urls), assets };
  }));
}

function pageOf(urls: ReadonlyMap<string, string>): string {
  const workers = {
    graphql: urls.get('graphqlWorker'),
    json: urls.get('jsonWorker'),
    editorWorkerService: urls.get('editorWorkerService'),
  };
  const options = {
    title: 'AI Trading API',
    endpoint: '/graphql',
    subscriptionsProtocol: 'WS',
    defaultQuery: FIRST_QUERY,
  };
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>${options.title}</title>
    <link rel="icon" href="data:," />
    <link rel="stylesheet" href="${urls.get('css')}" />
  </head>
  <body id="body" class="no-focus-outline">
    <noscript>This page needs JavaScript.</noscript>
    <div id="root"></div>
    <script>
      const workers = ${JSON.stringify(workers)};
      self.MonacoEnvironment = { globalAPI: false, getWorkerUrl: (_module, label) => workers[label] };
    </script>
    <script src="${urls.get('js')}"></script>
    <script>
      YogaGraphiQL.renderYogaGraphiQL(document.querySelector('#root'), ${JSON.stringify(options)});
    </script>
  </body>
</html>
`;
}

const FIRST_QUERY = `# Instruments, portfolios and the state of this installation.
query Overview {
  system { state version profile }
  portfolios(first: 10) { nodes { name valuation { equity cash marketValue currency } } }
  instruments(first: 10) { nodes { symbol name source lastPrice { price at } } }
}
`;
