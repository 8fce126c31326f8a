/** Scrolls a row of links sideways until the one of the current page is in its middle; the page itself stays where it is. */
export function showCurrent(row: HTMLElement | undefined): void {
  const current = row?.querySelector('[aria-current]');
  if (!row || !current) return;
  const [outer, inner] = [row.getBoundingClientRect(), current.getBoundingClientRect()];
  row.scrollLeft += inner.left + inner.width / 2 - (outer.left + outer.width / 2);
}
