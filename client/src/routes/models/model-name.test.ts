import { describe, expect, it } from 'vitest';
import { modelNameOf } from './model-name.ts';

describe('modelNameOf', () => {
  it.each([
    ['trend-1.onnx', 'trend-1'],
    ['My model (2).ONNX', 'My-model-2-'],
    ['.hidden.onnx', 'hidden'],
    ['modèle.onnx', 'mod-le'],
    [`${'x'.repeat(80)}.onnx`, 'x'.repeat(64)],
  ])('turns %s into %s', (fileName, name) => {
    expect(modelNameOf(fileName)).toBe(name);
  });
});
