import type { FastifyInstance } from 'fastify';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { SECURITY_HEADERS } from './base.ts';

/** Draws the pages of the web client. */
export type PageHandler = (request: IncomingMessage, response: ServerResponse, next: () => void) => void;

/** What a listener that draws pages is for: `visuals` shows charts and changes nothing. */
export type PagesSurface = 'web' | 'dashboard' | 'visuals';

/** Draws pages wherever a listener has no path of its own; without a handler it says how to build them. */
export function addPages(app: FastifyInstance, surface: PagesSurface, pages: PageHandler | undefined): void {
  if (!pages) {
    app.setNotFoundHandler((_request, reply) =>
      reply
        .code(503)
        .type('text/plain')
        .send('The web pages are not built: run `npm run build`, then start again.'),
    );
    return;
  }
  // Before the body is read: it is for the pages to read.
  app.addHook('onRequest', async (request, reply) => {
    if (!request.is404 || reply.sent) return;
    reply.hijack();
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) reply.raw.setHeader(name, value);
    request.raw.headers['x-ai-trading-surface'] = surface;
    pages(request.raw, reply.raw, () => {
      reply.raw.statusCode = 404;
      reply.raw.end('Not found');
    });
  });
}
