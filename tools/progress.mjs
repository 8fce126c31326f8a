import { spawn } from 'node:child_process';

const LINES_SHOWN = 40;

/** Writes a line to the terminal. */
export function say(line) {
  process.stdout.write(`${line}\n`);
}

/** Runs a long step behind one line with its elapsed time; shows what it printed only when it fails. */
export async function runQuietly(label, program, args, options = {}) {
  const startedAtMs = Date.now();
  const seconds = () => `${Math.round((Date.now() - startedAtMs) / 1000)} s`;
  const isLive = process.stdout.isTTY;
  if (!isLive) say(`${label} ...`);
  const ticker = isLive ? setInterval(() => process.stdout.write(`\r${label} ... ${seconds()}`), 500) : null;
  const output = [];
  const code = await new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32',
      ...options,
    });
    child.stdout.on('data', (chunk) => output.push(chunk));
    child.stderr.on('data', (chunk) => output.push(chunk));
    child.on('error', reject);
    child.on('close', resolve);
  });
  if (ticker) clearInterval(ticker);
  if (code !== 0) {
    const lines = Buffer.concat(output).toString('utf8').trimEnd().split('\n').slice(-LINES_SHOWN);
    throw new Error(`${label} failed (${program} ${args.join(' ')}, code ${code}):\n${lines.join('\n')}`);
  }
  say(`${isLive ? '\r' : ''}${label} ... done in ${seconds()}`);
}

/** Runs a program on this terminal and gives its exit code; signals reach it too. */
export function runVisibly(program, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: 'inherit', shell: process.platform === 'win32', ...options });
    const forward = (signal) => child.kill(signal);
    const ignore = () => undefined;
    process.on('SIGTERM', forward);
    process.on('SIGINT', ignore);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      process.off('SIGTERM', forward);
      process.off('SIGINT', ignore);
      resolve(code ?? (signal ? 1 : 0));
    });
  });
}
