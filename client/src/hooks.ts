import type { Reroute } from '@sveltejs/kit/hooks';

const STARTS: Readonly<Record<string, string>> = { dashboard: '/dashboard', visuals: '/visuals' };

/** The dashboard's listener shows the dashboard at its root, and that of visuals the charts. */
export const reroute: Reroute = ({ url }) => {
  const surface = typeof document === 'undefined' ? undefined : document.documentElement.dataset.surface;
  return url.pathname === '/' ? STARTS[surface ?? ''] : undefined;
};
