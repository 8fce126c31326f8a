import { defineEntity, p } from '@mikro-orm/core';
import pino from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openEmpty } from '../../../test/embedded-database.ts';
import { Operations } from '../../migrations/0009-operations.ts';
import type { Database } from '../database/database.ts';
import { type ScheduledTask, Scheduler } from './scheduler.ts';

const Schedule = defineEntity({
  name: 'Schedule',
  tableName: 'schedule',
  properties: { name: p.string().primary() },
});
const logger = pino({ level: 'silent' });
let database: Database;

beforeAll(async () => {
  database = await openEmpty({
    entities: [Schedule],
    migrations: [{ name: '0009-operations', class: Operations }],
  });
  await database.migrate();
});
afterEach(() => database.fork().execute('delete from schedule'));
afterAll(() => database.close());

function process(task: Partial<ScheduledTask> = {}): { scheduler: Scheduler; done: string[] } {
  const done: string[] = [];
  const scheduler = new Scheduler(database, logger);
  const work = async () => void done.push('work');
  scheduler.add({ name: 'sweep the floor', intervalMs: 3_600_000, isDueAtFirst: true, work, ...task });
  return { scheduler, done };
}

async function makeDue(): Promise<void> {
  await database.fork().execute(`update schedule set due_at = clock_timestamp() - interval '1 second'`);
}

async function state(): Promise<{ waits: number; last_problem: string | null }> {
  const [row] = await database
    .fork()
    .execute(
      'select round(extract(epoch from due_at - clock_timestamp()) / 60)::int as waits, last_problem from schedule',
    );
  return row as { waits: number; last_problem: string | null };
}

describe('Scheduler', () => {
  it('does a task when it is due, and then not before its interval is over', async () => {
    const { scheduler, done } = process();
    expect(await scheduler.turn()).toEqual(['sweep the floor']);
    expect(await scheduler.turn()).toEqual([]);
    expect(await state()).toEqual({ waits: 60, last_problem: null });
    await makeDue();
    await scheduler.turn();
    expect(done).toEqual(['work', 'work']);
  });

  it('waits an interval before the first turn where nothing else was said', async () => {
    const { scheduler, done } = process({ isDueAtFirst: false });
    await scheduler.turn();
    expect(done).toEqual([]);
    expect((await state()).waits).toBe(60);
  });

  it('lets one of several processes do it', async () => {
    const [left, right] = [process(), process()];
    await Promise.all([left.scheduler.turn(), right.scheduler.turn()]);
    expect([...left.done, ...right.done]).toEqual(['work']);
  });

  it('tries a task that failed again after ten minutes, and keeps what it said', async () => {
    const { scheduler } = process({ work: () => Promise.reject(new Error('the broom is gone')) });
    await scheduler.turn();
    expect(await state()).toEqual({ waits: 10, last_problem: 'the broom is gone' });
  });

  it('takes over from a process that died at it', async () => {
    const dead = process({ work: () => new Promise(() => undefined) });
    void dead.scheduler.turn();
    await expect
      .poll(
        async () =>
          (await database.fork().execute('select 1 from schedule where lease_until is not null')).length,
      )
      .toBe(1);
    const heir = process();
    expect(await heir.scheduler.turn()).toEqual([]);
    await database
      .fork()
      .execute(`update schedule set lease_until = clock_timestamp() - interval '1 second'`);
    expect(await heir.scheduler.turn()).toEqual(['sweep the floor']);
  });
});
