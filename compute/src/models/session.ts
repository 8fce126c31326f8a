import type { InferenceSession } from 'onnxruntime-node';
import { layOutModel, type ModelLayout, type TensorShape } from './layout.ts';
import type { ModelFile, ModelRuntime, OpenedModel, ProviderChoice } from './messages.ts';

const ROWS_AT_ONCE = 1_024;
const SESSIONS_MAXIMUM = 4;
const PROBE_ROWS = 3;
/** By how much an answer may move, relative to its size, when other rows are beside it: rounding, and no more. */
const PROBE_TOLERANCE = 1e-3;

/** A model of one node, y = x, to see what runs models here. */
export const IDENTITY_MODEL = Buffer.from(
  'CAg6PQoQCgF4EgF5IghJZGVudGl0eRIFZ3JhcGhaEAoBeBILCgkIARIFCgMSAW5iEAoBeRILCgkIARIFCgMSAW5CAhAN',
  'base64',
);

/** That models cannot be run here at all. */
export class RuntimeProblem extends Error {}

type Runtime = typeof import('onnxruntime-node');

/** A model ready to answer. */
interface Session extends OpenedModel {
  readonly session: InferenceSession;
  readonly layout: ModelLayout;
}

/** Models opened on this thread, the last used last. */
const sessions = new Map<string, Session>();

async function loadRuntime(): Promise<Runtime> {
  try {
    const runtime = await import('onnxruntime-node');
    // Its own lines on standard error would tell of a GPU that nobody promised; what matters is thrown too.
    runtime.env.logLevel = 'fatal';
    return runtime;
  } catch (problem) {
    throw new RuntimeProblem(`ONNX Runtime cannot be loaded: ${(problem as Error).message}`);
  }
}

/** What runs models here. */
export async function describeRuntime(): Promise<ModelRuntime> {
  const runtime = await loadRuntime();
  const { session, provider, reason } = await create(runtime, IDENTITY_MODEL);
  await session.release();
  return { version: runtime.env.versions.node ?? 'unknown', provider, reason };
}

/** Opens a model, checks it against its contract, and keeps it. */
export async function openModel({ contentHash, bytes, contract }: ModelFile): Promise<Session> {
  const known = sessions.get(contentHash);
  sessions.delete(contentHash);
  const opened = known ?? (await open(Uint8Array.from(bytes), contract));
  sessions.set(contentHash, opened);
  if (sessions.size > SESSIONS_MAXIMUM) {
    const [[oldest, { session }]] = sessions;
    sessions.delete(oldest);
    await session.release();
  }
  return opened;
}

async function open(bytes: Uint8Array, contract: ModelFile['contract']): Promise<Session> {
  const { session, provider, reason } = await create(await loadRuntime(), bytes);
  try {
    const inputs = session.inputMetadata.map(shapeOf);
    const outputs = session.outputMetadata.map(shapeOf);
    const layout = layOutModel(contract, inputs, outputs);
    await expectOwnInputs(session, layout);
    const words = (tensors: readonly TensorShape[], name: string) =>
      inWords(tensors.find((tensor) => tensor.name === name)!);
    const inputShape = words(inputs, layout.input);
    return { session, layout, provider, reason, inputShape, outputShape: words(outputs, layout.output) };
  } catch (problem) {
    await session.release();
    throw problem;
  }
}

/** A session on the GPU where that works, else on the processor, with what stood in the way. */
async function create(
  { InferenceSession: factory }: Runtime,
  bytes: Uint8Array,
): Promise<{ session: InferenceSession } & ProviderChoice> {
  // One thread: sums are added in the same order, whatever the number of cores.
  const options = { logSeverityLevel: 4, intraOpNumThreads: 1, interOpNumThreads: 1 } as const;
  let obstacle: string;
  try {
    const session = await factory.create(bytes, { ...options, executionProviders: ['cuda', 'cpu'] });
    return { session, provider: 'cuda', reason: 'CUDA is there' };
  } catch (problem) {
    obstacle = firstLine(problem);
  }
  try {
    const session = await factory.create(bytes, { ...options, executionProviders: ['cpu'] });
    return { session, provider: 'cpu', reason: `CUDA cannot be used: ${obstacle}` };
  } catch (problem) {
    throw new Error(`expected an ONNX model that can be loaded, was: ${firstLine(problem)}`, {
      cause: problem,
    });
  }
}

/** Answers rows batch by batch; `check` is called before each. */
export async function answerRows(
  session: InferenceSession,
  layout: ModelLayout,
  rows: Float64Array,
  answers: Float64Array,
  check: () => void = () => undefined,
): Promise<void> {
  const { Tensor } = await loadRuntime();
  const rowLength = layout.rowShape.reduce((product, length) => product * length, 1);
  for (let from = 0; from < answers.length; ) {
    check();
    const count = Math.min(layout.batchSize ?? ROWS_AT_ONCE, answers.length - from);
    // A model that takes a fixed number of rows gets empty ones after the last.
    const batch = layout.batchSize ?? count;
    const length = batch * rowLength;
    const data = layout.type === 'float32' ? new Float32Array(length) : new Float64Array(length);
    data.set(rows.subarray(from * rowLength, (from + count) * rowLength));
    const input = new Tensor(layout.type, data, [batch, ...layout.rowShape]);
    const { [layout.output]: output } = await session.run({ [layout.input]: input }, [layout.output]);
    const perRow = output.data.length / batch;
    if (output.dims[0] !== batch || layout.outputIndex >= perRow)
      throw new Error(
        `output ${layout.output}: expected ${batch} rows of more than ${layout.outputIndex} values, was [${output.dims.join(', ')}]`,
      );
    for (let row = 0; row < count; row += 1)
      answers[from + row] = Number(output.data[row * perRow + layout.outputIndex]);
    from += count;
  }
}

/** A model that mixes the rows of a batch would let a bar see later ones. */
async function expectOwnInputs(session: InferenceSession, layout: ModelLayout): Promise<void> {
  const rowLength = layout.rowShape.reduce((product, length) => product * length, 1);
  const rows = Float64Array.from({ length: PROBE_ROWS * rowLength }, (_, i) => Math.sin(1 + 7 * i));
  const together = new Float64Array(PROBE_ROWS);
  await answerRows(session, layout, rows, together);
  for (let row = 0; row < PROBE_ROWS; row += 1) {
    const alone = new Float64Array(1);
    await answerRows(session, layout, rows.subarray(row * rowLength, (row + 1) * rowLength), alone);
    const isSame =
      Object.is(alone[0], together[row]) ||
      Math.abs(alone[0] - together[row]) <= PROBE_TOLERANCE * Math.max(1, Math.abs(alone[0]));
    if (!isSame)
      throw new Error(
        `output ${layout.output}: expected an answer that depends on its own row, was ${alone[0]} alone and ${together[row]} beside other rows`,
      );
  }
}

function shapeOf(metadata: InferenceSession.ValueMetadata): TensorShape {
  const { name } = metadata;
  return metadata.isTensor
    ? { name, type: metadata.type, shape: metadata.shape }
    : { name, type: null, shape: [] };
}

function inWords({ name, type, shape }: TensorShape): string {
  return `${name}: ${type}[${shape.map((length) => (length === '' ? '?' : length)).join(', ')}]`;
}

function firstLine(problem: unknown): string {
  return (problem instanceof Error ? problem.message : String(problem)).split('\n', 1)[0];
}
