/** What can be drawn over or under prices, with what it is called and the lengths in bars that it has at first. */
export const INDICATORS = {
  sma: { name: 'SMA', lengths: [20, 50], most: 4 },
  ema: { name: 'EMA', lengths: [20], most: 4 },
  bollinger: { name: 'Bollinger', lengths: [20], most: 1 },
  rsi: { name: 'RSI', lengths: [14], most: 1 },
  macd: { name: 'MACD', lengths: [12, 26, 9], most: 3 },
} as const;
export type IndicatorName = keyof typeof INDICATORS;

/** One of these with its lengths in bars. */
export interface ChosenIndicator {
  readonly name: IndicatorName;
  readonly lengths: readonly number[];
}

const LENGTH_MOST = 1_000;

/** Lengths as somebody writes them, such as `20, 50`; those that an indicator has at first where they make no sense. */
export function lengthsOf(name: IndicatorName, text: string): readonly number[] {
  const { lengths, most } = INDICATORS[name];
  const written = text
    .split(/[\s,.;]+/)
    .filter(Boolean)
    .map(Number);
  const isFit = written.every((length) => Number.isInteger(length) && length >= 2 && length <= LENGTH_MOST);
  const isWhole = name !== 'macd' || (written.length === 3 && written[0] < written[1]);
  return isFit && isWhole && written.length > 0 && written.length <= most ? written : lengths;
}

/** Indicators as an address has them: `sma.20.50,rsi`; what is not known is left out. */
export function chosenOf(text: string): ChosenIndicator[] {
  return text.split(',').flatMap((part) => {
    const [name, ...lengths] = part.split('.');
    return name in INDICATORS
      ? [{ name: name as IndicatorName, lengths: lengthsOf(name as IndicatorName, lengths.join('.')) }]
      : [];
  });
}

/** The same as text; lengths are left out where they are those at first. */
export function textOf(chosen: readonly ChosenIndicator[]): string {
  return chosen
    .map(({ name, lengths }) =>
      String(lengths) === String(INDICATORS[name].lengths) ? name : [name, ...lengths].join('.'),
    )
    .join(',');
}
