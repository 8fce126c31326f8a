import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { flatBars } from '../../../tools/testing/bars.ts';
import { libraryStrategies } from '../strategy/library.ts';
import type { BacktestRequest, ComputeService, SweepRequest, SweepTile, TaskOptions } from './contract.ts';
import { withinDeadline } from './deadline.ts';
import { createComputeService } from './local.ts';
import { createRemoteComputeService } from './remote.ts';
import { ComputeServer, type ComputeServerSettings } from './server.ts';
import { decodeMessage, encodeMessage, FrameReader } from './wire.ts';

const wave = (length: number) =>
  flatBars(Array.from({ length }, (_, t) => 100 + 20 * Math.sin(t / 15) + 8 * Math.sin(t / 3)));
const request: BacktestRequest = {
  strategy: libraryStrategies().find(({ id }) => id === 'sma-cross')!.source,
  parameters: {},
  instruments: [{ symbol: 'WAVE', bars: wave(2_000) }],
  initialCash: 10_000,
  costs: {
    commissionPerTrade: 1,
    commissionPerShare: 0,
    commissionBps: 5,
    commissionMinimum: 0,
    slippageBps: 1,
  },
  direction: 'LONG_AND_SHORT',
  lotSize: 1,
  endRule: 'CLOSE_AT_LAST_CLOSE',
  periodsPerYear: 252,
  riskFreeRate: 0,
  seed: 0,
};
const range = (from: number, count: number) =>
  Float64Array.from({ length: count }, (_, index) => from + index);
const sweep: SweepRequest = {
  ...request,
  axes: [
    { parameter: 'fast', values: range(2, 40) },
    { parameter: 'slow', values: range(20, 60) },
  ],
  keepBest: 5,
  objective: 'sharpe',
};

const ends: (() => Promise<unknown> | void)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

/** A compute service with its server, and what it was sent. */
async function startNode(settings: Partial<ComputeServerSettings> = {}, inner?: Partial<ComputeService>) {
  const service = { ...createComputeService({ threads: 1 }), ...inner };
  const server = new ComputeServer(service, { token: null, ...settings });
  const port = await server.listen(0, '127.0.0.1');
  ends.push(async () => {
    await server.close();
    await service.close();
  });
  return { server, port, url: `http://127.0.0.1:${port}` };
}

/** Work that goes on until it is ended, and tells why it was, within the deadline as a service has it. */
function waitingUntil(tell: (reason: unknown) => void) {
  return (_request: unknown, options: TaskOptions<never> = {}) =>
    withinDeadline(
      options,
      ({ signal }) =>
        new Promise<never>((_resolve, reject) => {
          signal!.addEventListener('abort', () => {
            tell(signal!.reason);
            reject(signal!.reason);
          });
        }),
    );
}

function reach(urls: readonly string[], token: string | null = null, patienceMs = 10_000): ComputeService {
  const remote = createRemoteComputeService({ urls, token, patienceMs });
  ends.push(() => remote.close());
  return remote;
}

