/** How a property is run: a few times from one seed, or, under RUN_SLOW_TESTS=1, much oftener from any. */
export function runsOf(few: number, seed: number): { readonly numRuns: number; readonly seed?: number } {
  return process.env.RUN_SLOW_TESTS === '1' ? { numRuns: 30 * few } : { numRuns: few, seed };
}
