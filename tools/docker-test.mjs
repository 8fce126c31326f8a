import { fileURLToPath } from 'node:url';
import { alone } from './docker-test/alone.mjs';
import { containers } from './docker-test/containers.mjs';
import { Guide } from './docker-test/guide.mjs';
import { Checks, expectSame } from './docker-test/harness.mjs';
import { images } from './docker-test/images.mjs';
import { Installation } from './docker-test/installation.mjs';
import { suite } from './docker-test/suite.mjs';
import { surfaces } from './docker-test/surfaces.mjs';
import { troubles } from './docker-test/troubles.mjs';
import { say } from './progress.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** In this order: each finds Docker as the one before left it; only the suite stands for itself. */
const PARTS = { images, surfaces, containers, troubles, alone, suite };

/**
 * Builds and runs the containers of a copy of the project, does everything that the guide says and
 * checks what it promises; gives the exit code. Arguments name parts to leave out: `--without suite`.
 */
export async function testDocker(args) {
  const left = new Set(args.filter((arg) => arg !== '--without'));
  const guide = new Guide();
  const checks = new Checks();
  const installation = new Installation(ROOT, guide);
  try {
    for (const [name, part] of Object.entries(PARTS)) {
      if (left.has(name)) continue;
      say(`\n${name}`);
      await part(checks, installation);
      if (name === 'images' && checks.failed.length > 0) break;
    }
    if (left.size === 0)
      await checks.check('every command of the guide was run', async () => expectSame(guide.missing, []));
  } finally {
    await installation.remove();
  }
  const { passed, failed } = checks;
  say(`\n${passed} passed, ${failed.length} failed${failed.map((name) => `\n  ${name}`).join('')}`);
  return failed.length === 0 ? 0 : 1;
}
