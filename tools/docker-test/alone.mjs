import { ask, expectSame, expectText, sh, start } from './harness.mjs';
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
