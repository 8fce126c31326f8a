// Runs the product's commands on a suitable Node.js. Only built-ins, and readable by Node.js 20.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runQuietly, say } from './progress.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const [major, minor] = process.versions.node.split('.').map(Number);
const isSuitable = major === 24 && minor >= 7;
const [command, ...rest] = process.argv.slice(2);

if (isSuitable) {
  const { commands } = await import('./commands.mjs');
  if (!commands[command]) fail(`expected one of ${Object.keys(commands).join(', ')}, was ${command}`);
  await commands[command](rest).catch((problem) => fail(problem.message));
} else {
  const node = await privateNode().catch((problem) => fail(problem.message));
  const environment = { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH}` };
  const child = spawn(node, [fileURLToPath(import.meta.url), command, ...rest], {
    stdio: 'inherit',
    env: environment,
  });
  // The terminal sends Ctrl-C to the child as well; other senders reach only this process.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)));
}

/** The path of a Node.js 24 of the product's own, installed when it is missing. */
async function privateNode() {
  const file = () => {
    const folder = join(
      ROOT,
      'tools/node/node_modules',
      `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`,
      'bin',
    );
    return join(folder, process.platform === 'win32' ? 'node.exe' : 'node');
  };
  if (existsSync(file())) return file();
  const label = `Installing Node.js 24 for the product (this machine has ${process.version})`;
  await runQuietly(
    label,
    'npm',
    ['ci', '--prefix', join(ROOT, 'tools/node'), '--loglevel=error', '--no-fund', '--no-audit'],
    { cwd: join(ROOT, 'tools/node') },
  );
  if (existsSync(file())) return file();
  throw new Error(
    `No Node.js package exists for ${process.platform} ${process.arch}: install Node.js 24.7 or later, below 25, and try again (this is ${process.version}).`,
  );
}

function fail(message) {
  say(`\n${message}`);
  process.exit(1);
}
