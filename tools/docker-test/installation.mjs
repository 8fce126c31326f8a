import { randomUUID } from 'node:crypto';
import { appendFileSync, chmodSync, chownSync, copyFileSync, cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, relative } from 'node:path';
import { expectSame, post, query, session, sh, start, until } from './harness.mjs';

export const PROJECT = 'ai_trading';
export const IMAGE = 'ai-trading:local';
export const TEST_IMAGE = 'ai-trading-test:v1';
export const SERVICES = ['api', 'compute', 'dashboard', 'postgres', 'redis', 'web_app', 'worker'];
const SKIPPED = new Set(['node_modules', 'dist', 'build', '.svelte-kit', '.git', 'generated']);
const MOUNTED = ['data', 'logs', 'models', 'client/data'];
const CONTAINER_UID = 1000;

/** A copy of the project in a folder of its own, with a `.env` that holds a word no image may hold. */
export class Installation {
  canary = `canary-${randomUUID()}`;

  constructor(root, guide) {
    this.guide = guide;
    this.root = mkdtempSync(join(tmpdir(), 'ai-trading-docker-'));
    chmodSync(this.root, 0o755);
    cpSync(root, this.root, {
      recursive: true,
      verbatimSymlinks: true,
      filter: (path) => isSource(root, path),
    });
    for (const folder of MOUNTED) {
      // Whoever runs the test, the containers' user must be able to write.
      if (process.getuid() === 0) chownSync(join(this.root, folder), CONTAINER_UID, CONTAINER_UID);
      else chmodSync(join(this.root, folder), 0o777);
    }
    this.docker = join(this.root, 'docker');
    session.enter = (port) => this.enter(port);
  }

  /** Makes the environment file as the guide says, and puts the canary into it. */
  async makeEnvironment() {
    await this.atRoot('cp .env.example .env');
    appendFileSync(join(this.root, '.env'), `\nCANARY=${this.canary}\n`);
    copyFileSync(join(this.root, '.env'), join(this.root, '.env.local'));
  }

  /** Makes the first account with the token of the log, or logs in with it. */
  async enter(port) {
    const { data } = await post(port, '{ login { isSetUpNeeded } }');
    const account = { email: 'docker@example.org', password: this.canary };
    if (!data.login.isSetUpNeeded) {
      const logIn = 'mutation ($input: LogInInput!) { logIn(input: $input) { errors { message } } }';
      const answer = await post(port, logIn, { input: account });
      return expectSame(answer.data.logIn.errors, [], 'the login');
    }
    const log = await this.inDocker('docker compose logs api');
    const token = [...log.matchAll(/ ([\w-]{43})\s*$/gm)].at(-1)?.[1];
    const setUp = 'mutation ($input: SetUpInput!) { setUp(input: $input) { errors { message } } }';
    const answer = await post(port, setUp, { input: { ...account, name: 'Docker', token } });
    return expectSame(answer.data.setUp.errors, [], 'the set-up');
  }

  /** Runs a command of the guide at the root of the project. */
  atRoot(command) {
    return sh(this.guide.note(command), { cwd: this.root });
  }

  /** Runs a command of the guide in `docker/`. */
  inDocker(command, env = {}) {
    return sh(this.guide.note(command), { cwd: this.docker, env });
  }

  /** Runs a command of Compose that is not in the guide. */
  compose(args, env = {}) {
    return sh(`docker compose --progress quiet ${args}`, { cwd: this.docker, env });
  }

  /** Runs a command of the guide that stays in the foreground, does something while these services are up, and stops it by Ctrl-C. */
  async foreground(command, services, work) {
    const running = start(this.guide.note(command), { cwd: this.docker });
    let isOver = false;
    running.ended.then(() => (isOver = true));
    try {
      await until(900, async () => {
        if (!isOver) await this.expectHealthy(services);
      });
      if (isOver) throw new Error(`expected ${command} to go on, was over:\n${running.output()}`);
      await work();
    } finally {
      running.interrupt();
      await running.ended;
    }
  }

  /** Throws unless exactly these services run and are healthy. */
  async expectHealthy(services = SERVICES) {
    const lines = (await this.compose('ps --format "{{.Service}} {{.Health}}"')).trim().split('\n');
    const wanted = services.map((service) => `${service} healthy`);
    expectSame([...new Set(lines)].toSorted(), wanted.toSorted(), 'the services');
  }

  /** Throws unless every container has stopped. */
  async expectNothing() {
    expectSame((await this.compose('ps --services')).trim(), '', 'what still runs');
  }

  /** Waits until exactly these services run and are healthy. */
  untilHealthy(services = SERVICES) {
    return until(600, () => this.expectHealthy(services));
  }

  async remove() {
    await this.compose('down -v --remove-orphans', { POSTGRES_PASSWORD: 'any' });
    rmSync(this.root, { recursive: true, force: true });
  }
}

function isSource(root, path) {
  const inside = relative(root, path);
  if (basename(path) === '.env' && inside !== 'docker/.env') return false;
  if (MOUNTED.some((folder) => inside.startsWith(`${folder}/`))) return inside.endsWith('.gitkeep');
  return !SKIPPED.has(basename(path)) && !path.endsWith('.tsbuildinfo');
}

/** Throws where this Docker already has an installation, whose data the test would end. */
export async function expectNoInstallation() {
  const label = `--filter label=com.docker.compose.project=${PROJECT}`;
  const found = (await sh(`docker ps -aq ${label}; docker volume ls -q ${label}`)).trim();
  if (found) {
    throw new Error(
      `An installation ${PROJECT} is in this Docker already, and the test would end its data: keep what you need of it, then run "docker compose down -v" in docker/.`,
    );
  }
}

/** Runs a backtest through a port and waits for its result. */
export async function expectBacktest(port) {
  const { startBacktest } = await query(
    port,
    `mutation Start($input: StartBacktestInput!) { startBacktest(input: $input) { run { id } errors { message } } }`,
    { input: { idempotencyKey: `docker-${randomUUID()}`, strategyId: 'sma-cross', symbol: 'AAPL' } },
  );
  expectSame(startBacktest.errors, [], 'errors');
  await until(240, async () => {
    const { node } = await query(
      port,
      `query Run($id: ID!) { node(id: $id) { ... on BacktestRun { status } } }`,
      {
        id: startBacktest.run.id,
      },
    );
    expectSame(node.status, 'SUCCEEDED', 'the status');
  });
}
