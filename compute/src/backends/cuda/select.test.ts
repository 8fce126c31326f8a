import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { random } from '../../../../tools/testing/random.ts';
import { smallest } from '../../risk/select.ts';
import { DeviceBuffers } from './buffers.ts';
import { openCuda } from './device.ts';
import { smallestOnDevices } from './select.ts';
import { StubDriver, type StubSettings } from './testing/stub-driver.ts';

/** The smallest of values that lie on as many devices as there are parts. */
function selected(parts: readonly Float64Array<ArrayBuffer>[], count: number, settings: StubSettings = {}) {
  const stub = new StubDriver({ capabilities: parts.map(() => '9.0'), ...settings });
  const open = openCuda(stub).devices.map((device) => new DeviceBuffers(device));
  try {
    const values = open.map((memory, index) => {
      const address = parts[index].length > 0 ? memory.holding(parts[index]) : 0;
      memory.settled();
      return { device: memory.device, address, length: parts[index].length };
    });
    const found = smallestOnDevices(values, count);
    return { stub, found };
  } catch (problem) {
    throw new Error([(problem as Error).message, ...stub.faults].join(': '), { cause: problem });
  } finally {
    for (const memory of open) memory.close();
    expect(stub.held).toBe(0);
  }
}

// The order of zeros of both signs is left open by the reference.
const value = fc.oneof(fc.double(), fc.integer({ min: -3, max: 3 })).map((one) => (one === 0 ? 0 : one));
const part = fc.array(value, { maxLength: 40 }).map((all) => Float64Array.from(all));

/** Numbers of every kind, of both signs, infinite and missing, some of them so near each other that half of their bits are the same. */
const next = random(5);
const MIXED = Float64Array.from({ length: 4_200 }, (_, index) => {
  if (index % 500 === 7) return [NaN, -Infinity, Infinity, -0.25, 1e-310][Math.floor(index / 500) % 5];
  return index % 90 === 1 ? -0.03 * (1 + index * 2 ** -44) : (next() - 0.5) / 8;
});
/** The place in order of one among those that are near. */
const NEAR = MIXED.toSorted().indexOf(MIXED[2_251]);

describe('selection on devices, its kernels interpreted', () => {
  it('gives what the reference gives, whatever the values and wherever they lie', () => {
    const property = fc.property(
      fc.array(part, { minLength: 1, maxLength: 3 }),
      fc.integer({ min: 0, max: 130 }),
      (parts, count) => {
        const together = Float64Array.from(parts.flatMap((each) => [...each]));
        expect([...selected(parts, count).found]).toEqual([...smallest(together, count)]);
      },
    );
    fc.assert(property, { numRuns: 25, seed: 4 });
  }, 120_000);

  it.each([1, NEAR, NEAR + 1, 4_190, 4_200])('gives the %i smallest of every kind of number', (count) => {
    expect([...selected([MIXED], count).found]).toEqual([...smallest(MIXED, count)]);
  });

  it('takes any sign bit of what is not a number for the same', () => {
    const missing = new Float64Array(BigUint64Array.of(0xfff8000000000001n, 0x7ff8000000000001n).buffer);
    const values = Float64Array.of(missing[0], 2, missing[1], -1);
    expect([...selected([values], 3).found]).toEqual([-1, 2, NaN]);
  });

  it('is found out by every instruction that computes or waits otherwise', () => {
    const texts = new Map<string, string>();
    const corruptNone = (text: string) => {
      texts.set(text.split('(')[0], text);
      return text;
    };
    const run = (corrupt: (text: string) => string) => [...selected([MIXED], NEAR + 3, { corrupt }).found];
    const expected = run(corruptNone);
    let triedCount = 0;
    const unnoticed = [...texts].flatMap(([head, text]) =>
      text.split('\n').flatMap((line, index, lines) => {
        const changed = otherwise(line);
        if (changed === null) return [];
        triedCount += 1;
        const changedText = lines.with(index, changed).join('\n');
        try {
          const found = run((given) => (given.startsWith(head) ? changedText : given));
          return isDeepStrictEqual(found, expected) ? [`${index}: ${line}`] : [];
        } catch {
          return [];
        }
      }),
    );
    expect(unnoticed).toEqual([]);
    expect(triedCount).toBeGreaterThan(40);
  }, 120_000);
});

const OPPOSITES = [
  ['red.shared.add', 'st.shared'],
  ['xor.b32', 'and.b32'],
  ['and.b32', 'xor.b32'],
  ['and.pred', 'or.pred'],
  ['or.pred', 'and.pred'],
  ['shr.b32', 'shl.b32'],
  ['shl.b32', 'shr.b32'],
  ['add.u32', 'sub.u32'],
  ['sub.u32', 'add.u32'],
  ['setp.eq.u32', 'setp.ne.u32'],
  ['setp.lt.u32', 'setp.gt.u32'],
  ['setp.ge.u32', 'setp.gt.u32'],
  ['setp.neu.f64', 'setp.eq.f64'],
] as const;

/** The instruction with another operation; null for those that have none. */
function otherwise(line: string): string | null {
  // In 32 bits it is the same whether this is added or taken off.
  if (line.includes(', 2147483648')) return null;
  // Without a barrier the threads of a block meet in its memory.
  if (line.includes('bar.sync')) return '';
  for (const [operation, opposite] of OPPOSITES)
    if (line.includes(operation)) return line.replace(operation, opposite);
  return null;
}
