import type { ModelContract } from './contract.ts';

/** What is known of a tensor that goes in or comes out; a text in the shape is a length that may vary. */
export interface TensorShape {
  readonly name: string;
  /** Of its elements; null where the value is no tensor. */
  readonly type: string | null;
  readonly shape: readonly (number | string)[];
}

/** How rows of features go into a model and how its answers are read. */
export interface ModelLayout {
  readonly input: string;
  readonly type: 'float32' | 'float64';
  /** The lengths after the first, which counts rows. */
  readonly rowShape: readonly number[];
  /** How many rows the model takes at once; null for any number. */
  readonly batchSize: number | null;
  readonly output: string;
  readonly outputIndex: number;
}

const READABLE = ['float32', 'float64', 'int32', 'int64'];

/** Fits a contract to the tensors of a model; a model it does not fit throws with what was expected. */
export function layOutModel(
  contract: ModelContract,
  inputs: readonly TensorShape[],
  outputs: readonly TensorShape[],
): ModelLayout {
  const input = pick('input', inputs, contract.input, true);
  const output = pick('output', outputs, contract.output, false);
  const { type } = input;
  if (type !== 'float32' && type !== 'float64')
    throw new Error(`input ${input.name}: expected float32 or float64, was ${type ?? 'no tensor'}`);
  const features = contract.inputs.length;
  const { window } = contract;
  const [batch, ...rest] = input.shape;
  const fits = (lengths: readonly number[]) =>
    rest.length === lengths.length &&
    rest.every((length, place) => typeof length === 'string' || length === lengths[place]);
  const rowShape = [[window * features], [window, features]].find(fits);
  if (!rowShape || batch === undefined) {
    const flat = `[rows, ${window * features}]`;
    const what = `${flat} or [rows, ${window}, ${features}] for ${features} inputs over ${window} bars`;
    throw new Error(`input ${input.name}: expected the shape ${what}, was [${input.shape.join(', ')}]`);
  }
  expectReadable(output, contract.outputIndex);
  const batchSize = typeof batch === 'number' ? batch : null;
  return { input: input.name, type, rowShape, batchSize, output: output.name, outputIndex: contract.outputIndex };
}

function pick(
  what: 'input' | 'output',
  tensors: readonly TensorShape[],
  name: string | null,
  isOnly: boolean,
): TensorShape {
  const names = tensors.map((tensor) => tensor.name).join(', ');
  if (isOnly && tensors.length !== 1)
    throw new Error(`expected a model with one ${what}, was ${tensors.length}: ${names}`);
  if (name === null && tensors.length !== 1)
    throw new Error(`contract: ${what}: expected one of ${names}, was none`);
  const found = name === null ? tensors[0] : tensors.find((tensor) => tensor.name === name);
  if (!found) throw new Error(`contract: ${what}: expected one of ${names}, was ${name}`);
  return found;
}

function expectReadable({ name, type, shape }: TensorShape, outputIndex: number): void {
  if (type === null || !READABLE.includes(type))
    throw new Error(`output ${name}: expected ${READABLE.join(', ')}, was ${type ?? 'no tensor'}`);
  const rest = shape.slice(1);
  if (rest.some((length) => typeof length === 'string')) return;
  const perRow = (rest as number[]).reduce((product, length) => product * length, 1);
  if (outputIndex >= perRow)
    throw new Error(`contract: outputIndex: expected less than the ${perRow} outputs of a row, was ${outputIndex}`);
}
