import { execFileSync } from 'node:child_process';
import { cpus, totalmem } from 'node:os';

/** One line of a report: what was measured, with what, and how it compares. */
export interface Line {
  readonly what: string;
  readonly who: string;
  readonly value: string;
  readonly ratio: string;
}

/** Median and least of repeated times, in milliseconds of this thread's processor time. */
export interface Timing {
  readonly medianMs: number;
  readonly leastMs: number;
}

/** Processor time of this thread, so that another process beside the benchmark falsifies little. */
function threadMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}

/**
 * Runs the contenders in turn, so that all meet the same state of the machine; each first once for warming up. A run is repeated
 * until it takes 100 ms, for the clock of processor time is coarse.
 */
export function interleave(contenders: readonly (() => void)[], rounds: number): Timing[] {
  const repeats = contenders.map((run) => {
    run();
    const startedAtMs = performance.now();
    run();
    return Math.max(1, Math.ceil(100 / Math.max(0.01, performance.now() - startedAtMs)));
  });
  const times = contenders.map((): number[] => []);
  for (let round = 0; round < rounds; round += 1) {
    contenders.forEach((run, index) => {
      const startedAtMs = threadMs();
      for (let repeat = 0; repeat < repeats[index]; repeat += 1) run();
      times[index].push((threadMs() - startedAtMs) / repeats[index]);
    });
  }
  return times.map((all) => {
    const sorted = all.toSorted((a, b) => a - b);
    return { medianMs: sorted[Math.floor(sorted.length / 2)], leastMs: sorted[0] };
  });
}

/** The machine, in one line. */
export function machine(): string {
  const model = cpus()[0]?.model ?? 'unknown processor';
  return `${model}, ${cpus().length} threads, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`;
}

/** The commit measured, with a mark when the tree differs from it. */
export function commit(): string {
  const git = (...args: string[]) => execFileSync('git', args, { encoding: 'utf8' }).trim();
  try {
    return git('describe', '--always', '--dirty');
  } catch {
    return 'unknown';
  }
}

/** A report with one section, from its heading up to the next, put in place of the one that it has, or at its end. */
export function withSection(report: string, heading: string, section: string): string {
  const at = report.indexOf(`\n${heading}\n`);
  if (at < 0) return `${report.trimEnd()}\n\n${section}`;
  const end = report.indexOf('\n## ', at + heading.length);
  return `${report.slice(0, at)}\n${section}${end < 0 ? '' : report.slice(end)}`;
}

/** The section of a report; empty where it has none. */
export function sectionOf(report: string, heading: string): string {
  const at = report.indexOf(`\n${heading}\n`);
  if (at < 0) return '';
  const end = report.indexOf('\n## ', at + heading.length);
  return report.slice(at + 1, end < 0 ? undefined : end);
}

/** A table in Markdown. */
export function table(lines: readonly Line[]): string {
  const rows = lines.map(({ what, who, value, ratio }) => `| ${what} | ${who} | ${value} | ${ratio} |`);
  return ['| what | who | figure | ratio |', '|---|---|---|---|', ...rows].join('\n');
}
