import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder of models for one test. */
export interface TestModelFolder {
  readonly path: string;
  /** Writes both files of a model; without a contract only the first. */
  put(name: string, model: Uint8Array, contract: object | string | null): void;
  remove(): void;
}

export function createModelFolder(): TestModelFolder {
  const path = mkdtempSync(join(tmpdir(), 'ai-trading-models-'));
  return {
    path,
    put(name, model, contract) {
      writeFileSync(join(path, `${name}.onnx`), model);
      const text = typeof contract === 'string' ? contract : JSON.stringify(contract);
      if (contract !== null) writeFileSync(join(path, `${name}.model.json`), text);
    },
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
}
