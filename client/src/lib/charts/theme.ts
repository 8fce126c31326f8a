import { ColorType, type ChartOptions, type DeepPartial } from 'lightweight-charts';

/** The colours of the page as the charts need them. */
export function chartColours(): Record<
  'ink' | 'muted' | 'line' | 'accent' | 'up' | 'down' | 'paper',
  string
> & {
  /** Of lines beside each other, apart from those of gains and losses. */
  readonly lines: readonly string[];
} {
  const style = getComputedStyle(document.documentElement);
  const of = (name: string) => style.getPropertyValue(`--${name}`).trim();
  return {
    ink: of('ink'),
    muted: of('muted'),
    line: of('line'),
    accent: of('accent'),
    up: of('up'),
    down: of('down'),
    paper: of('paper'),
    lines: ['accent', 'violet', 'warn', 'rose'].map(of),
  };
}

/** Whether times are less than a day apart by and large, with room for a change of the clocks: each then needs its time of day. */
export function areWithinDays(times: ArrayLike<number>): boolean {
  const last = times.length - 1;
  return last > 0 && (times[last] - times[0]) / last < 80_000_000;
}

/** What all time charts share. */
export function timeChartOptions(isTimeVisible: boolean): DeepPartial<ChartOptions> {
  const colours = chartColours();
  return {
    autoSize: true,
    layout: {
      background: { type: ColorType.Solid, color: 'transparent' },
      textColor: colours.muted,
      attributionLogo: true,
      fontSize: 11,
    },
    grid: { vertLines: { color: colours.line }, horzLines: { color: colours.line } },
    rightPriceScale: { borderColor: colours.line },
    timeScale: { borderColor: colours.line, timeVisible: isTimeVisible, secondsVisible: false },
  };
}

/** How little room a point may take, so that any length fits into any width; and that it still does when the width changes. */
export const WHOLE = { minBarSpacing: 0.001, lockVisibleTimeRangeOnResize: true };

/** Calls back when the page turns light or dark; gives a function that stops it. */
export function onThemeChange(change: () => void): () => void {
  const observer = new MutationObserver(change);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
  const query = matchMedia('(prefers-color-scheme: dark)');
  query.addEventListener('change', change);
  return () => {
    observer.disconnect();
    query.removeEventListener('change', change);
  };
}
