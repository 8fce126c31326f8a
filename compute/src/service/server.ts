import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { ENGINE_VERSION } from './content-hash.ts';
import {
  type BacktestProgress,
  type BacktestRequest,
  type BacktestResult,
  ComputeError,
  type ComputeService,
  type RiskRequest,
  type RiskResult,
  type SimulationRequest,
  type SimulationResult,
  type SweepProgress,
  type SweepRequest,
  type SweepResult,
  type TaskOptions,
} from './contract.ts';
import { isDeadline } from './deadline.ts';
import { DEADLINE_HEADER } from './remote-call.ts';
import type { ServiceReply } from './replies.ts';
import { ColumnStore } from './server-columns.ts';
import { ColumnsMissing, decodeMessage, encodeMessage, framed, WireError } from './wire.ts';

const ALIVE_INTERVAL_MS = 1_000;

/** How a compute service is offered to other machines. */
export interface ComputeServerSettings {
  /** The secret every request must carry; null lets everybody in. */
  readonly token: string | null;
  /** Largest request; more is refused unread. */
  readonly requestMaximumBytes?: number;
  /** Tasks taken at once; more are refused, and the caller asks another service or later. */
  readonly tasksMaximum?: number;
  /** Columns kept by hash, so that the same bars are sent once. */
  readonly keptColumnsMaximumBytes?: number;
  /** A caller that leaves more than this unread is taken for gone, and its task ends. */
  readonly unreadMaximumBytes?: number;
}

/** A compute service over HTTP: one request per task, answered by a stream of messages. */
export class ComputeServer {
  private readonly service: ComputeService;
  private readonly token: string | null;
  private readonly requestMaximumBytes: number;
  private readonly tasksMaximum: number;
  private readonly unreadMaximumBytes: number;
  private readonly columns: ColumnStore;
  private readonly server: Server;
  private readonly tasks = new Set<AbortController>();

  constructor(service: ComputeService, settings: ComputeServerSettings) {
    this.service = service;
    this.token = settings.token;
    this.requestMaximumBytes = settings.requestMaximumBytes ?? 256 * 1024 * 1024;
    this.tasksMaximum = settings.tasksMaximum ?? 64;
    this.unreadMaximumBytes = settings.unreadMaximumBytes ?? 256 * 1024 * 1024;
    this.columns = new ColumnStore(settings.keptColumnsMaximumBytes ?? 256 * 1024 * 1024);
    this.server = createServer((request, response) => {
      this.answer(request, response).catch((problem: unknown) => {
        if (response.headersSent) response.destroy();
        else refuse(response, 500, problem instanceof Error ? problem.message : String(problem));
      });
    });
  }

  /** Listens and resolves with the port, which matters where 0 was asked for. */
  async listen(port: number, host: string): Promise<number> {
    this.server.listen(port, host);
    await once(this.server, 'listening');
    return (this.server.address() as AddressInfo).port;
  }