/** A compute service as a process of its own. */
async function startProcess() {
  const main = fileURLToPath(new URL('../main.ts', import.meta.url));
  const { PATH } = process.env;
  const env = { PATH, COMPUTE_PORT: '0', COMPUTE_TOKEN: 'secret', OMP_NUM_THREADS: '1' };
  const child = spawn(process.execPath, [main], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  ends.push(() => void child.kill('SIGKILL'));
  const [chunk] = (await once(child.stdout, 'data')) as [Buffer];
  return { child, url: /http:\S+:\d+/.exec(chunk.toString())![0] };
}

async function surfaceOf(service: ComputeService, onTile: (setsDone: number) => void = () => undefined) {
  const surface = new Float64Array(2_400).fill(NaN);
  const seen: number[] = [];
  const onProgress = ({ tile, setsDone }: { tile: SweepTile; setsDone: number }) => {
    surface.set(tile.sharpe, tile.fromIndex);
    seen.push(...Array.from(tile.sharpe, (_, place) => tile.fromIndex + place));
    onTile(setsDone);
  };
  const { best, setsTotal, barEvaluations, contentHash } = await service.runSweep(sweep, { onProgress });
  return { surface, seen: seen.toSorted((a, b) => a - b), best, setsTotal, barEvaluations, contentHash };
}

describe('compute services on other machines', () => {
  it('give the bits of this process though one is killed in the middle of a sweep', async () => {
    const [first, second] = [await startProcess(), await startProcess()];
    const killed = once(first.child, 'exit');
    const remote = reach([first.url, second.url], 'secret');
    const result = await surfaceOf(remote, () => first.child.kill('SIGKILL'));
    await killed;
    const local = createComputeService({ threads: 2 });
    ends.push(() => local.close());
    expect(result).toEqual(await surfaceOf(local));
    expect(result.seen).toEqual([...Array(2_400).keys()]);
    expect((await remote.describe()).device).toMatch(/^1 of 2 compute services: /);
  });

  it('name every backend that did parts of a sweep, with a hash of which did what', async () => {
    const local = createComputeService({ threads: 1 });
    ends.push(() => local.close());
    /** Says of the parts whose first period is below `period` that a GPU did them. */
    const sweptWithGpuBelow = async (period: number) => {
      const { url } = await startNode(
        {},
        {
          runSweep: async (part, options) => {
            const result = await local.runSweep(part, options);
            if (part.axes[0].values[0] >= period)
              return { ...result, backend: { backend: 'b', reason: 'small' } };
            return { ...result, backend: { backend: 'a', reason: 'large' } };
          },
        },
      );
      const { backend, contentHash } = await reach([url]).runSweep(sweep);
      return { backend, contentHash };
    };
    const [none, one, two] = [
      await sweptWithGpuBelow(2),
      await sweptWithGpuBelow(12),
      await sweptWithGpuBelow(42),
    ];
    expect(none.backend.backend).toBe('b');
    expect(one.backend.backend).toBe('a + b');
    expect(one.backend.reason).toBe('a: large; b: small');
    expect(two.backend).toEqual({ backend: 'a', reason: 'large' });
    expect(new Set([none, one, two].map(({ contentHash }) => contentHash)).size).toBe(3);
  });

  it('do a task again on the only one once that is back', async () => {
    const { server, port, url } = await startNode();
    const remote = reach([url]);
    let isFirst = true;
    const bars = wave(60_000);
    const equity: number[] = [];
    const result = await remote.runBacktest(
      { ...request, instruments: [{ symbol: 'WAVE', bars }] },
      {
        onProgress: (progress) => {
          expect(progress.fromIndex).toBe(equity.length);
          equity.push(...progress.equity);
          if (!isFirst) return;
          isFirst = false;
          void server.close().then(() => {
            const again = new ComputeServer(createComputeService({ threads: 1 }), { token: null });
            ends.push(() => again.close());
            return again.listen(port, '127.0.0.1');
          });
        },
      },
    );
    expect(isFirst).toBe(false);
    expect(equity).toEqual([...result.equity]);
  });

  it('get their tasks by how busy they are', async () => {
    const taken = [0, 0];
    const nodes = await Promise.all(
      taken.map((_, place) =>
        startNode(
          {},
          {
            async runBacktest() {
              taken[place] += 1;
              await new Promise((resolve) => setTimeout(resolve, 200));
              return 'done' as never;
            },
          },
        ),
      ),
    );
    const remote = reach(nodes.map(({ url }) => url));
    await Promise.all(Array.from({ length: 6 }, () => remote.runBacktest(request)));
    expect(taken).toEqual([3, 3]);
  });

  it('end what was cancelled', async () => {
    let ended: unknown;
    const started = Promise.withResolvers<void>();
    const { url } = await startNode(
      {},
      {
        runBacktest: (sent, options) => {
          started.resolve();
          return waitingUntil((reason) => (ended = reason))(sent, options);
        },
      },
    );
    const controller = new AbortController();
    const run = reach([url]).runBacktest(request, { signal: controller.signal });
    void started.promise.then(() => controller.abort(new Error('not wanted any more')));
    await expect(run).rejects.toThrow('not wanted any more');
    await expect.poll(() => (ended as Error | undefined)?.message).toBe('the caller is gone');
  });

  it('end at the deadline of a caller that is silent, and answer so', async () => {
    const ended = Promise.withResolvers<unknown>();
    const { url } = await startNode({}, { runBacktest: waitingUntil(ended.resolve) });
    const body = new Uint8Array(encodeMessage(request).bytes);
    const answer = await fetch(`${url}/backtest`, {
      method: 'POST',
      headers: { 'x-deadline-ms': '20' },
      body,
    });
    const frames = new FrameReader(10_000).take(new Uint8Array(await answer.arrayBuffer()));
    const message = 'expected a result within 20 ms, was none';
    expect(decodeMessage(frames.at(-1)!)).toMatchObject({ kind: 'failed', code: 'DEADLINE', message });
    expect(await ended.promise).toMatchObject({ code: 'DEADLINE', message });
    const refused = await fetch(`${url}/backtest`, { method: 'POST', headers: { 'x-deadline-ms': 'soon' } });
    expect([refused.status, await refused.json()]).toEqual([
      400,
      { error: 'expected milliseconds in x-deadline-ms, was soon' },
    ]);
  });

  it('are told what is left of the time, and a deadline passes while none answers', async () => {
    let given: number | undefined;
    const { url } = await startNode(
      {},
      {
        runBacktest: async (_request, options) => {
          given = options!.deadlineMs;
          return 'done' as never;
        },
      },
    );
    await reach([url]).runBacktest(request, { deadlineMs: 30_000 });
    expect(given).toBeGreaterThan(0);
    expect(given).toBeLessThan(30_000);
    const nobody = reach(['http://127.0.0.1:1']).runBacktest(request, { deadlineMs: 50 });
    await expect(nobody).rejects.toMatchObject({
      code: 'DEADLINE',
      message: 'expected a result within 50 ms, was none',
    });
  });

  it('drop a caller that leaves too much unread, and end its task', async () => {
    const ended = Promise.withResolvers<unknown>();
    const { port } = await startNode(
      { unreadMaximumBytes: 1_000_000 },
      {
        runSweep: (_request, options) => {
          const column = new Float64Array(250_000);
          const columns = { totalReturn: column, sharpe: column, maxDrawdown: column, tradeCount: column };
          const send = () =>
            options!.onProgress!({ setsDone: 1, setsTotal: 1, tile: { fromIndex: 0, ...columns } });
          const timer = setInterval(send, 1);
          void ended.promise.then(() => clearInterval(timer));
          return waitingUntil(ended.resolve)(undefined, options);
        },
      },
    );
    const body = encodeMessage(sweep).bytes;
    const socket = connect(port, '127.0.0.1');
    ends.push(() => void socket.destroy());
    const closed = once(socket, 'close');
    socket.on('error', () => undefined);
    socket.write(`POST /sweep HTTP/1.1\r\nhost: x\r\ncontent-length: ${body.length}\r\n\r\n`);
    socket.write(body);
    // The caller reads nothing.
    socket.pause();
    expect(await ended.promise).toEqual(new Error('the caller is gone'));
    socket.resume();
    await closed;
  });

  it('are sent the same bars once, and again where they have forgotten them', async () => {
    const { url } = await startNode({ keptColumnsMaximumBytes: 100_000 });
    const sizes: number[] = [];
    const proxy = createServer((incoming, outgoing) => {
      if (incoming.method === 'POST') sizes.push(Number(incoming.headers['content-length']));
      const { method, headers } = incoming;
      const onward = httpRequest(url + incoming.url, { method, headers }, (answer) => {
        outgoing.writeHead(answer.statusCode!, answer.headers);
        answer.pipe(outgoing);
      });
      incoming.pipe(onward);
    }).listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    ends.push(() => {
      proxy.closeAllConnections();
      proxy.close();
    });
    const remote = reach([`http://127.0.0.1:${(proxy.address() as { port: number }).port}`]);
    const { equity, contentHash } = await remote.runBacktest(request);
    expect(await remote.runBacktest(request)).toMatchObject({ equity, contentHash });
    const other = { ...request, instruments: [{ symbol: 'WAVE', bars: wave(2_500) }] };
    await remote.runBacktest(other);
    expect(await remote.runBacktest(request)).toMatchObject({ equity, contentHash });
    const [whole, named, otherWhole, forgotten, sentAgain] = sizes;
    expect(sizes).toHaveLength(5);
    expect([whole, sentAgain].every((size) => size > 48_000)).toBe(true);
    expect(otherWhole).toBeGreaterThan(60_000);
    expect([named, forgotten].every((size) => size < 3_000)).toBe(true);
  });

  it('are not used with another secret, and say so', async () => {
    const { url } = await startNode({ token: 'secret' });
    const outcome = reach([url], 'wrong', 0).runBacktest(request);
    await expect(outcome).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: `expected a compute service that answers, was none (${url}: expected the token of COMPUTE_TOKEN, was another)`,
    });
  });

  it('that compute something else are not used', async () => {
    const { url } = await startNode(
      {},
      {
        describe: async () => ({ engineVersion: 'older' }) as never,
      },
    );
    await expect(reach([url], null, 0).describe()).rejects.toThrow(/expected engine version \d+, was older/);
  });

  it('refuse what is too large', async () => {
    const { url } = await startNode({ requestMaximumBytes: 10_000 });
    await expect(reach([url]).runBacktest(request)).rejects.toMatchObject({
      code: 'LIMIT',
      message: expect.stringMatching(/^expected a length of at most 10000 bytes, was \d+$/),
    });
  });

  it('that are full are asked again a little later', async () => {
    const { url } = await startNode({ tasksMaximum: 1 });
    const remote = reach([url]);
    const results = await Promise.all([1, 2, 3].map(() => remote.runBacktest(request)));
    expect(results.map(({ contentHash }) => contentHash)).toEqual(Array(3).fill(results[0].contentHash));
  });

  it('give a task up that breaks one after the other', async () => {
    const { url } = await startNode(
      {},
      {
        runBacktest: () => Promise.reject(Object.assign(new Error(), { code: 'x' })),
        measureRisk: () => Promise.reject(new Error('a bug')),
      },
    );
    await expect(reach([url]).runBacktest(request)).rejects.toThrow(/^Error/);
    const listener = createServer((incoming, outgoing) => {
      if (incoming.method === 'GET')
        return void createComputeService({ threads: 1 })
          .describe()
          .then((body) => outgoing.end(JSON.stringify(body)));
      outgoing.writeHead(200);
      outgoing.flushHeaders();
      setTimeout(() => outgoing.destroy(), 50);
    }).listen(0, '127.0.0.1');
    await once(listener, 'listening');
    ends.push(() => void listener.close());
    const breaking = reach([`http://127.0.0.1:${(listener.address() as { port: number }).port}`]);
    await expect(breaking.runBacktest(request)).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringMatching(/^3 compute services broke on this task: /),
    });
  });

  it('answer anybody whether they are up, and nothing else', async () => {
    const { url, port } = await startNode({ token: 'secret' });
    const health = await fetch(`${url}/health`);
    expect([health.status, await health.json()]).toEqual([
      200,
      { state: 'UP', engineVersion: expect.any(String) },
    ]);
    const headers = { authorization: 'Bearer secret' };
    const statuses = await Promise.all([
      fetch(`${url}/description`).then(({ status }) => status),
      fetch(`${url}/backtest`, { method: 'POST', body: 'x' }).then(({ status }) => status),
      fetch(`${url}/nothing`, { method: 'POST', body: 'x', headers }).then(({ status }) => status),
      fetch(`${url}/backtest`, { method: 'POST', body: 'x', headers }).then(({ status }) => status),
    ]);
    expect(statuses).toEqual([401, 401, 404, 200]);
    const socket = connect(port, '127.0.0.1');
    socket.write(
      'POST /backtest HTTP/1.1\r\nhost: x\r\nauthorization: Bearer secret\r\ntransfer-encoding: chunked\r\n\r\n',
    );
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1.1 413 /);
    socket.destroy();
  });

  it('do nothing after they were closed', async () => {
    const { url } = await startNode({}, { runBacktest: () => new Promise(() => undefined) });
    const remote = reach([url]);
    const running = remote.runBacktest(request);
    setTimeout(() => void remote.close(), 100);
    await expect(running).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: 'the compute service is closed',
    });
    await expect(remote.runBacktest(request)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });
});
