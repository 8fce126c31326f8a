import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../test/create-test-app.ts';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
  const em = app.database.fork();
  for (const [id, name, kind] of [
    ['alr_1', 'zebra', 'RUN_FINISHED'],
    ['alr_2', 'Ape', 'DEPENDENCY_DOWN'],
  ])
    await em.execute(
      `insert into alert_rule (id, name, kind, is_enabled, checked_at, created_at) values (?, ?, ?, false, now(), now())`,
      [id, name, kind],
    );
  for (const [id, ruleId, message, at, seenAt] of [
    ['alt_1', 'alr_1', 'one', '2024-01-01', '2024-02-01'],
    ['alt_2', 'alr_2', 'two', '2024-01-02', null],
    ['alt_3', 'alr_1', 'three', '2024-01-03', null],
  ])
    await em.execute('insert into alert values (?, ?, ?, null, ?, ?)', [id, ruleId, message, at, seenAt]);
});
afterAll(() => app.stop());

const messagesOf = async (orderBy: object | null, filter: object | null = null) => {
  const { alerts } = await app.query(
    `query($orderBy: AlertOrder, $filter: AlertFilter) { alerts(first: 10, orderBy: $orderBy, filter: $filter) {
       totalCount nodes { message rule { name } } } }`,
    { orderBy, filter },
  );
  expect(alerts.totalCount).toBe(alerts.nodes.length);
  return alerts.nodes.map(({ message }: { message: string }) => message);
};

describe('a list of alerts', () => {
  it('has the newest first where no order is asked for', async () => {
    expect(await messagesOf(null)).toEqual(['three', 'two', 'one']);
  });

  it.each([
    ['AT', 'ASCENDING', ['one', 'two', 'three']],
    ['KIND', 'ASCENDING', ['two', 'one', 'three']],
    ['RULE', 'DESCENDING', ['three', 'one', 'two']],
    ['MESSAGE', 'ASCENDING', ['one', 'three', 'two']],
  ])('is ordered by %s %s', async (field, direction, expected) => {
    expect(await messagesOf({ field, direction })).toEqual(expected);
  });

  it.each([
    [{ kinds: ['RUN_FINISHED'] }, ['three', 'one']],
    [{ ruleId: 'alr_2' }, ['two']],
    [{ isSeen: true }, ['one']],
    [{ isSeen: false, kinds: ['RUN_FINISHED'] }, ['three']],
    [{ from: '2024-01-02', to: '2024-01-02' }, ['two']],
  ])('is filtered by %o', async (filter, expected) => {
    expect(await messagesOf(null, filter)).toEqual(expected);
  });
});
