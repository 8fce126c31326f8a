/** A parameter as the form holds it. */
export interface ParameterDraft {
  readonly name: string;
  readonly description: string;
  readonly defaultValue: number;
  readonly minimum: number;
  readonly maximum: number;
  readonly step: number;
}

/** The costs a backtest may charge, with what the form calls them. */
export const COSTS = [
  ['commissionPerTrade', 'Commission per fill'],
  ['commissionPerShare', 'Commission per unit'],
  ['commissionBps', 'Commission in basis points'],
  ['commissionMinimum', 'Least commission per fill'],
  ['slippageBps', 'Slippage in basis points'],
  ['spreadBps', 'Spread in basis points'],
] as const;

/** The yearly rates an account pays or earns, with what the form calls them. */
export const RATES = [
  ['borrowRate', 'Paid a year on shorts and loans'],
  ['cashRate', 'Earned a year on idle cash'],
] as const;

/** How many parameter sets a sweep may have. */
export const SETS_MAXIMUM = 1_000_000;

/** One axis of a sweep as the form holds it. */
export interface AxisDraft {
  parameter: string;
  from: number;
  to: number;
  step: number;
}

/** How many values an axis has; 0 where it makes no sense. */
export function axisCount({ from, to, step }: AxisDraft): number {
  return step > 0 && to >= from ? Math.floor((to - from) / step + 1e-9) + 1 : 0;
}

/** The axes a strategy suggests: its first two parameters over their ranges. */
export function suggestedAxes(parameters: readonly ParameterDraft[]): AxisDraft[] {
  return parameters
    .slice(0, 2)
    .map(({ name, minimum, maximum, step }) => ({ parameter: name, from: minimum, to: maximum, step }));
}

/** The message for one field out of a payload's errors. */
export function problemOf(
  errors: readonly { message: string; path?: readonly string[] | null }[],
  field: string,
): string | undefined {
  return errors.find(({ path }) => path?.includes(field))?.message;
}
