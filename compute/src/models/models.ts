import { ComputeError, type InstrumentBars, type ModelOutput } from '../service/contract.ts';
import type { KnownModels } from '../strategy/lower.ts';
import { type CheckedContract, type ModelContract, parseContract } from './contract.ts';
import { featureRows, modelWarmUpBars } from './features.ts';
import { isModelName, ModelFolder, readModel, type StoredModel } from './folder.ts';
import type { ModelFile, ModelRuntime, OpenedModel } from './messages.ts';
import { ModelProblem, ModelThread } from './thread.ts';

/** A model in the folder and what is known of it. */
export interface ModelDescription {
  readonly name: string;
  readonly contentHash: string;
  readonly bytes: number;
  /** Null where it is missing or cannot be used. */
  readonly contract: ModelContract | null;
  /** Bars before its first value. */
  readonly warmUpBars: number;
  /** The tensors, what runs it and why; null where it cannot be opened. */
  readonly opened: OpenedModel | null;
  /** Why it cannot be used; null where it can. */
  readonly problem: string | null;
}

/** The models of a folder: described, and asked about the bars of an instrument. */
export class Models {
  private readonly folder: ModelFolder;
  private readonly thread = new ModelThread();
  private readonly descriptions = new Map<string, { stamp: string; description: ModelDescription }>();
  /** Changes of the folder, one after the other. */
  private changes: Promise<unknown> = Promise.resolve();

  constructor(directory: string) {
    this.folder = new ModelFolder(directory);
  }

  /** Every model that is there, by name. */
  async list(): Promise<ModelDescription[]> {
    const found: ModelDescription[] = [];
    for (const name of await this.folder.names()) {
      const description = await this.describe(name);
      if (description) found.push(description);
    }
    return found;
  }

  /** One model; null where there is none of this name. Models are opened once for each change of their files. */
  async describe(name: string): Promise<ModelDescription | null> {
    const stamp = await this.folder.stamp(name);
    const known = this.descriptions.get(name);
    if (stamp !== null && known?.stamp === stamp) return known.description;
    this.descriptions.delete(name);
    const stored = await this.folder.read(name);
    if (stamp === null || !stored) return null;
    const { description, isLasting } = await this.check(name, stored);
    if (isLasting) this.descriptions.set(name, { stamp, description });
    return description;
  }

  /** Copies a file into the folder as a new model if it can be used, and says what it found; 'taken' where the name is. */
  add(name: string, file: string, contractText: string): Promise<ModelDescription | 'taken'> {
    return this.change(async () => {
      if (!isModelName(name)) throw new Error(`expected the name of a model, was ${JSON.stringify(name)}`);
      if ((await this.folder.stamp(name)) !== null) return 'taken';
      const { description } = await this.check(name, await readModel(file, contractText));
      if (description.problem === null) await this.folder.store(name, file, contractText);
      return description;
    });
  }

  /** Removes a model; false where there was none. */
  remove(name: string): Promise<boolean> {
    return this.change(() => this.folder.remove(name));
  }

  private change<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.changes.then(work);
    this.changes = result.catch(() => undefined);
    return result;
  }

  /** What is found when a model is opened; it lasts as long as the files, unless nothing can run models now. */
  private async check(
    name: string,
    { bytes, contractText, contentHash }: StoredModel,
  ): Promise<{ readonly description: ModelDescription; readonly isLasting: boolean }> {
    const size = bytes.byteLength;
    const unusable = (problem: string, checked?: CheckedContract): ModelDescription => ({
      name,
      contentHash,
      bytes: size,
      contract: checked?.contract ?? null,
      warmUpBars: checked ? modelWarmUpBars(checked) : 0,
      opened: null,
      problem,
    });
    const parsed = parseStored(name, contractText);
    if (!parsed.ok) return { description: unusable(parsed.problem), isLasting: true };
    const { checked } = parsed;
    try {
      const file: ModelFile = { contentHash, bytes, contract: checked.contract };
      const opened = await this.thread.call<OpenedModel>({ kind: 'open', file });
      return { description: { ...unusable('', checked), opened, problem: null }, isLasting: true };
    } catch (problem) {
      if (problem instanceof ModelProblem || problem instanceof ComputeError)
        return {
          description: unusable(problem.message, checked),
          isLasting: problem instanceof ModelProblem,
        };
      throw problem;
    }
  }

  /** What the checker of strategies needs to know: all names, and the facts of those in `asked`. */
  async known(asked: readonly string[]): Promise<KnownModels> {
    const known = new Map(
      (await this.folder.names()).map((name) => [name, { warmUpBars: 0, problem: null as string | null }]),
    );
    for (const name of asked) {
      const description = await this.describe(name);
      if (description) known.set(name, description);
    }
    return known;
  }

  /**
   * What a model says of each instrument's bars, of each bar by what was known at its close; the bars are checked ones. One file
   * answers for all, whatever becomes of it meanwhile, and one instrument after the other, as the rows of one can take much memory.
   */
  async outputs(
    name: string,
    instruments: readonly InstrumentBars[],
    signal?: AbortSignal,
  ): Promise<ModelOutput[]> {
    const stored = await this.folder.read(name);
    if (!stored) throw unusableModel(name, 'there is no model of this name');
    const { bytes, contractText, contentHash } = stored;
    const parsed = parseStored(name, contractText);
    if (!parsed.ok) throw unusableModel(name, parsed.problem);
    const { checked } = parsed;
    const file: ModelFile = { contentHash, bytes, contract: checked.contract };
    const warmUpBars = modelWarmUpBars(checked);
    const outputs: ModelOutput[] = [];
    for (const instrument of instruments) {
      const values = await this.answer(name, file, checked, instrument, signal);
      outputs.push({ name, contentHash, warmUpBars, values });
    }
    return outputs;
  }

  private async answer(
    name: string,
    file: ModelFile,
    checked: CheckedContract,
    instrument: InstrumentBars,
    signal: AbortSignal | undefined,
  ): Promise<Float64Array> {
    const { rows, bars } = featureRows(checked, instrument);
    const answers = shared(bars.length);
    try {
      await this.thread.call<null>({ kind: 'run', file, rows, answers }, signal);
    } catch (problem) {
      throw problem instanceof ModelProblem ? unusableModel(name, problem.message) : problem;
    }
    const values = shared(instrument.bars.timesMs.length).fill(NaN);
    bars.forEach((bar, row) => (values[bar] = answers[row]));
    return values;
  }

  /** What runs models here. */
  runtime(): Promise<ModelRuntime> {
    return this.thread.call<ModelRuntime>({ kind: 'runtime' });
  }

  async close(): Promise<void> {
    await this.thread.close();
  }
}

function parseStored(name: string, contractText: string | null): ReturnType<typeof parseContract> {
  if (contractText !== null) return parseContract(contractText);
  return { ok: false, problem: `expected a contract in ${name}.model.json beside ${name}.onnx, was none` };
}

function unusableModel(name: string, problem: string): ComputeError {
  return new ComputeError('INVALID_STRATEGY', `expected a model that can be used, was ${name}: ${problem}`);
}

function shared(length: number): Float64Array {
  return new Float64Array(new SharedArrayBuffer(8 * length));
}
