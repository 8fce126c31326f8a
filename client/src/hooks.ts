import type { Reroute } from '@sveltejs/kit/hooks';

/** The dashboard's listener shows the dashboard at its root. */
export const reroute: Reroute = ({ url }) => {
  const isDashboard =
    typeof document !== 'undefined' && document.documentElement.dataset.surface === 'dashboard';
  return isDashboard && url.pathname === '/' ? '/dashboard' : undefined;
};
