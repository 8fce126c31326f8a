import { expectSame, expectText, sh } from './harness.mjs';

const APPLICATION = ['api', 'worker', 'compute', 'dashboard', 'web_app'];

/** How containers are confined, configured and asked. */
export async function containers(checks, installation) {
  const inside = (service, command) => installation.compose(`exec -T ${service} sh -c '${command}'`);
  const setting = async (format) => {
    const lines = await installation.compose('ps -q');
    return (await sh(`docker inspect -f '${format}' ${lines.trim().split('\n').join(' ')}`))
      .trim()
      .split('\n');
  };
  for (const service of APPLICATION) {
    await checks.check(
      `${service} is unprivileged, without capabilities, under tini, on a read-only system`,
      async () => {
        expectSame((await inside(service, 'id -u; cat /proc/1/comm')).trim(), '1000\ntini');
        expectText(await inside(service, 'cat /proc/self/status'), 'CapEff:\t0000000000000000');
        expectText(await inside(service, 'touch /app/x 2>&1 || touch /tmp/x && echo tmp'), 'tmp');
        expectText(await inside(service, 'touch /app/x 2>&1 || true'), 'Read-only file system');
      },
    );
  }
  await checks.check(
    'every container has limits of memory and processes, and gains no privileges',
    async () => {
      const limits = await setting(
        '{{gt .HostConfig.Memory 0}} {{.HostConfig.PidsLimit}} {{.HostConfig.SecurityOpt}}',
      );
      for (const line of limits) {
        const [hasMemory, processes, security] = line.split(' ');
        expectSame(
          [hasMemory, Number(processes) > 0, security],
          ['true', true, '[no-new-privileges:true]'],
          line,
        );
      }
    },
  );
  await checks.check(
    'every container has a health check, a restart policy and a limit of its log',
    async () => {
      const format =
        '{{if .Config.Healthcheck}}yes{{end}} {{.HostConfig.RestartPolicy.Name}} {{index .HostConfig.LogConfig.Config "max-size"}}';
      expectSame([...new Set(await setting(format))], ['yes unless-stopped 10m']);
    },
  );
  await answers(checks, installation);
}

async function answers(checks, installation) {
  await checks.check('the database refuses a wrong password', async () => {
    const code = `import("pg").then(({default:{Client}})=>new Client("postgres://ai_trading:wrong@postgres/ai_trading").connect()).then(()=>console.log("in"),({code})=>console.log(code))`;
    expectSame((await installation.compose(`exec -T api node -e '${code}'`)).trim(), '28P01');
  });
  await checks.check('the GPU check asks compute, from the dashboard and from compute', async () => {
    for (const command of [
      'docker exec -it ai_trading_dashboard node doctor-gpu.js',
      'docker compose exec compute node doctor-gpu.js',
    ]) {
      installation.guide.note(command);
      // Both want a terminal.
      const output = await sh(`script -qec "${command}" /dev/null`, { cwd: installation.docker });
      expectText(output, 'in use');
      expectText(output, 'NVIDIA_VISIBLE_DEVICES');
    }
  });
  await checks.check('the variables of the guide are understood, each with a notice', async () => {
    const guides = {
      API_URL: 'http://dashboard:8000',
      DASH_DEBUG: 'true',
      FLASK_ENV: 'development',
      FLASK_DEBUG: '1',
    };
    await installation.compose('up -d --no-deps dashboard', guides);
    await installation.untilHealthy();
    const log = await sh('docker logs ai_trading_dashboard');
    expectText(log, 'using http://api:8000');
    expectText(log, 'the log level is debug');
    await installation.compose('up -d --no-deps dashboard');
    await installation.untilHealthy();
  });
  await checks.check('the password of the example is warned of', async () => {
    const log = await sh('docker logs ai_trading_api');
    expectText(log, 'POSTGRES_PASSWORD is the one of the example');
  });
}
