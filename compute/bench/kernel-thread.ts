import { parentPort } from 'node:worker_threads';
import { randomWalk, smaCross } from './fixture.ts';
import { onOneThread } from './sweep.ts';

// One thread that runs a whole sweep by itself whenever it is asked, in memory that no other has.
const { run } = onOneThread(smaCross(randomWalk(5_000), 100, 0));
parentPort!.on('message', () => {
  run();
  parentPort!.postMessage(null);
});
