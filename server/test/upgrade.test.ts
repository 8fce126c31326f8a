import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { expect, it } from 'vitest';
import { DATABASE, startApp } from '../src/app.ts';
import { parseConfig } from '../src/config.ts';
import { openEmbedded } from '../src/platform/database/embedded.ts';

const OLD_ROWS = [
  `insert into instrument (id, symbol, name, currency, asset_class, tick_size, lot_size, calendar, source, created_at)
   values ('ins_1', 'AAA', 'A', 'USD', 'EQUITY', 0.01, 1, 'NONE', 'test', now())`,
  `insert into portfolio (id, name, base_currency, created_at) values ('prt_1', 'Mine', 'USD', now())`,
  `insert into account (id, portfolio_id, name) values ('acc_1', 'prt_1', 'Main account')`,
  `insert into fill (id, account_id, instrument_id, side, quantity, price, fee, currency, executed_at, created_at)
   values ('fil_1', 'acc_1', 'ins_1', 'BUY', 2.5, 100, 1, 'USD', '2024-01-02T10:00Z', now())`,
  `insert into transaction (id, account_id, kind, fill_id, amount, currency, executed_at, created_at)
   values ('txn_1', 'acc_1', 'BUY', 'fil_1', -251, 'USD', '2024-01-02T10:00Z', now())`,
  `insert into run (id, kind, status, label, request, created_at)
   values ('run_1', 'SWEEP', 'SUCCEEDED', 'an old run', '{}', now())`,
];

it(
  'a data folder of the first version is brought up to date by the start',
  { timeout: 240_000 },
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ai-trading-upgrade-'));
    try {
      const [first] = DATABASE.migrations;
      const old = await openEmbedded(folder, { entities: DATABASE.entities, migrations: [first] });
      expect(await old.migrate()).toEqual(['0001-foundation']);
      for (const row of OLD_ROWS) await old.fork().execute(row);
      await old.close();

      const config = parseConfig({
        API_PORT: '0',
        WEB_PORT: '0',
        PORT: '0',
        DATA_DIR: folder,
        SEED_SAMPLES: 'false',
      });
      const app = await startApp(config, { clock: Date.now, logger: pino({ level: 'silent' }) });
      try {
        const query =
          '{ portfolios(first: 5) { nodes { name positions { nodes { instrument { symbol } quantity averageCost } } transactions(first: 5) { nodes { kind amount } } } } }';
        const response = await fetch(`${app.urls.api}/graphql`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ query }),
        });
        const { data, errors } = (await response.json()) as { data: any; errors?: unknown };
        expect(errors).toBeUndefined();
        expect(data.portfolios.nodes).toMatchObject([
          {
            name: 'Mine',
            positions: { nodes: [{ instrument: { symbol: 'AAA' }, quantity: '2.5', averageCost: '100' }] },
            transactions: { nodes: [{ kind: 'BUY', amount: '-251' }] },
          },
        ]);
        const applied = await app.database
          .fork()
          .execute<{ name: string }[]>('select name from mikro_orm_migrations order by id');
        expect(applied.map(({ name }) => name)).toEqual(DATABASE.migrations.map(({ name }) => name));
      } finally {
        await app.stop();
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
);
