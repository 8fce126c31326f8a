import type { AppOptions, RunningSurfaces } from './app.ts';
import { type Config, portOf, VERSION } from './config.ts';
import { ApiProxy } from './platform/http/api-proxy.ts';
import { createPagesListener } from './platform/http/pages-listener.ts';
import type { PagesSurface } from './platform/http/pages.ts';
import { expectFree, openPort } from './platform/http/ports.ts';

/** Starts a process that draws the pages of one surface and has everything else from the API at API_URL. */
export async function startPages(config: Config, { logger, pages }: AppOptions): Promise<RunningSurfaces> {
  const surface = config.surface as PagesSurface;
  const place = portOf(config, surface);
  await expectFree(place);
  const proxy = new ApiProxy(config.apiUrl!, logger, surface === 'visuals');
  const parts = {
    surface,
    pages,
    proxy,
    version: VERSION,
    allowedHosts: config.allowedHosts,
    logger,
  } as const;
  const listener = createPagesListener(parts);
  const urls = { api: '', web: '', dashboard: '', visuals: '', [surface]: await openPort(listener, place) };
  return { urls, setUpToken: null, stop: () => listener.close() };
}
