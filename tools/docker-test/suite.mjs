import { expectSame, sh, start } from './harness.mjs';
import { TEST_IMAGE } from './installation.mjs';

const inImage = (command) => sh(`docker run --rm --entrypoint sh ${TEST_IMAGE} -c '${command}'`);

/** The image of the tests. */
export async function suite(checks, installation) {
  await checks.check('the image of the tests builds', async () => {
    await installation.atRoot('docker build -t ai-trading-test:v1 -f docker/Dockerfile.test .');
    const bytes = Number(await sh(`docker image inspect -f "{{.Size}}" ${TEST_IMAGE}`));
    return `${Math.round(bytes / 1024 ** 2)} MiB`;
  });
  await checks.check('it runs as a plain user and holds no secret', async () => {
    expectSame((await inImage('id -u')).trim(), '1000');
    expectSame(
      await inImage(`grep -rl ${installation.canary} /app --exclude-dir=node_modules || true`),
      '',
      'files',
    );
  });
  await checks.check('the suite passes in it', () =>
    passes(installation, 'docker run --rm ai-trading-test:v1'),
  );
  await checks.check('the slow suite passes in it', () =>
    passes(installation, 'docker run --rm -e RUN_SLOW_TESTS=1 ai-trading-test:v1'),
  );
}

async function passes(installation, command) {
  const { code, output } = await start(installation.guide.note(command)).ended;
  const failed = output.split('\n').filter((line) => /FAIL|Error:/.test(line));
  if (code !== 0) throw new Error(failed.slice(-10).join('\n') || output.slice(-2000));
  return output.trim().split('\n').at(-1);
}
