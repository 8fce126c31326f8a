/** Makes ONNX files: a protobuf writer of the few messages that a small graph needs. */

/** The types that tensors of these files have, by their number in the format. */
const ELEMENT_TYPES = { float32: 1, int64: 7, float64: 11 } as const;

export interface OnnxValue {
  readonly name: string;
  readonly type: keyof typeof ELEMENT_TYPES;
  /** A text is a length that is known when the model runs. */
  readonly shape: readonly (number | string)[];
}

export interface OnnxGraph {
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  readonly nodes: readonly {
    readonly op: string;
    readonly inputs: readonly string[];
    readonly outputs: readonly string[];
    /** Whole numbers by name. */
    readonly attributes?: Readonly<Record<string, number>>;
  }[];
  readonly weights?: readonly {
    readonly name: string;
    readonly type: 'float32' | 'float64';
    readonly shape: readonly number[];
    readonly values: readonly number[];
  }[];
}

/** The bytes of a model file. */
export function onnxFile({ inputs, outputs, nodes, weights = [] }: OnnxGraph): Buffer {
  const graph = Buffer.concat([
    ...nodes.map(({ op, inputs: from, outputs: to, attributes = {} }) =>
      field(
        1,
        ...from.map((name) => text(1, name)),
        ...to.map((name) => text(2, name)),
        text(4, op),
        ...Object.entries(attributes).map(([name, value]) =>
          field(5, text(1, name), whole(3, value), whole(20, 2)),
        ),
      ),
    ),
    text(2, 'graph'),
    ...weights.map(({ name, type, shape, values }) => {
      const data = type === 'float32' ? Float32Array.from(values) : Float64Array.from(values);
      return field(
        5,
        ...shape.map((length) => whole(1, length)),
        whole(2, ELEMENT_TYPES[type]),
        text(8, name),
        field(9, Buffer.from(data.buffer)),
      );
    }),
    ...inputs.map((value) => field(11, valueInfo(value))),
    ...outputs.map((value) => field(12, valueInfo(value))),
  ]);
  return Buffer.concat([whole(1, 8), field(7, graph), field(8, whole(2, 13))]);
}

/** y = w x + b over rows of features, as [rows, 1]. */
export function linearModel(
  weights: readonly number[],
  bias: number,
  type: 'float32' | 'float64' = 'float64',
): Buffer {
  return onnxFile({
    inputs: [{ name: 'x', type, shape: ['rows', weights.length] }],
    outputs: [{ name: 'y', type, shape: ['rows', 1] }],
    nodes: [
      { op: 'MatMul', inputs: ['x', 'w'], outputs: ['product'] },
      { op: 'Add', inputs: ['product', 'b'], outputs: ['y'] },
    ],
    weights: [
      { name: 'w', type, shape: [weights.length, 1], values: weights },
      { name: 'b', type, shape: [1], values: [bias] },
    ],
  });
}

function valueInfo({ name, type, shape }: OnnxValue): Buffer {
  const dimensions = shape.map((length) =>
    field(1, typeof length === 'number' ? whole(1, length) : text(2, length)),
  );
  const tensor = field(1, whole(1, ELEMENT_TYPES[type]), field(2, ...dimensions));
  return Buffer.concat([text(1, name), field(2, tensor)]);
}

function field(number: number, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([variableLength(number * 8 + 2), variableLength(body.length), body]);
}

function text(number: number, value: string): Buffer {
  return field(number, Buffer.from(value));
}

function whole(number: number, value: number): Buffer {
  return Buffer.concat([variableLength(number * 8), variableLength(value)]);
}

/** A whole number of 0 or more, seven bits a byte, the lowest first. */
function variableLength(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  do {
    const low = rest % 128;
    rest = Math.floor(rest / 128);
    bytes.push(rest > 0 ? low + 128 : low);
  } while (rest > 0);
  return Buffer.from(bytes);
}
