import { defineOp, length, series } from './define.ts';

/** The range of the window over the sum of its changes: high in a trend. */
export const verticalHorizontalFilter = defineOp({
  name: 'vertical_horizontal_filter',
  group: 'trend',
  summary: 'The range of the window over the sum of its changes: high in a trend.',
  inputs: [series('source'), length(28)],
  compose: (apply, [source, bars]) => {
    const range = apply('subtract', apply('highest', source, bars), apply('lowest', source, bars));
    return apply('divide', range, apply('sum', apply('abs', apply('change', source)), bars));
  },
});
