import { createHash } from 'node:crypto';
import { copyFile, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The largest file of a model. */
export const MODEL_BYTES_MAXIMUM = 512 * 1024 * 1024;
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** Whether a model may have this name: letters, digits, `.`, `_` and `-`, so that it names a file in the folder and no other. */
export function isModelName(name: string): boolean {
  return NAME.test(name);
}

/** The two files of a model as they were read. */
export interface StoredModel {
  /** In shared memory, which threads read without a copy. */
  readonly bytes: Uint8Array<SharedArrayBuffer>;
  /** Null where there is none. */
  readonly contractText: string | null;
  /** SHA-256 of both. */
  readonly contentHash: string;
}

/** Reads a model's file; whose size is beyond the limit throws. */
export async function readModel(file: string, contractText: string | null): Promise<StoredModel> {
  const { size } = await stat(file);
  if (size > MODEL_BYTES_MAXIMUM)
    throw new Error(`expected a model of at most ${MODEL_BYTES_MAXIMUM} bytes, was ${size}`);
  const read = await readFile(file);
  const bytes = new Uint8Array(new SharedArrayBuffer(read.length));
  bytes.set(read);
  const contentHash = createHash('sha256')
    .update(bytes)
    .update(`\n${contractText ?? ''}`)
    .digest('hex');
  return { bytes, contractText, contentHash };
}

/** The folder of models: `<name>.onnx` with `<name>.model.json` beside it. */
export class ModelFolder {
  private readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** Names of the models that are there, in order. */
  async names(): Promise<string[]> {
    const files = await readdir(this.folder).catch((problem: NodeJS.ErrnoException) => {
      if (problem.code === 'ENOENT') return [];
      throw problem;
    });
    return files
      .filter((file) => file.endsWith('.onnx'))
      .map((file) => file.slice(0, -'.onnx'.length))
      .filter(isModelName)
      .toSorted();
  }

  /** Changes when a file of the model does; null where there is no such model. */
  async stamp(name: string): Promise<string | null> {
    if (!isModelName(name)) return null;
    const [model, contract] = await Promise.all(
      this.paths(name).map((path) => stat(path).catch(() => null)),
    );
    if (!model?.isFile()) return null;
    const stampOf = (file: typeof model | null) => `${file?.mtimeMs} ${file?.size} ${file?.ino}`;
    return `${stampOf(model)} ${stampOf(contract)}`;
  }

  /** Reads a model; null where there is none of this name. */
  async read(name: string): Promise<StoredModel | null> {
    if ((await this.stamp(name)) === null) return null;
    const [model, contract] = this.paths(name);
    const contractText = await readFile(contract, 'utf8').catch((problem: NodeJS.ErrnoException) => {
      if (problem.code === 'ENOENT') return null;
      throw problem;
    });
    return readModel(model, contractText);
  }

  /** Copies a file into the folder under a new name, the contract before it, so that no model is seen without. */
  async store(name: string, file: string, contractText: string): Promise<void> {
    const [model, contract] = this.paths(name);
    await mkdir(this.folder, { recursive: true });
    const part = `${model}.part`;
    try {
      await copyFile(file, part);
      await writeFile(contract, contractText);
      await rename(part, model);
    } catch (problem) {
      await rm(part, { force: true });
      throw problem;
    }
  }

  /** Removes a model; false where there was none. */
  async remove(name: string): Promise<boolean> {
    if ((await this.stamp(name)) === null) return false;
    for (const path of this.paths(name)) await rm(path, { force: true });
    return true;
  }

  private paths(name: string): [model: string, contract: string] {
    return [join(this.folder, `${name}.onnx`), join(this.folder, `${name}.model.json`)];
  }
}
