import type { Kernel } from '../kernel.ts';

/** The kernel of `parabolic_stop`. */
export const parabolicStop: Kernel = ({ length, series, scalar }) => {
  const [high, low] = [series(0), series(1)];
  const [step, maximum] = [scalar(2), scalar(3)];
  const out = new Float64Array(length).fill(NaN);
  if (length < 2) return out;
  let isRising = high[1] + low[1] >= high[0] + low[0];
  let stop = isRising ? low[0] : high[0];
  let extreme = isRising ? high[0] : low[0];
  let speed = step;
  for (let t = 1; t < length; t += 1) {
    const before = t > 1 ? t - 2 : 0;
    stop += speed * (extreme - stop);
    stop = isRising ? Math.min(stop, low[t - 1], low[before]) : Math.max(stop, high[t - 1], high[before]);
    if (isRising ? low[t] < stop : high[t] > stop) {
      isRising = !isRising;
      stop = extreme;
      extreme = isRising ? high[t] : low[t];
      speed = step;
    } else if (isRising ? high[t] > extreme : low[t] < extreme) {
      extreme = isRising ? high[t] : low[t];
      speed = Math.min(speed + step, maximum);
    }
    out[t] = stop;
  }
  return out;
};
