import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { itNeeds } from '../../tools/testing/services.ts';
import { DATABASE } from '../src/app.ts';
import { writeArchive } from '../src/platform/database/archive.ts';
import type { Database } from '../src/platform/database/database.ts';
import { openPostgresql } from '../src/platform/database/postgresql.ts';
import { transferTables } from '../src/system/backup.ts';
import { createTestApp, type TestApp } from './create-test-app.ts';
import { openEmpty } from './embedded-database.ts';
import { grow } from './grown-world.ts';
import { hasPostgresql, startPostgresql } from './services/postgresql.ts';

/** What only passes through, and may be empty. */
const PASSING = ['outbox', 'seed', 'setup_token', 'staged_bar', 'login_challenge'];

const USER = 'usr_grown0';
const PORTFOLIO = `(select id from portfolio order by id limit 1)`;
const ACCOUNT = `(select account_id from transaction where fill_id is not null order by id limit 1)`;
const BOUGHT = `(select id from transaction where fill_id is not null order by id limit 1)`;
/** A row of every kind that a grown world has none of. */
const ROWS = [
  `insert into api_token values ('tok_1', '${USER}', 'script', 'ait_abcdef', 'h1', '["READ"]', now(), null, now())`,
  `insert into passkey values ('psk_1', '${USER}', 'c1', '\\x00ff0a', 7, '["usb"]', 'Key', now(), null, 'localhost', true)`,
  `insert into recovery_code values ('${USER}', 'h2')`,
  `insert into user_invite values ('h3', '${USER}', now())`,
  `insert into user_session values ('ses_1', 'h4', '${USER}', now(), now(), now(), '::1', E'a\\tb', 'PASSWORD', null)`,
  `insert into oidc_identity values ('https://login.example', 'sub', '${USER}', now())`,
  `update app_user set totp_secret = 'sealed', totp_last_step = 57000000 where id = '${USER}'`,
  `insert into finding_dismissal values (${PORTFOLIO}, 'key', E'line\\nbreak', 'owner', now())`,
  `insert into import_mapping values (${PORTFOLIO}, 'shape', '{"a": 1}', now())`,
  `insert into import_symbol values (${PORTFOLIO}, 'symbol X', 'ins_grown0')`,
  `insert into imported_row values (${ACCOUNT}, 'print', (select id from transaction_import limit 1), '["txn_1"]')`,
  `insert into import_row values ((select id from run limit 1), 0, 'NEW', '{"b": [null]}')`,
  `insert into trade_note values ('not_1', ${ACCOUNT}, ${BOUGHT}, '[]', 1, '["a"]', 'breakout', 'é "quoted"', 5, 1.5, null, 'owner', now())`,
  `insert into transaction_void values ((select max(id) from transaction), null, 'wrong', 'owner', now())`,
  `insert into bar_version select id, from_ms, 0, 1, 99.5 from data_set limit 1`,
  `insert into access_event values ('acs_1', 'LOGIN', 'ada', 'ada', '::1', now())`,
];

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
  await grow(app, 1, await grow(app, 0, null));
  for (const row of ROWS) await app.database.fork().execute(row);
}, 120_000);
afterAll(() => app?.stop());

/** What became of every table in a transfer: its rows and their hash, there and here. */
async function transferred(target: Database) {
  const folder = mkdtempSync(join(tmpdir(), 'ai-trading-whole-'));
  const about = { version: '0.1.0', createdAt: new Date() };
  const options = { replace: false, version: about.version };
  const sent = await transferTables(app.database, target, DATABASE, options, about.createdAt);
  const kept = await writeArchive(target, folder, about);
  rmSync(folder, { recursive: true });
  return { sent: sent.tables, kept: kept.tables };
}

describe('a transfer of everything there is', { timeout: 120_000 }, () => {
  it('leaves every row of every table as it was, in another embedded database', async () => {
    const target = await openEmpty(DATABASE);
    try {
      const { sent, kept } = await transferred(target);
      const empty = sent.filter(({ rowCount }) => rowCount === 0).map(({ name }) => name);
      expect(empty.filter((name) => !PASSING.includes(name))).toEqual([]);
      expect(kept).toEqual(sent);
    } finally {
      await target.close();
    }
  });

  itNeeds(hasPostgresql, 'a PostgreSQL server')('and in PostgreSQL', async () => {
    const service = await startPostgresql();
    try {
      const target = await openPostgresql(service.url, DATABASE, pino({ level: 'silent' }));
      const { sent, kept } = await transferred(target);
      await target.close();
      expect(kept).toEqual(sent);
    } finally {
      await service.stop();
    }
  });
});
