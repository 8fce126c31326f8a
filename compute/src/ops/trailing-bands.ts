import { defineOp, series } from './define.ts';

/**
 * The stop line behind the supertrend. A band moves towards the price only, or anew once the price was
 * beyond it; the line changes sides when the source is at or beyond it. It starts on the side of the middle
 * that the source is on.
 */
export const trailingBands = defineOp({
  name: 'trailing_bands',
  group: 'trend',
  summary:
    'The lower band, only rising, while the source holds above it; otherwise the upper one, only falling.',
  inputs: [series('source'), series('upper'), series('lower')],
});
