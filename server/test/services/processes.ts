import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

/** A server that a test suite started for itself, in a folder of its own. */
export interface Service {
  readonly url: string;
  readonly port: number;
  /** The id of its process; those it has started are that one's children. */
  processId(): number;
  /** Ends it as a crash would, keeping its folder. */
  crash(): Promise<void>;
  /** Sends a signal to it and to all processes it has started. */
  signal(signal: NodeJS.Signals): void;
  /** Resolves once it has ended by itself or by a signal. */
  ended(): Promise<void>;
  /** Starts it again on the same port and folder. */
  restart(): Promise<void>;
  /** Ends it and removes its folder. */
  stop(): Promise<void>;
}

/** The path of an installed program, or null. */
export function findProgram(name: string, extraFolders: readonly string[] = []): string | null {
  const folders = [
    ...(process.env.PATH ?? '').split(delimiter),
    '/usr/bin',
    '/usr/local/bin',
    ...extraFolders,
  ];
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path)) ?? null;
}

/** A port that nothing listens on at the moment. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as { port: number };
  probe.close();
  await once(probe, 'close');
  return port;
}

/** Whom to run a program as that refuses to run as root; empty for other users. */
export function unprivileged(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const users = readFileSync('/etc/passwd', 'utf8').split('\n');
  const line = ['postgres', 'nobody']
    .map((name) => users.find((user) => user.startsWith(`${name}:`)))
    .find(Boolean);
  const [, , uid, gid] = (line ?? '::65534:65534').split(':');
  return { uid: Number(uid), gid: Number(gid) };
}

export interface ServiceDefinition {
  readonly name: string;
  /** The program and its arguments for a folder and a port. */
  command(folder: string, port: number): readonly [string, ...string[]];
  /** Done once in the new folder. */
  prepare?(folder: string, user: { uid?: number; gid?: number }): void;
  isReady(port: number): Promise<boolean>;
  url(port: number): string;
}

/** Starts a service on a free port and waits until it answers. */
export async function startService(definition: ServiceDefinition): Promise<Service> {
  const folder = mkdtempSync(join(tmpdir(), `ai-trading-${definition.name}-`));
  const user = unprivileged();
  if (user.uid !== undefined) chownSync(folder, user.uid, user.gid!);
  definition.prepare?.(folder, user);
  const port = await freePort();
  let child: ChildProcess;
  // A suite that fails before it stops its service leaves none behind.
  process.once('exit', () => child?.kill('SIGKILL'));
  const start = async () => {
    const [program, ...args] = definition.command(folder, port);
    child = spawn(program, args, { ...user, cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout!.on('data', (chunk) => (output += chunk));
    child.stderr!.on('data', (chunk) => (output += chunk));
    const deadline = Date.now() + 20_000;
    while (!(await definition.isReady(port).catch(() => false))) {
      if (child.exitCode !== null || Date.now() > deadline) {
        throw new Error(`expected ${definition.name} to answer on port ${port}, was:\n${output}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, 'exit');
  };
  await start();
  return {
    url: definition.url(port),
    port,
    processId: () => child.pid!,
    crash: () => end('SIGKILL'),
    signal: (signal) => family(child.pid!).forEach((pid) => process.kill(pid, signal)),
    async ended() {
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    },
    restart: start,
    async stop() {
      await end('SIGINT');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Runs a program to its end; throws with its output where it fails. */
export function runProgram(
  program: string,
  args: readonly string[],
  user: { uid?: number; gid?: number },
): void {
  const done = spawnSync(program, args, { ...user, encoding: 'utf8', cwd: '/' });
  if (done.status !== 0)
    throw new Error(`expected ${program} to succeed, was ${done.status}: ${done.stdout}${done.stderr}`);
}

/** A process and those it has started, by their ids. */
function family(pid: number): number[] {
  const children = spawnSync('ps', ['-o', 'pid=', '--ppid', String(pid)], { encoding: 'utf8' });
  return [pid, ...children.stdout.split(/\s+/).filter(Boolean).map(Number)];
}
