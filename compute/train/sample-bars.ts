import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { BarColumns } from '../src/service/contract.ts';

/** Daily levels of the S&P 500 from 2000 to 2020: the sample data that is installed with the server. */
export function sampleBars(): BarColumns {
  const require = createRequire(new URL('../../server/package.json', import.meta.url));
  const file = join(dirname(require.resolve('vega-datasets')), '../data/sp500-2000.csv');
  const [header, ...lines] = readFileSync(file, 'utf8').trim().split(/\r?\n/);
  const names = header.split(',');
  const rows = lines.map((line) => line.split(','));
  const column = (name: string) => Float64Array.from(rows, (row) => Number(row[names.indexOf(name)]));
  return {
    timesMs: Float64Array.from(rows, (row) => Date.parse(`${row[names.indexOf('date')]}T00:00:00Z`)),
    open: column('open'),
    high: column('high'),
    low: column('low'),
    close: column('close'),
    volume: column('volume'),
  };
}
