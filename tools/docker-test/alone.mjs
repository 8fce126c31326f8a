import { ask, expectSame, expectText, firstEvent, post, query, sh, start } from './harness.mjs';
import { expectBacktest, PROJECT, SERVICES } from './installation.mjs';

/** Parts by themselves, the GPU file, and the end. */
export async function alone(checks, installation) {
  await checks.check('everything stops', () => stop(installation));
  for (const [service, other, port] of [
    ['dashboard', 'web_app', 8050],
    ['web_app', 'dashboard', 5000],
  ]) {
    await checks.check(`${service} alone brings what it needs, and a backtest completes`, async () => {
      const needed = SERVICES.filter((one) => one !== other);
      await installation.foreground(`docker compose up ${service}`, needed, async () => {
        expectSame((await ask(port, '/dashboard', { headers: { accept: 'text/html' } })).status, 200);
        await expectBacktest(port);
      });
      await stop(installation);
    });
  }
  await checks.check('the read-only charts open when asked for, change nothing and close', () =>
    visuals(installation),
  );
  await checks.check('everything is built again and starts', () =>
    installation.foreground('docker compose up --build', SERVICES, async () => undefined),
  );
  await checks.check('the GPU file starts, or Docker says that it has no GPU', () => withGpu(installation));
  await checks.check('the file without GPU starts after it', async () => {
    await installation.compose('up -d');
    await installation.untilHealthy();
  });
  await checks.check('the end leaves nothing', async () => {
    await installation.compose('down -v');
    const label = `--filter label=com.docker.compose.project=${PROJECT}`;
    expectSame((await sh(`docker ps -aq ${label}; docker volume ls -q ${label}`)).trim(), '', 'what is left');
  });
}

async function stop(installation) {
  await installation.inDocker('docker compose down');
  await installation.expectNothing();
}

async function visuals(installation) {
  await installation.inDocker('docker compose --profile alt up -d');
  await installation.untilHealthy([...SERVICES, 'visuals']);
  const page = await ask(8501, '/', { headers: { accept: 'text/html' } });
  expectSame(page.status, 200, 'the status of the page');
  expectText(page.text, 'data-surface="visuals"');
  const { portfolios } = await query(8501, '{ portfolios(first: 100) { nodes { name } } }');
  expectSame(portfolios.nodes.length > 0, true, 'portfolios');
  await firstEvent(8501, 'subscription { systemStatus { state } }');
  const { errors } = await post(8501, 'mutation { removeSampleData { errors { message } } }');
  expectSame(errors?.[0].extensions.code, 'READ_ONLY', 'the refusal');
  expectSame(
    (await query(8000, '{ portfolios(first: 100) { nodes { name } } }')).portfolios,
    portfolios,
    'portfolios',
  );
  await installation.inDocker('docker compose --profile alt down');
  await installation.expectNothing();
  expectSame(await ask(8501, '/').catch(() => null), null, 'the answer');
}

async function withGpu(installation) {
  const { guide, docker } = installation;
  const command = guide.note('docker compose -f docker-compose.yml -f docker-compose.gpu.yml up -d');
  const { code, output } = await start(command, { cwd: docker }).ended;
  if (code !== 0) {
    expectText(output, 'could not select device driver "nvidia"');
    return 'no GPU here, and it is said';
  }
  await installation.untilHealthy();
  const [id] = (await installation.compose('ps -q compute')).trim().split('\n');
  expectText(await sh(`docker inspect -f '{{json .HostConfig.DeviceRequests}}' ${id}`), '"nvidia"');
  return 'started with a GPU, or a stand-in of one';
}
