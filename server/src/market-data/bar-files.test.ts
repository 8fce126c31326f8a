import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BarFiles } from './bar-files.ts';

const HASH = 'ab'.repeat(32);
const column = (...values: readonly number[]) => Float64Array.from(values);
const BARS = {
  timesMs: column(1, 2),
  open: column(0.1, 1e300),
  high: column(3, 4),
  low: column(-0, 5),
  close: column(6, 7),
  volume: column(8, 9),
  adjustedClose: column(NaN, 10),
};

let folder: string;
let files: BarFiles;
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'ai-trading-bars-')), 'bars');
  files = new BarFiles(folder);
});
afterEach(() => rmSync(join(folder, '..'), { recursive: true }));

describe('files of bars', () => {
  it('give back every bit, of all columns or the closes alone', async () => {
    await files.write(HASH, BARS);
    const read = (await files.read(HASH))!;
    expect(read).toEqual(BARS);
    const { timesMs, close } = BARS;
    expect(await files.readCloses(HASH)).toEqual({ timesMs, close });
    expect(readdirSync(folder)).toEqual([`${HASH}.bars`]);
  });

  it('are none of what was never written, of a name that is no hash, and of no bars but their head', async () => {
    expect([await files.read(HASH), await files.read('../secret')]).toEqual([null, null]);
    await files.write('../secret', BARS);
    expect(readdirSync(join(folder, '..'))).toEqual([]);
    const none = Object.fromEntries(Object.keys(BARS).map((name) => [name, column()])) as typeof BARS;
    await files.write(HASH, none);
    expect(await files.read(HASH)).toEqual(none);
  });

  it('are not taken when they were cut off or changed', async () => {
    await files.write(HASH, BARS);
    const path = join(folder, `${HASH}.bars`);
    const whole = readFileSync(path);
    const flipped = Buffer.from(whole);
    flipped[40] ^= 1;
    for (const damaged of [
      whole.subarray(0, -8),
      flipped,
      Buffer.alloc(0),
      Buffer.alloc(16),
      Buffer.alloc(72),
    ]) {
      writeFileSync(path, damaged);
      expect([await files.read(HASH), await files.readCloses(HASH)]).toEqual([null, null]);
    }
    await files.write(HASH, BARS);
    expect(await files.read(HASH)).toEqual(BARS);
  });
});
