import { defineEntity, p } from '@mikro-orm/core';
import { Migration } from '@mikro-orm/migrations';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { itNeeds } from '../../../../tools/testing/services.ts';
import { openEmpty } from '../../../test/embedded-database.ts';
import { hasPostgresql, startPostgresql } from '../../../test/services/postgresql.ts';
import type { Service } from '../../../test/services/processes.ts';
import type { Database, DatabaseDefinition } from './database.ts';
import { openPostgresql } from './postgresql.ts';
import pino from 'pino';

const ThingSchema = defineEntity({
  name: 'Thing',
  tableName: 'thing',
  properties: {
    id: p.string().primary(),
    version: p.integer().version(),
    amount: p.decimal(),
    at: p.datetime(),
    note: p.string().nullable(),
    facts: p.json().$type<Record<string, unknown>>(),
  },
});
class Thing extends ThingSchema.class {}
ThingSchema.setClass(Thing);

class Things extends Migration {
  override up(): void {
    this.addSql(`create table thing (id text primary key, version integer not null default 1,
      amount numeric(38,18) not null, at timestamptz not null, note text, facts jsonb not null)`);
    this.addSql('create table point (time_ms bigint, value double precision)');
  }
  override down(): void {
    this.addSql('drop table thing');
    this.addSql('drop table point');
  }
}

const definition: DatabaseDefinition = {
  entities: [Thing],
  migrations: [{ name: '0001-things', class: Things }],
};
const AMOUNT = '12345678901234567890.123456789012345678';
const AT = new Date('2024-02-29T13:14:15.678Z');

interface Profile {
  readonly name: string;
  readonly isThere: boolean;
  open(): Promise<{ database: Database; end(): Promise<void> }>;
}

const profiles: readonly Profile[] = [
  {
    name: 'embedded',
    isThere: true,
    async open() {
      const database = await openEmpty(definition);
      return { database, end: () => database.close() };
    },
  },
  {
    name: 'PostgreSQL',
    isThere: hasPostgresql,
    async open() {
      const service: Service = await startPostgresql();
      const database = await openPostgresql(service.url, definition, pino({ level: 'silent' }));
      const end = async () => {
        await database.close();
        await service.stop();
      };
      return { database, end };
    },
  },
];

describe.each(profiles)('the $name database', ({ isThere, open }) => {
  const it = itNeeds(isThere, 'a PostgreSQL server');
  let database: Database;
  let end: () => Promise<void>;

  beforeAll(async () => {
    if (!isThere) return;
    ({ database, end } = await open());
    expect(await database.migrate()).toEqual(['0001-things']);
  });
  afterAll(async () => end?.());

  it('keeps 38 digits, a point in time and JSON exactly', async () => {
    const em = database.fork();
    em.create(Thing, { id: 'exact', amount: AMOUNT, at: AT, note: null, facts: { a: [1, 'é'] } });
    await em.flush();
    const read = await database.fork().findOneOrFail(Thing, { id: 'exact' });
    expect({ ...read }).toMatchObject({
      amount: AMOUNT,
      at: AT,
      note: null,
      facts: { a: [1, 'é'] },
      version: 1,
    });
  });

  it('undoes a transaction that throws', async () => {
    const work = database.fork().transactional(async (em) => {
      await em.execute(`insert into thing (id, amount, at, facts) values ('lost', 1, now(), '{}')`);
      throw new Error('no');
    });
    await expect(work).rejects.toThrow('no');
    expect(await database.fork().count(Thing, { id: 'lost' })).toBe(0);
  });

  it('refuses the second of two changes to one version', async () => {
    const first = database.fork();
    first.create(Thing, { id: 'contested', amount: '1', at: AT, note: null, facts: {} });
    await first.flush();
    const [left, right] = [database.fork(), database.fork()];
    const [a, b] = [
      await left.findOneOrFail(Thing, 'contested'),
      await right.findOneOrFail(Thing, 'contested'),
    ];
    a.note = 'left';
    b.note = 'right';
    await left.flush();
    await expect(right.flush()).rejects.toThrow(/optimistic lock/);
    expect((await database.fork().findOneOrFail(Thing, 'contested')).note).toBe('left');
  });

  it('loses no update of 20 at once', async () => {
    await database
      .fork()
      .execute(`insert into thing (id, amount, at, facts) values ('counter', 0, now(), '{}')`);
    const add = () =>
      database.fork().transactional(async (em) => {
        const [{ amount }] = await em.execute(`select amount from thing where id = 'counter' for update`);
        await em.execute(`update thing set amount = ? where id = 'counter'`, [String(Number(amount) + 1)]);
      });
    await Promise.all(Array.from({ length: 20 }, add));
    expect(Number((await database.fork().findOneOrFail(Thing, 'counter')).amount)).toBe(20);
  });

  it('loads rows in bulk and reads them back as columns, null as NaN', async () => {
    const lines = Array.from(
      { length: 5_000 },
      (_, row) => `${1_600_000_000_000 + row},${row === 7 ? '' : row / 3}`,
    );
    await database.copyIn('point', ['time_ms', 'value'], lines);
    const [times, values] = await database.copyOut(
      'select time_ms::float8, value from point order by time_ms',
      2,
    );
    expect([times.length, values.length]).toEqual([5_000, 5_000]);
    expect([times[4_999], values[7], values[4_999]]).toEqual([1_600_000_004_999, NaN, 4_999 / 3]);
    const [none] = await database.copyOut('select value from point where value < 0', 1);
    expect(none.length).toBe(0);
  });

  it('keeps nothing of a bulk load with a bad line', async () => {
    const before = await database.fork().execute('select count(*)::int as count from point');
    await expect(database.copyIn('point', ['time_ms', 'value'], ['1,2', 'x,y'])).rejects.toThrow(
      /invalid input syntax/,
    );
    expect(await database.fork().execute('select count(*)::int as count from point')).toEqual(before);
  });

  it('tells its round trip', async () => {
    const times = [1_000, 1_004];
    expect(await database.ping(() => times.shift()!)).toBe(4);
  });

  it('can go a migration back and forth', async () => {
    await database.orm.migrator.down();
    await expect(database.fork().execute('select 1 from thing')).rejects.toThrow(/thing/);
    expect(await Promise.all([database.migrate(), database.migrate()])).toContainEqual(['0001-things']);
    expect(await database.fork().count(Thing)).toBe(0);
  });
});

