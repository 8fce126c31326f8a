import { spawn } from 'node:child_process';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { say } from '../progress.mjs';

const LINES_SHOWN = 12;
const POLL_MS = 500;

/** Runs checks one after the other and keeps count; a check that throws fails, the next ones go on. */
export class Checks {
  passed = 0;
  failed = [];

  async check(name, work) {
    const startedAtMs = Date.now();
    const told = await work().then(
      (note) => ({ isGood: true, note }),
      (problem) => ({ isGood: false, note: problem.message }),
    );
    const seconds = ((Date.now() - startedAtMs) / 1000).toFixed(1).padStart(6);
    const isShort = typeof told.note === 'string' && told.isGood && !told.note.includes('\n');
    say(`${told.isGood ? 'ok  ' : 'FAIL'} ${seconds} s  ${name}${isShort ? `: ${told.note}` : ''}`);
    if (told.isGood) this.passed += 1;
    else {
      this.failed.push(name);
      say(`        ${String(told.note).trim().split('\n').slice(-LINES_SHOWN).join('\n        ')}`);
    }
  }
}

/** Starts a shell command; `ended` resolves with its exit code and all that it printed. */
export function start(command, { cwd, env = {} } = {}) {
  const child = spawn('bash', ['-c', command], { cwd, env: { ...process.env, ...env }, detached: true });
  let output = '';
  const take = (chunk) => (output += chunk);
  child.stdout.on('data', take);
  child.stderr.on('data', take);
  const ended = new Promise((resolve) => child.on('close', (code) => resolve({ code, output })));
  // The whole group, as a terminal does it.
  const interrupt = () => child.exitCode === null && process.kill(-child.pid, 'SIGINT');
  return { ended, interrupt, output: () => output };
}

/** Runs a shell command to its end and gives what it printed; throws where it fails. */
export async function sh(command, options = {}) {
  const { code, output } = await start(command, options).ended;
  if (code !== (options.code ?? 0))
    throw new Error(`expected ${command} to end with ${options.code ?? 0}, was ${code}:\n${output}`);
  return output;
}

/** Waits until a condition holds; throws what it said last. */
export async function until(seconds, condition) {
  const deadlineMs = Date.now() + seconds * 1000;
  for (;;) {
    try {
      return await condition();
    } catch (problem) {
      if (Date.now() > deadlineMs) throw problem;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }
}

/** Throws unless two values are the same. */
export function expectSame(was, expected, what = 'the value') {
  const [a, b] = [was, expected].map((value) => JSON.stringify(value));
  if (a !== b) throw new Error(`${what}: expected ${b}, was ${a}`);
}

/** Throws unless a text has a part. */
export function expectText(whole, part) {
  if (!whole.includes(part)) throw new Error(`expected ${JSON.stringify(part)} in:\n${whole.slice(-2000)}`);
}

/** Asks a port of this machine. */
export function ask(port, path, { method = 'GET', headers = {}, body } = {}) {
  return new Promise((resolve, reject) => {
    const place = { host: '127.0.0.1', port, path, method, timeout: 20_000 };
    const asking = request(
      { ...place, headers: { host: `localhost:${port}`, ...headers } },
      async (answer) => {
        const { statusCode: status, headers: given } = answer;
        resolve({ status, headers: given, text: await text(answer).catch(() => '') });
      },
    );
    asking.on('timeout', () => asking.destroy(new Error(`no answer from ${port}${path}`)));
    asking.on('error', reject);
    asking.end(body);
  });
}

/** The cookie of whoever is logged in, and how to log in where it does not hold any more. */
export const session = { cookie: '', enter: async () => undefined };

/** The whole answer of a GraphQL operation through a port; a cookie that it gives is kept. */
export async function post(port, document, variables = {}) {
  const origin = `http://localhost:${port}`;
  const headers = { 'content-type': 'application/json', origin, cookie: session.cookie };
  const body = JSON.stringify({ query: document, variables });
  const answer = await ask(port, '/graphql', { method: 'POST', headers, body });
  const [cookie] = answer.headers['set-cookie'] ?? [];
  if (cookie) [session.cookie] = cookie.split(';');
  return JSON.parse(answer.text);
}

/** Data of a GraphQL operation through a port, for somebody who is logged in. */
export async function query(port, document, variables = {}) {
  let { data, errors } = await post(port, document, variables);
  if (errors?.[0].extensions.code === 'UNAUTHENTICATED') {
    await session.enter(port);
    ({ data, errors } = await post(port, document, variables));
  }
  if (errors) throw new Error(JSON.stringify(errors));
  return data;
}

/** The first event of a subscription over a websocket. */
export function firstEvent(port, document) {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://localhost:${port}/graphql`, {
      protocols: 'graphql-transport-ws',
      headers: { cookie: session.cookie },
    });
    const timer = setTimeout(() => end(reject, new Error('no event within 20 s')), 20_000);
    const end = (settle, value) => {
      clearTimeout(timer);
      socket.close();
      settle(value);
    };
    socket.onopen = () => socket.send('{"type":"connection_init"}');
    socket.onerror = () => end(reject, new Error(`no websocket at ${port}`));
    socket.onmessage = ({ data }) => {
      const { type, payload } = JSON.parse(data);
      if (type === 'connection_ack')
        socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: document } }));
      if (type === 'next') end(resolve, payload.data);
      if (type === 'error') end(reject, new Error(JSON.stringify(payload)));
    };
  });
}
