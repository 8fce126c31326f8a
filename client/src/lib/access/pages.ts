const OPEN_PAGES = ['/', '/technology', '/status', '/login', '/login/callback', '/setup'];
const OPEN_FOLDERS = ['/invite/', '/shared/'];

/** Whether a page shows itself to those who have not logged in. */
export function isOpenPage(path: string): boolean {
  return OPEN_PAGES.includes(path) || OPEN_FOLDERS.some((folder) => path.startsWith(folder));
}

/** Where to go on after a login: a page of this site, whatever the address says. */
export function pageAfterLogin(search: Pick<URLSearchParams, 'get'>): string {
  const next = search.get('next') ?? '/';
  return /^\/(?![/\\])/.test(next) ? next : '/';
}
