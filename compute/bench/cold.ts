import { setTimeout as delay } from 'node:timers/promises';
import { createComputeService } from '../src/service/local.ts';
import { randomWalk, smaCross } from './fixture.ts';

// Prints the milliseconds from asking for a sweep to its first tile, in a process that has run none before.
const STARTING_MS = 3_000;
const startsEarly = process.argv.includes('--started');
const request = smaCross(randomWalk(5_000), 100, 0);
const service = createComputeService({ threads: 2, startsEarly });
// As a server that has been up for a moment.
if (startsEarly) await delay(STARTING_MS);
const startedAtMs = performance.now();
let firstMs = 0;
await service.runSweep(request, { onProgress: () => (firstMs ||= performance.now() - startedAtMs) });
await service.close();
process.stdout.write(`${firstMs}\n`);
