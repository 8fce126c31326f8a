/** Whether a condition holds, and how to tell it. */
export interface Finding {
  readonly isMet: boolean;
  /** The figure that was compared; null where there is none. */
  readonly value: number | null;
  /** One sentence for a person. */
  readonly message: string;
}

/**
 * The fall from the highest level so far has reached a fraction.
 * @param levels value over time without the effect of flows
 * @param threshold the fall, as a fraction above 0
 */
export function drawdownFinding(name: string, levels: Float64Array, threshold: number): Finding | null {
  if (levels.length === 0) return null;
  const peak = levels.reduce((highest, level) => Math.max(highest, level), 0);
  const drawdown = peak > 0 ? 1 - levels[levels.length - 1] / peak : 0;
  const message = `${name} is ${percent(drawdown)} below its peak (limit ${percent(threshold)})`;
  // 1 - 108 / 120 is a little less than 0.1.
  return { isMet: drawdown >= threshold - 1e-12, value: drawdown, message };
}

/**
 * The loss of the newest step went beyond the value at risk of the steps before it.
 * @param levels value over time without the effect of flows
 * @param valueAtRisk the loss of one step, as a positive fraction; null where it is not defined
 */
export function valueAtRiskFinding(
  name: string,
  levels: Float64Array,
  valueAtRisk: number | null,
  confidence: number,
): Finding | null {
  if (levels.length < 2 || valueAtRisk === null) return null;
  const loss = 1 - levels[levels.length - 1] / levels[levels.length - 2];
  const message = `${name} lost ${percent(loss)} in one step, its value at risk at ${percent(confidence)} is ${percent(valueAtRisk)}`;
  return { isMet: loss > valueAtRisk, value: loss, message };
}

/** The last price is at a limit or beyond it. */
export function priceFinding(
  symbol: string,
  price: number | null,
  side: 'above' | 'below',
  threshold: number,
): Finding | null {
  if (price === null || Number.isNaN(price)) return null;
  const isMet = side === 'above' ? price >= threshold : price <= threshold;
  return { isMet, value: price, message: `${symbol} is at ${price}, ${side} ${threshold}` };
}

/** A part of the installation does not answer. */
export function dependencyFinding(
  components: readonly { readonly name: string; readonly state: string; readonly detail: string }[],
): Finding {
  const down = components.filter(({ state }) => state !== 'UP');
  const named = down.map(({ name, detail }) => `${name}: ${detail}`).join('; ');
  return { isMet: down.length > 0, value: down.length, message: named || 'everything answers' };
}

function percent(fraction: number): string {
  return `${(fraction * 100).toFixed(2).replace(/\.?0+$/, '')} %`;
}