describe('the PostgreSQL database', () => {
  const it = itNeeds(hasPostgresql, 'a PostgreSQL server');
  const logger = pino({ level: 'silent' });

  it('works again after a crash of the server, with every acknowledged row', async () => {
    const service = await startPostgresql();
    const database = await openPostgresql(service.url, definition, logger);
    try {
      await database.migrate();
      let acknowledged = 0;
      const isOver = { now: false };
      const write = async () => {
        while (!isOver.now) {
          const row = database.fork().execute(`insert into point values (1, 1)`);
          await row.then(
            () => (acknowledged += 1),
            () => new Promise((resolve) => setTimeout(resolve, 20)),
          );
        }
      };
      const writers = [write(), write(), write()];
      await new Promise((resolve) => setTimeout(resolve, 300));
      await service.crash();
      await service.restart();
      const before = acknowledged;
      await expect.poll(() => acknowledged, { timeout: 10_000 }).toBeGreaterThan(before + 10);
      isOver.now = true;
      await Promise.all(writers);
      const [{ count }] = await database.fork().execute('select count(*)::int as count from point');
      expect(count).toBeGreaterThanOrEqual(acknowledged);
      expect((await database.copyOut('select 1::float8', 1))[0][0]).toBe(1);
    } finally {
      await database.close();
      await service.stop();
    }
  });

  it('gets back the connections whose transactions a crash cut off', async () => {
    const service = await startPostgresql();
    const database = await openPostgresql(service.url, definition, logger);
    await database.migrate();
    // As many as the pool has.
    const open = Array.from({ length: 10 }, () => {
      let goOn = () => undefined as void;
      const ready = new Promise<void>((begun) => {
        void database
          .fork()
          .transactional(async (em) => {
            await em.execute('select 1');
            begun();
            await new Promise<void>((resolve) => (goOn = resolve));
            await em.execute('select 1');
          })
          .then(
            () => cut.push('committed'),
            () => cut.push('cut off'),
          );
      });
      return { ready, goOn: () => goOn() };
    });
    const cut: string[] = [];
    await Promise.all(open.map(({ ready }) => ready));
    await service.crash();
    await service.restart();
    for (const { goOn } of open) goOn();
    await expect.poll(() => cut).toEqual(Array.from({ length: 10 }, () => 'cut off'));
    await expect
      .poll(() => database.fork().execute('select 1 as one').catch(String), { timeout: 10_000 })
      .toEqual([{ one: 1 }]);
    await database.close();
    await service.stop();
  });

  it('is brought up to date by one of several that start at once', async () => {
    const service = await startPostgresql();
    const databases = await Promise.all([1, 2, 3].map(() => openPostgresql(service.url, definition, logger)));
    try {
      const applied = await Promise.all(databases.map((one) => one.migrate()));
      expect(applied.filter((names) => names.length > 0)).toEqual([['0001-things']]);
    } finally {
      for (const one of databases) await one.close();
      await service.stop();
    }
  });

  it('says where it looked when no server is there', async () => {
    const opening = openPostgresql('postgresql://nobody@127.0.0.1:1/none', definition, logger);
    await expect(opening).rejects.toThrow(
      /^expected a PostgreSQL server, version 15 or later, at 127.0.0.1:1.none .*ECONNREFUSED/,
    );
  });
});
