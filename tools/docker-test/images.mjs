import { ask, expectSame, expectText, sh } from './harness.mjs';
import { expectNoInstallation, IMAGE } from './installation.mjs';

const BYTES_MAXIMUM = 500 * 1024 ** 2;
const inImage = (command) => sh(`docker run --rm --entrypoint sh ${IMAGE} -c '${command}'`);

/** Configuration, build and what is in the image. */
export async function images(checks, installation) {
  const { guide } = installation;
  await checks.check('this Docker has no installation that the test would end', expectNoInstallation);
  await checks.check('without .env Compose stops and says what to do', async () => {
    const output = await sh('docker compose config -q', { cwd: installation.docker, code: 15 });
    expectText(output, 'cp .env.example .env');
  });
  await checks.check('.env is made as the guide says', () => installation.makeEnvironment());
  await checks.check('Compose reads the .env of the root, and the shell wins', async () => {
    const folded = await installation.compose('config');
    expectText(folded, 'POSTGRES_PASSWORD: changeme');
    expectText(await installation.compose('config', { LOG_LEVEL: 'trace' }), 'LOG_LEVEL: trace');
  });
  await checks.check('Docker and Compose are new enough', async () => {
    const engine = (await sh('docker version -f "{{.Server.Version}}"')).trim();
    return `Docker ${engine}, Compose ${(await sh('docker compose version --short')).trim()}`;
  });
  await checks.check('the image builds', async () => {
    guide.note('cd docker');
    const startedAtMs = Date.now();
    await installation.compose('build -q api');
    return `${Math.round((Date.now() - startedAtMs) / 1000)} s, what was cached included`;
  });
  await checks.check('building again takes what is there', async () => {
    const startedAtMs = Date.now();
    await installation.compose('build -q api');
    const seconds = (Date.now() - startedAtMs) / 1000;
    if (seconds > 60) throw new Error(`expected at most 60 s, was ${seconds} s`);
  });
  await checks.check('the image is small', async () => {
    const bytes = Number(await sh(`docker image inspect -f "{{.Size}}" ${IMAGE}`));
    if (bytes > BYTES_MAXIMUM) throw new Error(`expected at most ${BYTES_MAXIMUM} bytes, was ${bytes}`);
    return `${Math.round(bytes / 1024 ** 2)} MiB`;
  });
  await checks.check('no .env and no secret of it is in the image', async () => {
    expectSame(await inImage(`grep -rl ${installation.canary} /app /home /tmp || true`), '', 'files');
    expectSame(await inImage('find / -xdev -name ".env*" 2>/dev/null || true'), '', 'files');
  });
  await checks.check('no tools of development, no sources, no curl are in the image', async () => {
    const paths =
      'node_modules/typescript node_modules/vite node_modules/vitest server/src client/src/routes .git';
    expectSame(await inImage(`ls -d ${paths} 2>/dev/null || true`), '', 'paths');
    expectSame(await inImage('command -v curl wget git || true'), '', 'programs');
  });
  await checks.check('a folder that may not be written is named', async () => {
    const output = await sh(`docker run --rm --read-only ${IMAGE}`, { code: 1 });
    expectText(output, 'may not be written by this user');
  });
  await checks.check('nothing answers before the start', async () => {
    const answers = await Promise.all([5000, 8000, 8050].map((port) => ask(port, '/').catch(() => null)));
    expectSame(answers, [null, null, null], 'answers');
  });
}
