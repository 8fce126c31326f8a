import { describe, expect, it } from 'vitest';
import { DeviceBuffers } from './buffers.ts';
import { openCuda } from './device.ts';
import { PtxWriter, type Register } from './ptx.ts';
import { StubDriver } from './testing/stub-driver.ts';

/** What a kernel of one thread makes of two words. */
function computed(words: readonly [number, number], write: (p: PtxWriter, a: Word, b: Word) => [Word, Word]) {
  const p = new PtxWriter();
  const [given, out] = [p.parameter('u64'), p.parameter('u64')];
  p.storeWords(out, write(p, ...p.loadWords(given)));
  const [device] = openCuda(new StubDriver()).devices;
  const memory = new DeviceBuffers(device);
  const [from, to] = [memory.holding(Uint32Array.from(words)), memory.room(8)];
  device.launch(device.kernel(p.finish('compute'), 'compute'), 1, 1, memory.stream, [
    ['u64', from],
    ['u64', to],
  ]);
  const found = new Uint32Array(2);
  device.download(new Uint8Array(found.buffer), to, memory.stream);
  return [...found];
}

type Word = Register<'u32'>;

describe('words of bits', () => {
  // As the manual of PTX has them: clz counts zeros from the highest bit on, 32 for none; brev reverses all 32.
  it.each([
    [0, 32, 32],
    [1, 31, 0],
    [2, 30, 1],
    [0x0001_8000, 15, 15],
    [0x8000_0000, 0, 31],
    [0xffff_ffff, 0, 0],
  ])('of %i have %i zeros above and their lowest bit at %i', (word, above, lowest) => {
    expect(computed([word, 0], (p, a) => [p.leadingZeros(a), p.lowestBit(a)])).toEqual([above, lowest]);
  });

  it('are joined by or, and stored side by side', () => {
    const found = computed([0x8000_00f0, 0x8000_0f0f], (p, a, b) => [p.whole('or', a, b), b]);
    expect(found).toEqual([0x8000_0fff, 0x8000_0f0f]);
  });

  it('are stored one by one, aligned to their size', () => {
    const misplaced = (): unknown =>
      computed([1, 2], (p, a, b) => {
        p.storeWord(p.variable('u64', 2), a);
        return [a, b];
      });
    expect(misplaced).toThrow('CUDA_ERROR_LAUNCH_FAILED');
  });
});
