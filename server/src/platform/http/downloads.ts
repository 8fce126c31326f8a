import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isText } from '../graphql/texts.ts';

/** A file that is sent as it is made. */
export interface Download {
  readonly fileName: string;
  readonly mediaType: string;
  readonly content: AsyncIterable<string>;
}

/** A path under which files are to be had; `find` gives null where there is none. */
export interface DownloadRoute<Context extends object> {
  readonly path: string;
  find(context: Context, parameters: Readonly<Record<string, string>>): Promise<Download | null>;
}

/** Sends files under the paths of these routes, each in a context of its own. */
export function addDownloads<Context extends object>(
  app: FastifyInstance,
  routes: readonly DownloadRoute<Context>[],
  createContext: (request: FastifyRequest, reply: FastifyReply) => Context,
): void {
  for (const { path, find } of routes) {
    app.get(path, async (request, reply) => {
      const parameters = request.params as Record<string, string>;
      const isKept = Object.values(parameters).every(isText);
      const download = isKept ? await find(createContext(request, reply), parameters) : null;
      if (!download) return reply.code(404).send({ error: 'expected something to download, was nothing' });
      const { fileName, mediaType, content } = download;
      return reply
        .header(
          'content-disposition',
          `attachment; filename="${plainName(fileName)}"; filename*=UTF-8''${encoded(fileName)}`,
        )
        .header('cache-control', 'no-store')
        .type(mediaType)
        .send(Readable.from(content));
    });
  }
}

/** A name for readers that know no others than plain ones. */
function plainName(name: string): string {
  return name.replaceAll(/[^\w .()-]/g, '_');
}

function encoded(name: string): string {
  return encodeURIComponent(name).replaceAll(
    /['()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
