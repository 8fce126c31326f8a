import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Secret, TOTP } from 'otpauth';
import pino from 'pino';
import { list } from 'tar';
import { afterAll, expect, it } from 'vitest';
import { createAccountsApp, PASSWORD, Visitor } from '../../test/accounts.ts';
import { secretKeyFile } from '../access/vault.ts';
import { DATABASE, startApp } from '../app.ts';
import { parseConfig } from '../config.ts';
import { openEmbedded } from '../platform/database/embedded.ts';
import { restoreBackup, writeBackup } from './backup.ts';

const START =
  'mutation ($password: String!) { startSecondFactor(input: {password: $password}) { secret errors { code } } }';
const CONFIRM = 'mutation ($code: String!) { confirmSecondFactor(input: {code: $code}) { errors { code } } }';
const BACK_UP = 'mutation { createBackup { backup { name } errors { message } } }';
const LOG_IN =
  'mutation ($input: LogInInput!) { logIn(input: $input) { nextStep { challenge } errors { code } } }';
const FINISH =
  'mutation ($input: FinishLoginInput!) { finishLogin(input: $input) { user { email } errors { code } } }';
const STEP_MS = 30_000;
const clock = () => Date.UTC(2026, 0, 5, 12, 0, 10);
const root = mkdtempSync(join(tmpdir(), 'ai-trading-backup-key-'));
const [home, fresh, models, backups] = ['home', 'fresh', 'models', 'backups'].map((name) => join(root, name));
const modeOf = (file: string) => statSync(file).mode & 0o777;

afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Turns a second factor on and backs the installation up with and without its key. */
async function backUp(): Promise<{ app: TOTP; file: string; bare: string }> {
  const installation = await createAccountsApp(
    { DATA_DIR: home, BACKUP_DIR: backups, MODELS_DIR: models },
    true,
    clock,
  );
  try {
    const { startSecondFactor } = await installation.admin.query(START, { password: PASSWORD });
    const app = new TOTP({ secret: Secret.fromBase32(startSecondFactor.secret) });
    const code = app.generate({ timestamp: clock() });
    const { confirmSecondFactor } = await installation.admin.query(CONFIRM, { code });
    const { createBackup } = await installation.admin.query(BACK_UP);
    expect([startSecondFactor.errors, confirmSecondFactor.errors, createBackup.errors]).toEqual([[], [], []]);
    const bare = join(backups, 'bare.tar.gz');
    const source = { version: '1', modelsDirectory: models, secretKeyFile: null };
    await writeBackup(installation.database, bare, source, new Date(clock()));
    return { app, file: join(backups, createBackup.backup.name), bare };
  } finally {
    await installation.stop();
  }
}

async function namesIn(file: string): Promise<string[]> {
  const names: string[] = [];
  await list({ file, onReadEntry: ({ path }) => names.push(path) });
  return names;
}

it('opens secrets of a backup in a fresh installation: a code of the app works there', async () => {
  const { app, file, bare } = await backUp();
  expect(modeOf(file)).toBe(0o600);
  expect(await namesIn(file)).toContain('secret.key');
  expect(await namesIn(bare)).not.toContain('secret.key');

  const key = secretKeyFile(fresh);
  mkdirSync(fresh);
  writeFileSync(key, 'of an installation before');
  const database = await openEmbedded(fresh, DATABASE);
  const places = { modelsDirectory: models, secretKeyFile: key, replace: false };
  await restoreBackup(database, DATABASE, file, places);
  await database.close();
  expect(readFileSync(key, 'utf8')).toBe(readFileSync(secretKeyFile(home), 'utf8'));
  expect(modeOf(key)).toBe(0o600);
  expect(readFileSync(`${key}.replaced`, 'utf8')).toBe('of an installation before');
  await expectLogin(app);
}, 240_000);

/** Logs in at the fresh installation by the code after the one that was used. */
async function expectLogin(app: TOTP): Promise<void> {
  const ports = { API_PORT: '0', WEB_PORT: '0', PORT: '0', LOG_DIR: root, OMP_NUM_THREADS: '1' };
  const config = parseConfig({ ...ports, DATA_DIR: fresh, MODELS_DIR: models, LOGIN: 'required' });
  const logger = pino({ level: 'silent' });
  const restored = await startApp({ ...config, seedSamples: false }, { clock, logger });
  try {
    const visitor = new Visitor(restored.urls.api);
    const { logIn } = await visitor.query(LOG_IN, {
      input: { email: 'ada@example.org', password: PASSWORD },
    });
    const code = app.generate({ timestamp: clock() + STEP_MS });
    const { challenge } = logIn.nextStep;
    const { finishLogin } = await visitor.query(FINISH, { input: { challenge, code } });
    expect(finishLogin).toEqual({ user: { email: 'ada@example.org' }, errors: [] });
  } finally {
    await restored.stop();
  }
}