  /** Ends every task and connection; callers do their tasks elsewhere. */
  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    for (const task of this.tasks) task.abort(new ComputeError('UNAVAILABLE', 'the compute service stops'));
    this.server.closeAllConnections();
    await closed;
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = `${request.method} ${request.url}`;
    if (path === 'GET /health')
      return sendJson(response, 200, { state: 'UP', engineVersion: ENGINE_VERSION });
    if (!this.isAllowed(request))
      return refuse(response, 401, 'expected the token of COMPUTE_TOKEN, was another');
    if (path === 'GET /description') return sendJson(response, 200, await this.service.describe());
    const work = workOf(this.service, path);
    if (!work) return refuse(response, 404, `expected /health, /description or a task, was ${path}`);
    if (this.tasks.size >= this.tasksMaximum)
      return refuse(response, 503, `expected at most ${this.tasksMaximum} tasks at once, was more`);
    const deadline = request.headers[DEADLINE_HEADER];
    const deadlineMs = deadline === undefined ? undefined : Number(deadline);
    if (deadlineMs !== undefined && !isDeadline(deadlineMs))
      return refuse(response, 400, `expected milliseconds in ${DEADLINE_HEADER}, was ${String(deadline)}`);
    const task = new AbortController();
    this.tasks.add(task);
    response.on('close', () => task.abort(new Error('the caller is gone')));
    try {
      const body = await this.bodyOf(request, response);
      const { signal } = task;
      if (body) await this.perform(body, work, response, { signal, deadlineMs });
    } finally {
      this.tasks.delete(task);
    }
  }

  private isAllowed({ headers }: IncomingMessage): boolean {
    if (this.token === null) return true;
    const digest = (text: string) => createHash('sha256').update(text).digest();
    return timingSafeEqual(digest(headers.authorization ?? ''), digest(`Bearer ${this.token}`));
  }

  private async bodyOf(request: IncomingMessage, response: ServerResponse): Promise<Buffer | null> {
    const length = Number(request.headers['content-length'] ?? NaN);
    if (!(length <= this.requestMaximumBytes)) {
      refuse(response, 413, `expected a length of at most ${this.requestMaximumBytes} bytes, was ${length}`);
      return null;
    }
    const body = Buffer.allocUnsafeSlow(length);
    let offset = 0;
    for await (const chunk of request as AsyncIterable<Buffer>) offset += chunk.copy(body, offset);
    return body;
  }

  private async perform(
    body: Buffer,
    work: Work,
    response: ServerResponse,
    limits: TaskLimits,
  ): Promise<void> {
    response.writeHead(200, { 'content-type': 'application/octet-stream' });
    response.flushHeaders();
    const send = (reply: ServiceReply) => {
      if (response.destroyed) return;
      response.write(framed(encodeMessage(reply).bytes));
      if (response.writableLength > this.unreadMaximumBytes) response.destroy();
    };
    const alive = setInterval(() => send({ kind: 'alive' }), ALIVE_INTERVAL_MS);
    try {
      const onProgress = (progress: BacktestProgress | SweepProgress) => send({ kind: 'progress', progress });
      const request = decodeMessage(body, this.columns);
      send({ kind: 'done', result: await work(request, { ...limits, onProgress }) });
    } catch (problem) {
      send(failureOf(problem));
    } finally {
      clearInterval(alive);
      response.end();
    }
  }
}

type TaskLimits = Pick<TaskOptions<never>, 'signal' | 'deadlineMs'>;

type Work = (
  request: unknown,
  options: TaskLimits & { onProgress: (progress: BacktestProgress | SweepProgress) => void },
) => Promise<BacktestResult | SweepResult | RiskResult | SimulationResult>;

function workOf(service: ComputeService, path: string): Work | undefined {
  const works: Record<string, Work> = {
    'POST /backtest': (request, options) => service.runBacktest(request as BacktestRequest, options),
    'POST /sweep': (request, options) => service.runSweep(request as SweepRequest, options),
    'POST /risk': (request, { signal, deadlineMs }) =>
      service.measureRisk(request as RiskRequest, { signal, deadlineMs }),
    'POST /simulation': (request, { signal, deadlineMs }) =>
      service.simulateRisk(request as SimulationRequest, { signal, deadlineMs }),
  };
  return Object.hasOwn(works, path) ? works[path] : undefined;
}

function failureOf(problem: unknown): ServiceReply {
  if (problem instanceof ColumnsMissing) return { kind: 'columnsMissing' };
  if (problem instanceof ComputeError) {
    const { code, message, diagnostics } = problem;
    return { kind: 'failed', code, message, diagnostics };
  }
  if (problem instanceof WireError)
    return { kind: 'failed', code: 'INVALID_DATA', message: problem.message, diagnostics: [] };
  const message = problem instanceof Error ? (problem.stack ?? problem.message) : String(problem);
  return { kind: 'failed', code: 'BUG', message, diagnostics: [] };
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

/** Refuses without having read the request, so the connection cannot be used again. */
function refuse(response: ServerResponse, status: number, message: string): void {
  response.setHeader('connection', 'close');
  sendJson(response, status, { error: message });
}
