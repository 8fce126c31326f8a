import { defineEntity, p } from '@mikro-orm/core';
import { Migration } from '@mikro-orm/migrations';
import { appendFileSync, cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { itNeeds } from '../../../../tools/testing/services.ts';
import { openEmpty } from '../../../test/embedded-database.ts';
import { hasPostgresql, startPostgresql } from '../../../test/services/postgresql.ts';
import { checkArchive, loadArchive, writeArchive } from './archive.ts';
import type { Database, DatabaseDefinition } from './database.ts';
import { openPostgresql } from './postgresql.ts';

class Books extends Migration {
  override up(): void {
    this.addSql(`create table portfolio (id serial primary key, name text, facts jsonb, content bytea,
      amount numeric(38,18), ratio double precision, at timestamptz, twice numeric generated always as (amount * 2) stored)`);
    this.addSql(
      `create table "order" (id bigserial primary key, portfolio_id integer not null references portfolio,
         visits integer not null default 0)`,
    );
    this.addSql(`create function visit() returns trigger language plpgsql as
      $$ begin new.visits := new.visits + 1; return new; end $$`);
    this.addSql('create trigger visit before insert on "order" for each row execute function visit()');
  }
  override down(): void {
    this.addSql('drop table "order"');
    this.addSql('drop function visit');
    this.addSql('drop table portfolio');
  }
}

class Notes extends Migration {
  override up(): void {
    this.addSql(`alter table portfolio add column note text not null default 'none'`);
    this.addSql('create table tag (portfolio_id integer references portfolio, name text)');
  }
  override down(): void {
    this.addSql('drop table tag');
    this.addSql('alter table portfolio drop column note');
  }
}

// The ORM wants to know of one.
const Book = defineEntity({
  name: 'Book',
  tableName: 'portfolio',
  properties: { id: p.integer().primary() },
});

const OLD: DatabaseDefinition = { entities: [Book], migrations: [{ name: '0001-books', class: Books }] };
const NEW: DatabaseDefinition = {
  entities: [Book],
  migrations: [...OLD.migrations, { name: '0002-notes', class: Notes }],
};
const ABOUT = { version: '0.1.0', createdAt: new Date('2026-01-02T03:04:05Z') };
const ROWS = `select p.id, p.name, p.facts::text, encode(p.content, 'hex') as content, p.amount::text, p.ratio, p.twice::text,
  extract(epoch from p.at)::text as at, (select count(*)::int from "order" o where o.portfolio_id = p.id) as orders
  from portfolio p order by p.id`;

const ends: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'ai-trading-archive-'));
  ends.push(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

async function embedded(definition: DatabaseDefinition): Promise<Database> {
  const database = await openEmpty(definition);
  ends.push(() => database.close());
  return database;
}

async function postgresql(definition: DatabaseDefinition): Promise<Database> {
  const service = await startPostgresql();
  ends.push(() => service.stop());
  const database = await openPostgresql(service.url, definition, pino({ level: 'silent' }));
  ends.push(() => database.close());
  return database;
}

async function filled(database: Database): Promise<Database> {
  await database.migrate();
  await database.fork().execute(
    `insert into portfolio (name, facts, content, amount, ratio, at) values
      (E'tab\\t line\\n back\\\\slash, "quote" é', '{"a": [1, null]}', '\\x00ff0a', 12345678901234567890.123456789012345678, 0.1, '2024-02-29 13:14:15.678+02'),
      (null, null, null, -0.000000000000000001, 'NaN', '1969-12-31T23:59:59Z'), ('', '{}', '', 0, 'Infinity', null)`,
  );
  await database
    .fork()
    .execute('insert into "order" (portfolio_id) select 1 + n % 3 from generate_series(1, 20000) n');
  return database;
}

describe.each([
  {
    from: 'the embedded database',
    to: 'the embedded database',
    open: embedded,
    target: embedded,
    needs: true,
  },
  {
    from: 'the embedded database',
    to: 'PostgreSQL',
    open: embedded,
    target: postgresql,
    needs: hasPostgresql,
  },
  {
    from: 'PostgreSQL',
    to: 'the embedded database',
    open: postgresql,
    target: embedded,
    needs: hasPostgresql,
  },
])('an archive from $from to $to', ({ open, target, needs }) => {
  const it = itNeeds(needs, 'a PostgreSQL server');

  it('carries every value and lets new rows go on counting', async () => {
    const source = await filled(await open(OLD));
    const path = folder();
    const { tables } = await writeArchive(source, path, ABOUT);
    expect(tables.map(({ name, rowCount }) => [name, rowCount])).toEqual([
      ['portfolio', 3],
      ['order', 20_000],
    ]);
    const copy = await target(OLD);
    await loadArchive(copy, OLD, path, { replace: false });
    expect(await copy.fork().execute(ROWS)).toEqual(await source.fork().execute(ROWS));
    const [next] = await copy
      .fork()
      .execute('insert into "order" (portfolio_id) values (3) returning id::int, visits');
    expect(next).toEqual({ id: 20_001, visits: 1 });
    // What a table does with a new row is not done again with one that is put back.
    expect(await copy.fork().execute('select distinct visits from "order"')).toEqual([{ visits: 1 }]);
  });
});

describe('loadArchive', () => {
  const path = mkdtempSync(join(tmpdir(), 'ai-trading-archive-'));
  let source: Database;
  beforeAll(async () => {
    source = await filled(await openEmpty(OLD));
    await writeArchive(source, path, ABOUT);
  });
  afterAll(async () => {
    await source.close();
    rmSync(path, { recursive: true });
  });

  it('brings the rows of an older version up to date', async () => {
    const copy = await embedded(NEW);
    await loadArchive(copy, NEW, path, { replace: false });
    expect(await copy.fork().execute('select distinct note from portfolio')).toEqual([{ note: 'none' }]);
  });

  it('refuses the archive of a newer version', async () => {
    const newer = folder();
    await writeArchive(await filled(await embedded(NEW)), newer, ABOUT);
    await expect(loadArchive(source, OLD, newer, { replace: true })).rejects.toThrow(
      'expected a backup of this version or an older one, was one of version 0.1.0 with 0002-notes',
    );
  });

  it('replaces what is there only when told to, a newer structure too', async () => {
    const other = await embedded(NEW);
    await other.migrate();
    await other.fork().execute(`insert into portfolio (name) values ('mine')`);
    await other.fork().execute(`insert into tag values (1, 'mine')`);
    await expect(loadArchive(other, NEW, path, { replace: false })).rejects.toThrow(
      'expected an empty database, was one with 1 rows of portfolio',
    );
    expect(await other.fork().execute('select name, note from portfolio')).toEqual([
      { name: 'mine', note: 'none' },
    ]);
    await loadArchive(other, NEW, path, { replace: true });
    expect(await other.fork().execute(ROWS)).toEqual(await source.fork().execute(ROWS));
    expect(await other.fork().execute('select * from tag')).toEqual([]);
  });

  it('names a file that was changed, and keeps what is there', async () => {
    const changed = folder();
    cpSync(path, changed, { recursive: true });
    appendFileSync(join(changed, 'order.txt'), '20001\t3\n');
    await expect(loadArchive(source, OLD, changed, { replace: true })).rejects.toThrow(
      /order\.txt: expected 20000 rows with hash \w{12}, was 20001 rows with \w{12}: the archive is damaged/,
    );
    expect((await source.fork().execute(ROWS)).length).toBe(3);
  });

  it('says so of a folder that is no archive', async () => {
    await expect(checkArchive(folder())).rejects.toThrow('this is no backup of AI Trading');
  });
});
