import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { commandsOf, guideText, NOT_RUN } from './guide.mjs';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const read = (path: string) => readFileSync(ROOT + path, 'utf8');
const headings = (text: string) => [...text.matchAll(/^#+/gm)].map(([marks]) => marks.length);
/** For whoever builds with other base images; not for `.env`. */
const BUILD_ONLY = ['IMAGE_TAG', 'NODE_IMAGE', 'POSTGRES_IMAGE', 'REDIS_IMAGE', 'DASHBOARD_PORT'];

describe('the Docker guide', () => {
  it('says the same in both languages', () => {
    const [en, fr] = [guideText('en'), guideText('fr')];
    expect(commandsOf(fr)).toEqual(commandsOf(en));
    expect(headings(fr)).toEqual(headings(en));
    const named = (text: string) =>
      [...text.matchAll(/`([A-Z][A-Z_]+)`/g)].map(([, name]) => name).toSorted();
    expect(named(fr)).toEqual(named(en));
  });

  it('has commands, and reasons only for those that it has', () => {
    const commands = commandsOf(guideText('en'));
    expect(commands).toContain('docker compose up');
    expect(Object.keys(NOT_RUN).filter((command) => !commands.includes(command))).toEqual([]);
  });

  it('takes commands out of indented blocks, each once, without comments', () => {
    expect(
      commandsOf('```bash\n# no\na b\n```\n   ```bash\n   c\n   a b\n   ```\n```yaml\nx: y\n```'),
    ).toEqual(['a b', 'c']);
  });
});

/** What the file of settings leaves out: where things are outside of Docker, and what Compose sets for each container. */
const NOT_IN_FILE =
  'SURFACE DASHBOARD_PORT DATA_DIR UPLOAD_DIR LOG_DIR MODELS_DIR DATABASE_URL POSTGRES_HOST POSTGRES_PORT REDIS_URL COMPUTE_URL WORKER';
/** What has no place in a container that others reach, or is for commands in a terminal. */
const NOT_FOR_CONTAINERS = ['API_TOKEN', 'LOGIN'];

describe('the settings of the product', () => {
  const compose = read('docker/docker-compose.yml') + read('docker/docker-compose.gpu.yml');
  const example = [...read('.env.example').matchAll(/^#?([A-Z_]+)=/gm)].map(([, name]) => name);

  it('are all in .env.example, but for those that each container has of its own', () => {
    const schema = /const schema = z\.object\(\{(.*?)^\}\);/ms.exec(read('server/src/config.ts'))![1];
    const settings = [...schema.matchAll(/^ {2}([A-Z_]+): /gm)].map(([, name]) => name);
    expect(settings.length).toBeGreaterThan(30);
    expect(settings.filter((name) => !example.includes(name))).toEqual(NOT_IN_FILE.split(' '));
  });

  it('have the containers of pages believed about addresses, and nobody else', () => {
    const pages = [...compose.matchAll(/^ {2}(\w+):\n {4}<<: \[\*app, \*pages\]/gm)].map(([, name]) => name);
    expect(pages).toEqual(['dashboard', 'web_app', 'visuals']);
    expect(compose).toContain(`TRUSTED_PROXIES: \${TRUSTED_PROXIES:-loopback,${pages.join(',')}}`);
  });

  it('reach the containers from .env', () => {
    const unused = example.filter((name) => !compose.includes(`\${${name}`));
    expect(unused.toSorted()).toEqual(NOT_FOR_CONTAINERS);
  });
});

describe('the variables of the containers', () => {
  const used = ['docker/docker-compose.yml', 'docker/docker-compose.gpu.yml']
    .flatMap((path) => [...read(path).matchAll(/\$\{([A-Z_]+)/g)].map(([, name]) => name))
    .filter((name) => !BUILD_ONLY.includes(name));

  it.each([...new Set(used)])('%s is in .env.example and in the guide', (name) => {
    expect(read('.env.example')).toMatch(new RegExp(`^#?${name}=`, 'm'));
    expect(guideText('en')).toContain(`\`${name}\``);
  });
});
