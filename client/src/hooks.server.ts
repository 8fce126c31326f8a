import type { Handle } from '@sveltejs/kit/hooks';

const SURFACES = ['web', 'dashboard', 'visuals'] as const;

/** Tells the page which listener it came from: the dashboard's opens on the portfolio, that of visuals on charts. */
export const handle: Handle = async ({ event, resolve }) => {
  const asked = event.request.headers.get('x-ai-trading-surface');
  event.locals.surface = SURFACES.find((one) => one === asked) ?? 'web';
  return resolve(event, {
    transformPageChunk: ({ html }) => html.replace('%surface%', event.locals.surface),
  });
};
