import { randomUUID } from 'node:crypto';
import { ask, expectSame, expectText, firstEvent, query, sh, until } from './harness.mjs';
import { expectBacktest } from './installation.mjs';

const status = (port, path) => ask(port, path, { headers: { accept: 'text/html' } });

/** Crashes, outages, restores and other ports. */
export async function troubles(checks, installation) {
  const inspect = async (name, format) => (await sh(`docker inspect -f '${format}' ${name}`)).trim();
  await checks.check('a crash of the API is followed by a restart', async () => {
    // As root of the machine, or by a container that may: Docker's own kill would not count as a crash.
    const pid = await inspect('ai_trading_api', '{{.State.Pid}}');
    await sh(
      `docker run --rm --pid host --cap-add KILL -u 0 --entrypoint sh ai-trading:local -c 'kill -9 ${pid}'`,
    );
    await until(20, async () =>
      expectSame(await inspect('ai_trading_api', '{{gt .RestartCount 0}}'), 'true'),
    );
    await installation.untilHealthy();
  });
  await checks.check('without the database /health is 503 and names it, /status answers', async () => {
    await installation.compose('stop postgres');
    for (const port of [8000, 5000, 8050]) {
      await until(30, async () => expectSame((await ask(port, '/health')).status, 503, `health on ${port}`));
      expectText((await ask(port, '/health')).text, '"name":"database"');
    }
    expectSame((await status(5000, '/status')).status, 200);
    expectSame(await inspect('ai_trading_api', '{{.State.Running}}'), 'true');
  });
  await checks.check('with the database back everything works by itself', async () => {
    await installation.compose('start postgres');
    await installation.untilHealthy();
    await expectBacktest(5000);
  });
  await checks.check('without the API pages answer and say what is missing', async () => {
    await installation.compose('stop api');
    expectSame((await status(5000, '/status')).status, 200);
    const health = await ask(8050, '/health');
    expectSame([health.status, JSON.parse(health.text).components[0].name], [503, 'api']);
    const answer = await ask(5000, '/graphql', { method: 'POST', body: '{}' });
    expectText(answer.text, 'API_UNREACHABLE');
    await installation.compose('start api');
    await installation.untilHealthy();
  });
  await checks.check('a killed Redis comes back with what it held', async () => {
    await installation.compose('exec -T redis redis-cli set kept yes');
    const pid = await inspect('ai_trading_redis', '{{.State.Pid}}');
    await sh(
      `docker run --rm --pid host --cap-add KILL -u 0 --entrypoint sh ai-trading:local -c 'kill -9 ${pid}'`,
    );
    await installation.untilHealthy();
    expectText(await installation.compose('exec -T redis redis-cli get kept'), 'yes');
    await expectBacktest(8050);
  });
  await checks.check('a stop is orderly and quick', async () => {
    await installation.compose('stop -t 12 api web_app dashboard');
    for (const name of ['api', 'web_app', 'dashboard'])
      expectSame(await inspect(`ai_trading_${name}`, '{{.State.ExitCode}}'), '0', name);
    await installation.compose('start api web_app dashboard');
    await installation.untilHealthy();
  });
  await changes(checks, installation);
}

async function changes(checks, installation) {
  const commands = installation.guide.commands;
  const [dump, restore] = commands.filter((command) => /pg_dump|pg_restore/.test(command));
  const [backup, refill] = commands.filter((command) => command.includes('cli/storage.js'));
  await checks.check('a dump of the database restores what was deleted since', () =>
    restores(installation, dump, restore),
  );
  await checks.check('the newest backup of the product does too', () =>
    restores(installation, backup, refill),
  );
  await checks.check('workers and compute services scale', async () => {
    await installation.compose('up -d --no-recreate --scale worker=2 --scale compute=2');
    await installation.untilHealthy();
    expectSame((await installation.compose('ps -q worker compute')).trim().split('\n').length, 4);
    await expectBacktest(5000);
    await installation.compose('up -d --no-recreate --scale worker=1 --scale compute=1');
  });
  await checks.check('another port carries pages, queries and subscriptions', async () => {
    await installation.compose('up -d', { PORT: '8051' });
    await installation.untilHealthy();
    expectSame((await status(8051, '/')).status, 200);
    await query(8051, '{ __typename }');
    await firstEvent(8051, 'subscription { systemStatus { state } }');
    expectSame((await status(8000, '/')).headers.location, 'http://localhost:8051');
    expectSame(await ask(8050, '/').catch(() => null), null, 'the old port');
  });
  await checks.check('down and up keep what is stored', async () => {
    const before = await query(8000, '{ portfolios(first: 100) { nodes { id } } }');
    await installation.inDocker('docker compose down');
    await installation.compose('up -d');
    await installation.untilHealthy();
    expectSame(await query(8000, '{ portfolios(first: 100) { nodes { id } } }'), before);
  });
}

async function restores(installation, backUp, restore) {
  const name = `Kept ${randomUUID()}`;
  const input = { idempotencyKey: `docker-${randomUUID()}`, name, baseCurrency: 'USD' };
  const create = `mutation Create($input: CreatePortfolioInput!) { createPortfolio(input: $input) { portfolio { id version } } }`;
  const { portfolio } = (await query(8000, create, { input })).createPortfolio;
  const names = async () =>
    (await query(8000, '{ portfolios(first: 100) { nodes { name } } }')).portfolios.nodes.map(
      (one) => one.name,
    );
  await installation.inDocker(backUp);
  const { deletePortfolio } = await query(
    8000,
    'mutation Delete($input: DeletePortfolioInput!) { deletePortfolio(input: $input) { errors { message } } }',
    {
      input: {
        id: portfolio.id,
        expectedVersion: portfolio.version,
        idempotencyKey: `docker-${randomUUID()}`,
      },
    },
  );
  expectSame(deletePortfolio.errors, [], 'errors');
  expectSame((await names()).includes(name), false, 'the portfolio is there');
  await installation.inDocker('docker compose stop api worker');
  await installation.inDocker(restore);
  await installation.inDocker('docker compose start api worker');
  await installation.untilHealthy();
  expectSame((await names()).includes(name), true, 'the portfolio is there');
}
