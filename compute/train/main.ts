import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sampleBars } from './sample-bars.ts';
import { trainVolatility } from './volatility.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const NAME = 'volatility-5';
const SPLIT = '2014-01-01';

const folder = resolve(ROOT, process.argv[2] ?? 'models');
const { file, contract, score } = trainVolatility(sampleBars(), Date.parse(SPLIT), 'the S&P 500');
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, `${NAME}.model.json`), contract);
writeFileSync(join(folder, `${NAME}.onnx`), file);
process.stdout.write(
  [
    `${join(folder, NAME)}.onnx, trained on ${score.trainedOn} bars before ${SPLIT}, tested on ${score.testedOn} later ones:`,
    `  R² out of sample ${score.rSquared.toFixed(3)}; of "the last month goes on" ${score.naiveRSquared.toFixed(3)}`,
    '',
  ].join('\n'),
);
