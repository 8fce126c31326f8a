import 'reflect-metadata';
import pino from 'pino';
import { describe, expect } from 'vitest';
import { itNeeds } from '../../../tools/testing/services.ts';
import { openEmpty } from '../../test/embedded-database.ts';
import { hasPostgresql, startPostgresql } from '../../test/services/postgresql.ts';
import type { Database, DatabaseDefinition } from '../platform/database/database.ts';
import { openPostgresql } from '../platform/database/postgresql.ts';
import { TransactionRow, TransactionVoidRow } from '../trade/transaction.entity.ts';
import { TransactionStore } from '../trade/transaction.store.ts';
import { Foundation } from './0001-foundation.ts';
import { Ledger } from './0002-ledger.ts';
import { Currencies } from './0003-currencies.ts';

const entities = [TransactionRow, TransactionVoidRow];
const foundation = { name: '0001-foundation', class: Foundation };
const BEFORE: DatabaseDefinition = { entities, migrations: [foundation] };
const AFTER: DatabaseDefinition = {
  entities,
  migrations: [
    foundation,
    { name: '0002-ledger', class: Ledger },
    { name: '0003-currencies', class: Currencies },
  ],
};
const OLD_ROWS = [
  `insert into instrument values ('ins_1', 1, 'AAA', 'A', 'USD', null, 'EQUITY', 0.01, 1, 'NONE', false, 'test', now())`,
  `insert into portfolio values ('prt_1', 1, 'Mine', 'USD', null, false, now())`,
  `insert into account values ('acc_1', 'prt_1', 'Main account')`,
  `insert into fill values ('fil_1', 'acc_1', 'ins_1', 'BUY', 2.5, 100.000000000000000001, 1, 'USD', '2024-01-02T10:00Z', 'x1', null, now())`,
  `insert into transaction values ('txn_0', 'acc_1', 'OPENING_BALANCE', null, 500, 'USD', now(), now())`,
  `insert into transaction values ('txn_1', 'acc_1', 'BUY', 'fil_1', -251, 'USD', '2024-01-02T10:00Z', now())`,
];

describe.each([
  { name: 'the embedded database', isThere: true },
  { name: 'PostgreSQL', isThere: hasPostgresql },
] as const)('the ledger of $name', ({ name, isThere }) => {
  const it = itNeeds(isThere, 'a PostgreSQL server');

  it('takes over fills, and is only ever added to', async () => {
    const service = name === 'PostgreSQL' ? await startPostgresql() : null;
    const logger = pino({ level: 'silent' });
    const open = (definition: DatabaseDefinition) =>
      service ? openPostgresql(service.url, definition, logger) : openEmpty(definition);
    let database: Database | null = null;
    try {
      database = await open(service ? BEFORE : AFTER);
      if (service) {
        await database.migrate();
        for (const row of OLD_ROWS) await database.fork().execute(row);
        await database.close();
        database = await open(AFTER);
        await database.migrate();
      } else {
        await database.orm.migrator.up('0001-foundation');
        for (const row of OLD_ROWS) await database.fork().execute(row);
        await database.migrate();
      }
      const [opening, bought] = await new TransactionStore(database, Date.now).entries('prt_1');
      expect([opening.kind, opening.timeMs, opening.amount.toFixed()]).toEqual([
        'OPENING_BALANCE',
        Date.UTC(2024, 0, 2, 10),
        '500',
      ]);
      expect([bought.instrumentId, bought.quantity, bought.price, bought.fee].map(String)).toEqual([
        'ins_1',
        '2.5',
        '100.000000000000000001',
        '1',
      ]);
      for (const change of [`update transaction set amount = 0`, `update fill set price = 0`])
        await expect(database.fork().execute(change)).rejects.toThrow('to which rows are only added');
      await database.fork().execute(`delete from portfolio`);
      expect(await database.fork().execute('select id from transaction')).toEqual([]);
    } finally {
      await database?.close();
      await service?.stop();
    }
  });
});
