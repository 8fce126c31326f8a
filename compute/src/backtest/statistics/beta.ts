import { mean, simpleReturns } from '../../risk/columns.ts';
import { statistic } from '../../risk/statistic.ts';
import { ofTrades, type StatisticDefinition } from './define.ts';

/** Covariance of bar returns with those of the instrument, or of equal parts of a universe, over the variance of the latter. */
export const beta: StatisticDefinition = {
  name: 'beta',
  label: 'Beta',
  unit: 'RATIO',
  description:
    'Covariance of bar returns with those of the instrument, or of equal parts of a universe, over the variance of the latter.',
  compute: ofTrades(({ close }, { returns }) => {
    const market = simpleReturns(close);
    const [centre, marketCentre] = [mean(returns), mean(market)];
    let [together, squares] = [0, 0];
    for (let t = 0; t < market.length; t += 1) {
      together += (returns[t] - centre) * (market[t] - marketCentre);
      squares += (market[t] - marketCentre) * (market[t] - marketCentre);
    }
    return statistic(together / squares, 'the instrument did not move');
  }),
};
