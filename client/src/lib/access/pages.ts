/** What tells how the installation is, before there is an account too. */
const TELLING_PAGES = ['/technology', '/status'];
const OPEN_PAGES = ['/', '/login', '/login/callback', '/setup', ...TELLING_PAGES];
const OPEN_FOLDERS = ['/invite/', '/shared/'];

/** Whether a page shows itself to those who have not logged in. */
export function isOpenPage(path: string): boolean {
  return OPEN_PAGES.includes(path) || OPEN_FOLDERS.some((folder) => path.startsWith(folder));
}

/** Whether a page shows itself before the first account is made. */
export function isShownBeforeSetUp(path: string): boolean {
  return path === '/setup' || TELLING_PAGES.includes(path);
}

/** Where to go on after a login: a page of this site, whatever the address says. */
export function pageAfterLogin(search: Pick<URLSearchParams, 'get'>): string {
  const next = search.get('next') ?? '/';
  return /^\/(?![/\\])/.test(next) ? next : '/';
}
