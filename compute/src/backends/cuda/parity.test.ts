import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { itWhere } from '../../../../tools/testing/services.ts';
import { type ParityCase, parityCases, parityProblems } from '../../../../tools/testing/cuda-parity.ts';
import { sampledRequests } from '../../../../tools/testing/random-sweeps.ts';
import { openCuda } from './device.ts';
import { loadDriver } from './driver.ts';
import { StubDriver } from './testing/stub-driver.ts';

// Where a GPU is visible, a driver that can't be used is a failure.
const isGpuVisible = existsSync('/dev/nvidiactl') || existsSync('/dev/dxg');

describe('the parity suite of CUDA devices', () => {
  const small = parityCases(1, sampledRequests(1));
  const kinds = ['sweep', 'paths', 'covariance', 'selection'];
  const isByEvents = ({ name }: ParityCase) => name.endsWith(', all in');
  const ofEveryKind = [
    ...kinds.map((kind) => small.find((each) => each.kind === kind)!),
    small.find(isByEvents)!,
  ];

  it('finds no difference on devices that are interpreted', () => {
    const { devices } = openCuda(new StubDriver({ capabilities: ['9.0', '8.0'] }));
    expect(parityProblems(devices, ofEveryKind)).toEqual([]);
  });

  it('finds what a device computes otherwise, and what it refuses, in every kind', () => {
    const corrupt = (text: string) =>
      text
        .replaceAll('sub.rn.f64', 'add.rn.f64')
        .replaceAll('mul.rn.f64', 'add.rn.f64')
        .replace('xor', 'and');
    const { devices } = openCuda(new StubDriver({ corrupt }));
    const found = parityProblems(devices, ofEveryKind);
    expect(found.map((problem) => problem.split(':')[0])).toEqual(
      ofEveryKind.map(({ name }) => name.split(':')[0]),
    );
  });

  itWhere(isGpuVisible, 'a GPU')(
    'finds no difference on the GPUs of this machine',
    () => {
      const { devices, reason } = openCuda(loadDriver());
      expect(reason).toBeNull();
      expect(parityProblems(devices, parityCases(100, sampledRequests(100)))).toEqual([]);
    },
    300_000,
  );
});
