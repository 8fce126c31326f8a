import { parentPort } from 'node:worker_threads';
import type { ModelReply, ModelRequest, ModelRuntime, OpenedModel } from './messages.ts';
import { answerRows, describeRuntime, openModel, RuntimeProblem } from './session.ts';

// One after the other: a session that answers must not be closed for another.
let last: Promise<void> = Promise.resolve();

parentPort!.on('message', (request: ModelRequest) => {
  last = last.then(() => answer(request));
});

async function answer(request: ModelRequest): Promise<void> {
  const { requestId } = request;
  try {
    reply({ requestId, kind: 'done', result: await perform(request) });
  } catch (problem) {
    const message = problem instanceof Error ? problem.message : String(problem);
    const fault = problem instanceof RuntimeProblem ? 'runtime' : 'model';
    reply({ requestId, kind: 'failed', fault, message });
  }
}

async function perform(request: ModelRequest): Promise<ModelRuntime | OpenedModel | null> {
  const check = () => {
    if (Atomics.load(request.cancelled, 0) === 1) throw new Error('cancelled');
  };
  check();
  if (request.kind === 'runtime') return describeRuntime();
  const { session, layout, provider, reason, inputShape, outputShape } = await openModel(request.file);
  if (request.kind === 'open') return { provider, reason, inputShape, outputShape };
  const { rows, answers } = request;
  await answerRows(session, layout, rows, answers, check);
  return null;
}

function reply(message: ModelReply): void {
  parentPort!.postMessage(message);
}
