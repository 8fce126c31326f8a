import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { kernels } from '../backends/reference/kernels/registry.ts';
import { ops } from './registry.ts';

/** The operations that the files of a folder are named after. */
function namesOfFiles(folder: string): string[] {
  return readdirSync(new URL(folder, import.meta.url))
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map((file) => file.replace(/\.ts$/, '').replaceAll('-', '_'))
    .filter((name) => name !== 'registry' && name !== 'define');
}

describe('the registry of operations', () => {
  it('gives every operation that is not composed a kernel of its name, and no other', () => {
    const withoutParts = [...ops.values()].filter((op) => op.compose === undefined).map((op) => op.name);
    expect(Object.keys(kernels).toSorted()).toEqual(withoutParts.toSorted());
  });

  it('lists one file per operation and per kernel, of the same name', () => {
    expect([...ops.keys()].toSorted()).toEqual(namesOfFiles('.').toSorted());
    expect(Object.keys(kernels).toSorted()).toEqual(namesOfFiles('../backends/reference/kernels').toSorted());
  });

  it('puts arguments with a default after those without one', () => {
    for (const { name, inputs } of ops.values()) {
      const required = inputs.map((input) => input.defaultValue === undefined);
      expect(required, name).toEqual(required.toSorted((a, b) => Number(b) - Number(a)));
    }
  });

  it('says in a sentence what each operation gives', () => {
    for (const op of ops.values()) expect(op.summary, op.name).toMatch(/^[^|]{2,}$/);
  });
});
