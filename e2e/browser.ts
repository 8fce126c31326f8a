import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { makeSampleData } from '../server/test/services/sample-data.ts';
import { itNeeds } from '../tools/testing/services.ts';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const CANDIDATES = [process.env.CHROMIUM_PATH, '/usr/bin/chromium', '/usr/bin/google-chrome'];
const executablePath = CANDIDATES.find((path) => path && existsSync(path));

/** A test that needs a browser. */
export const itInBrowser = itNeeds(executablePath !== undefined, 'Chromium (CHROMIUM_PATH)');

/** The built product, running on free ports with sample data in a folder of its own, and a browser. */
export interface Installation {
  readonly urls: { readonly api: string; readonly web: string; readonly dashboard: string };
  /** By which the first account is made; empty where nobody needs to log in. */
  readonly setUpToken: string;
  /** A new page that keeps what went wrong on it. */
  open(url: string): Promise<{ page: Page; problems: string[] }>;
  stop(): Promise<void>;
}

/** Starts both, under settings beside those that every test needs; null where there is no browser. */
export async function startInstallation(settings: NodeJS.ProcessEnv = {}): Promise<Installation | null> {
  if (!executablePath) return null;
  const folder = mkdtempSync(join(tmpdir(), 'ai-trading-e2e-'));
  await makeSampleData(folder);
  const environment = {
    PATH: process.env.PATH,
    API_PORT: '0',
    WEB_PORT: '0',
    PORT: '0',
    DATA_DIR: folder,
    LOG_DIR: join(folder, 'logs'),
    MODELS_DIR: join(folder, 'models'),
    ...settings,
  };
  const server = spawn(process.execPath, [join(ROOT, 'server/dist/main.js')], { env: environment });
  const { urls, setUpToken } = await ready(server);
  const args = [
    '--no-sandbox',
    '--disable-gpu',
    // Containers have little of it.
    '--disable-dev-shm-usage',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ];
  const browser: Browser = await chromium.launch({ executablePath, args });
  return {
    urls,
    setUpToken,
    async open(url) {
      const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, colorScheme: 'light' });
      const problems: string[] = [];
      page.on(
        'console',
        (message) => ['error', 'warning'].includes(message.type()) && problems.push(message.text()),
      );
      page.on('pageerror', (problem) => problems.push(problem.message));
      page.on('requestfailed', (request) => {
        // A page that is left ends what it was still asking for.
        const { errorText } = request.failure() ?? { errorText: '' };
        if (errorText !== 'net::ERR_ABORTED') problems.push(`${request.url()} failed: ${errorText}`);
      });
      page.on(
        'response',
        (response) =>
          response.status() >= 400 && problems.push(`${response.url()} answered ${response.status()}`),
      );
      await page.goto(url);
      return { page, problems };
    },
    async stop() {
      await browser.close();
      const ended = new Promise((resolve) => server.on('close', resolve));
      server.kill('SIGTERM');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function ready(server: ChildProcess): Promise<Pick<Installation, 'urls' | 'setUpToken'>> {
  let output = '';
  return new Promise((resolve, reject) => {
    const read = (chunk: Buffer) => {
      output += chunk.toString();
      const url = (name: string) => new RegExp(`${name} +(http://localhost:\\d+)`).exec(output)?.[1] ?? '';
      if (output.includes('Ctrl-C'))
        resolve({
          urls: { api: url('API'), web: url('Web'), dashboard: url('Dashboard') },
          setUpToken: /set-up token.*\s+([\w-]+)/.exec(output)?.[1] ?? '',
        });
    };
    server.stdout!.on('data', read);
    server.stderr!.on('data', read);
    server.on('close', () => reject(new Error(`the server ended:\n${output}`)));
  });
}
