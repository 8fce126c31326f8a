import 'reflect-metadata';
import { defineEntity, p } from '@mikro-orm/core';
import { Migration } from '@mikro-orm/migrations';
import pino from 'pino';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { itNeeds } from '../../../../tools/testing/services.ts';
import { openEmpty } from '../../../test/embedded-database.ts';
import { hasPostgresql, startPostgresql } from '../../../test/services/postgresql.ts';
import type { Database, DatabaseDefinition } from '../database/database.ts';
import { openPostgresql } from '../database/postgresql.ts';
import { UserProblem } from './errors.ts';
import { once } from './idempotency.ts';

class Tables extends Migration {
  override up(): void {
    this.addSql(
      'create table idempotency_key (key text primary key, input_hash text not null, result_id text, created_at timestamptz not null)',
    );
    this.addSql('create table effect (id text primary key)');
  }
}

const Effect = defineEntity({
  name: 'Effect',
  tableName: 'effect',
  properties: { id: p.string().primary() },
});

const definition: DatabaseDefinition = { entities: [Effect], migrations: [{ name: '0001', class: Tables }] };

const profiles = [
  { name: 'the embedded database', isThere: true },
  { name: 'PostgreSQL', isThere: hasPostgresql },
] as const;

describe.each(profiles)('a write with an idempotency key on $name', ({ name, isThere }) => {
  const it = itNeeds(isThere, 'a PostgreSQL server');
  let database: Database;
  let end: () => Promise<void> = async () => undefined;
  let count = 0;

  beforeAll(async () => {
    if (!isThere) return;
    const service = name === 'PostgreSQL' ? await startPostgresql() : null;
    database = service
      ? await openPostgresql(service.url, definition, pino({ level: 'silent' }))
      : await openEmpty(definition);
    await database.migrate();
    end = async () => {
      await database.close();
      await service?.stop();
    };
  });
  afterAll(() => end());

  function write(idempotencyKey: string, input: Record<string, unknown>, fail = false): Promise<string> {
    return database.fork().transactional((em) =>
      once(em, Date.now, 'test', { idempotencyKey, ...input }, async () => {
        count += 1;
        const id = `effect_${count}`;
        await em.execute('insert into effect (id) values (?)', [id]);
        if (fail) throw new Error('the write failed');
        return id;
      }),
    );
  }

  const effects = async () => (await database.fork().execute('select id from effect')).length;

  it('has one effect and one answer, of 50 at once', async () => {
    const before = await effects();
    const ids = await Promise.all(Array.from({ length: 50 }, () => write('key-of-fifty', { a: 1 })));
    expect(new Set(ids).size).toBe(1);
    expect(await effects()).toBe(before + 1);
  });

  it('is refused for another input', async () => {
    await write('key-reused', { a: 1 });
    const again = write('key-reused', { a: 2 }).catch((problem: unknown) => problem);
    expect(await again).toBeInstanceOf(UserProblem);
    expect(((await again) as UserProblem).error).toMatchObject({
      code: 'IDEMPOTENCY_KEY_REUSED',
      path: ['input', 'idempotencyKey'],
    });
  });

  it('can be tried again after it failed', async () => {
    const before = await effects();
    await expect(write('key-of-failure', { a: 1 }, true)).rejects.toThrow('the write failed');
    expect(await effects()).toBe(before);
    await write('key-of-failure', { a: 1 });
    expect(await effects()).toBe(before + 1);
  });

  it.each(['', 'short', 'with spaces in it', 'x'.repeat(129)])(
    'wants a key it can keep, not %o',
    async (key) => {
      const problem = await write(key, {}).catch((one: UserProblem) => one.error);
      expect(problem).toMatchObject({ code: 'INVALID', path: ['input', 'idempotencyKey'] });
    },
  );
});
