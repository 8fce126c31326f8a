import { defineOp, length, series } from './define.ts';

/**
 * The slope of a over b in the window: their covariance over the variance of b; NaN where b is constant.
 * Give it returns, as `beta(roc(close, 1), roc(close of SPY, 1), 60)`.
 */
export const beta = defineOp({
  name: 'beta',
  group: 'windows',
  summary: 'The slope of a over b in the window: their covariance over the variance of b.',
  inputs: [series('a'), series('b'), length()],
  compose: (apply, [a, b, bars]) =>
    apply('divide', apply('covariance', a, b, bars), apply('variance', b, bars)),
});
