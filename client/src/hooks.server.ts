import type { Handle } from '@sveltejs/kit/hooks';

/** Tells the page which listener it came from: the dashboard's opens on the portfolio. */
export const handle: Handle = async ({ event, resolve }) => {
  event.locals.surface =
    event.request.headers.get('x-ai-trading-surface') === 'dashboard' ? 'dashboard' : 'web';
  return resolve(event, {
    transformPageChunk: ({ html }) => html.replace('%surface%', event.locals.surface),
  });
};
