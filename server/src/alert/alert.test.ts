import { createServer, type IncomingMessage, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { text } from 'node:stream/consumers';
import pino from 'pino';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, newKey, type TestApp } from '../../test/create-test-app.ts';
import { AlertWatcher } from './alert.watcher.ts';
import { sendMail, signatureOf, waitAfter } from './delivery.ts';

const SECRET = 'a secret of sixteen or more';
const CREATE = `mutation($input: CreateAlertRuleInput!) { createAlertRule(input: $input) {
  rule { id version kind portfolio { name } instrument { symbol } } errors { code message path } } }`;
const ALERTS = `{ unseenAlertCount alerts(first: 20) { nodes { message value seenAt rule { name isTriggered problem }
  deliveries { channel target status attempts problem } } } }`;

/** A receiver that answers as told and keeps what it got. */
class Receiver {
  status = 204;
  readonly got: { headers: IncomingMessage['headers']; body: string }[] = [];
  readonly server: Server = createServer(async (request, response) => {
    this.got.push({ headers: request.headers, body: await text(request) });
    response.writeHead(this.status).end();
  });
}

describe('a mail server that falls silent', () => {
  it('is given up after the longest wait for an answer', async () => {
    const silent = createTcpServer((socket) => {
      socket.on('error', () => undefined);
      socket.write('220 hello\r\n');
    });
    await new Promise<void>((done) => silent.listen(0, '127.0.0.1', done));
    const { port } = silent.address() as AddressInfo;
    const settings = {
      smtpUrl: `smtp://127.0.0.1:${port}`,
      mailFrom: 'trading@example.com',
      webhookHosts: [],
      webhookSecret: null,
    };
    const alert = { id: 'alt_1', rule: 'r', kind: 'RUN_FINISHED', message: 'm', value: null, at: '' };
    await expect(sendMail('me@example.com', 'ald_1', alert, settings, 100)).rejects.toThrow(/timeout/i);
    silent.close();
  });
});

describe('alerts', () => {
  const receiver = new Receiver();
  const mails: string[] = [];
  const mailServer = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData: (stream, _session, done) => void text(stream).then((mail) => (mails.push(mail), done())),
  });
  let app: TestApp;
  let watcher: AlertWatcher;
  let hook: string;
  let portfolioId: string;
  let nowMs = Date.now();

  beforeAll(async () => {
    await new Promise<void>((done) => receiver.server.listen(0, '127.0.0.1', done));
    await new Promise<void>((done) => mailServer.listen(0, '127.0.0.1', done));
    const host = `127.0.0.1:${(receiver.server.address() as AddressInfo).port}`;
    const mailPort = (mailServer.server.address() as AddressInfo).port;
    hook = `http://${host}/hook`;
    app = await createTestApp({
      ALERT_WEBHOOK_HOSTS: host,
      ALERT_WEBHOOK_SECRET: SECRET,
      SMTP_URL: `smtp://127.0.0.1:${mailPort}`,
      MAIL_FROM: 'trading@example.com',
    });
    const { services, database } = app;
    const logger = pino({ level: 'silent' });
    watcher = new AlertWatcher(database, services, services.alerts.settings, () => nowMs, logger);
    await importBars('AAA', [100, 120, 108]);
    const { createPortfolio } = await app.query(
      'mutation($input: CreatePortfolioInput!) { createPortfolio(input: $input) { portfolio { id } } }',
      { input: { idempotencyKey: newKey(), name: 'Mine', baseCurrency: 'USD' } },
    );
    portfolioId = createPortfolio.portfolio.id;
    for (const [version, transaction] of [
      { kind: 'DEPOSIT', executedAt: '2024-01-01', amount: '1000' },
      { kind: 'BUY', executedAt: '2024-01-01', symbol: 'AAA', quantity: '10', price: '100', fee: '0' },
    ].entries())
      await app.query(
        'mutation($input: RecordTransactionInput!) { recordTransaction(input: $input) { errors { message } } }',
        { input: { idempotencyKey: newKey(), portfolioId, expectedVersion: version + 1, transaction } },
      );
  });
  afterAll(async () => {
    await app.stop();
    receiver.server.close();
    await new Promise<void>((done) => mailServer.close(() => done()));
  });

  async function importBars(symbol: string, closes: readonly number[]): Promise<void> {
    const lines = closes.map((close, day) => `2024-01-0${day + 1},${close},${close},${close},${close}`);
    const content = `Date,Open,High,Low,Close\n${lines.join('\n')}`;
    const input = { idempotencyKey: newKey(), symbol, timeframe: 'DAY_1', content, duplicateRule: 'REPLACE' };
    const { importBars } = await app.query(
      'mutation($input: ImportBarsInput!) { importBars(input: $input) { run { id } errors { message } } }',
      { input },
    );
    const events = 'subscription($id: ID!) { runEvents(id: $id) { run { status } } }';
    for await (const { runEvents } of app.subscribe(events, { id: importBars.run.id })) void runEvents;
  }

  async function create(input: Record<string, unknown>): Promise<any> {
    const { createAlertRule } = await app.query(CREATE, { input: { idempotencyKey: newKey(), ...input } });
    return createAlertRule;
  }

  async function remove({ id, version }: { id: string; version: number }): Promise<void> {
    const { deleteAlertRule } = await app.query(
      'mutation($input: DeleteInput!) { deleteAlertRule(input: $input) { deletedId errors { message } } }',
      { input: { id, expectedVersion: version } },
    );
    expect(deleteAlertRule).toEqual({ deletedId: id, errors: [] });
  }

  it('are raised once when a condition comes true, and again after it was false', async () => {
    const { rule } = await create({ name: 'Deep', kind: 'DRAWDOWN', portfolioId, threshold: 0.1 });
    expect(rule).toMatchObject({ portfolio: { name: 'Mine' }, instrument: null });
    await watcher.look();
    await watcher.look();
    const first = await app.query(ALERTS);
    expect(first).toMatchObject({
      unseenAlertCount: 1,
      alerts: {
        nodes: [
          {
            message: 'Mine is 10 % below its peak (limit 10 %)',
            rule: { isTriggered: true },
            deliveries: [],
          },
        ],
      },
    });
    expect(first.alerts.nodes[0].value).toBeCloseTo(0.1, 12);
    await importBars('AAA', [100, 120, 119]);
    await watcher.look();
    await importBars('AAA', [100, 120, 90]);
    await watcher.look();
    const { unseenAlertCount } = await app.query(ALERTS);
    expect(unseenAlertCount).toBe(2);
    expect(await app.query('mutation { markAlertsSeen { seenCount } }')).toEqual({
      markAlertsSeen: { seenCount: 2 },
    });
    expect(await app.query('{ unseenAlertCount }')).toEqual({ unseenAlertCount: 0 });
    await remove(rule);
  });

  it('go to a webhook that can check them, and by mail', async () => {
    const { rule } = await create({
      name: 'Cheap',
      kind: 'PRICE_BELOW',
      symbol: 'aaa',
      threshold: 95,
      webhookUrl: hook,
      email: 'me@example.com',
    });
    await watcher.look();
    await watcher.deliver();
    await watcher.deliver();
    expect(receiver.got).toHaveLength(1);
    const [{ headers, body }] = receiver.got;
    expect(JSON.parse(body)).toMatchObject({
      rule: 'Cheap',
      kind: 'PRICE_BELOW',
      message: 'AAA is at 90, below 95',
      value: 90,
    });
    expect(headers['x-signature']).toBe(signatureOf(SECRET, String(headers['x-timestamp']), body));
    expect(mails).toHaveLength(1);
    expect(mails[0]).toMatch(
      /From: trading@example\.com[\s\S]*To: me@example\.com[\s\S]*Subject: AI Trading: Cheap[\s\S]*AAA is at 90, below 95/,
    );
    const { alerts } = await app.query(ALERTS);
    expect(alerts.nodes[0].deliveries).toMatchObject([
      { channel: 'EMAIL', status: 'SENT', attempts: 1, problem: null },
      { channel: 'WEBHOOK', status: 'SENT', attempts: 1, problem: null },
    ]);
    await remove(rule);
  });

  it('are tried again where a receiver is away, with the same delivery, and given up after five waits', async () => {
    receiver.status = 503;
    receiver.got.length = 0;
    const { rule } = await create({
      name: 'Again',
      kind: 'PRICE_ABOVE',
      symbol: 'AAA',
      threshold: 80,
      webhookUrl: hook,
    });
    await watcher.look();
    await watcher.deliver();
    await watcher.deliver();
    expect(receiver.got).toHaveLength(1);
    const delivery = async () => (await app.query(ALERTS)).alerts.nodes[0].deliveries[0];
    expect(await delivery()).toMatchObject({
      status: 'WAITING',
      attempts: 1,
      problem: 'expected an answer of 200 to 299, was 503',
    });
    for (let attempt = 1; waitAfter(attempt) !== null; attempt += 1) {
      nowMs += waitAfter(attempt)!;
      await watcher.deliver();
    }
    expect(await delivery()).toMatchObject({ status: 'FAILED', attempts: 6 });
    expect(new Set(receiver.got.map(({ headers }) => headers['x-delivery'])).size).toBe(1);
    await remove(rule);
  });

  it('tell of every run that ends, from the making of the rule on', async () => {
    const { rule } = await create({ name: 'Done', kind: 'RUN_FINISHED' });
    await watcher.look();
    expect((await app.query(ALERTS)).alerts.nodes).toEqual([]);
    const events = app.subscribe('subscription { alertRaised { message rule { name } } }');
    const told: string[] = [];
    void events.next().then(({ value }) => told.push(value.alertRaised.message));
    // The subscription may begin after the first import has ended.
    await expect
      .poll(
        async () => {
          await importBars('BBB', [1, 2]);
          await watcher.look();
          return told;
        },
        { timeout: 20_000 },
      )
      .toEqual([expect.stringMatching(/BBB.*: succeeded$/)]);
    const { alerts } = await app.query(ALERTS);
    expect(alerts.nodes[0].message).toMatch(/BBB.*: succeeded$/);
    await events.return(undefined);
    await remove(rule);
  });

  it('tell nothing to a user who may not log in any more', async () => {
    receiver.status = 204;
    receiver.got.length = 0;
    const em = app.database.fork();
    const userId = 'usr_01900000-0000-7000-8000-000000000001';
    await em.execute('insert into app_user (id, email, name, created_at) values (?, ?, ?, now())', [
      userId,
      'gone@example.org',
      'Gone',
    ]);
    const watch = { kind: 'PRICE_BELOW', symbol: 'AAA', threshold: 95, webhookUrl: hook };
    const { rule: before } = await create({ name: 'Before', ...watch });
    await em.execute('update alert_rule set owner_id = ? where id = ?', [userId, before.id]);
    await watcher.look();
    const { rule: after } = await create({ name: 'After', ...watch });
    await em.execute('update alert_rule set owner_id = ? where id = ?', [userId, after.id]);
    await em.execute('update app_user set is_disabled = true where id = ?', [userId]);
    await watcher.look();
    await watcher.deliver();
    expect(receiver.got).toEqual([]);
    const { alerts } = await app.query(ALERTS);
    expect(alerts.nodes.map(({ rule }: any) => rule.name)).toEqual(['Before']);
    expect(alerts.nodes[0].deliveries).toMatchObject([
      { status: 'FAILED', problem: 'its user may not log in any more' },
    ]);
    await remove(before);
    await em.execute('update app_user set is_disabled = false where id = ?', [userId]);
    await watcher.look();
    await watcher.deliver();
    expect(receiver.got.map(({ body }) => JSON.parse(body).rule)).toEqual(['After']);
    await remove(after);
  });

  it('say why a rule cannot be judged', async () => {
    const { rule } = await create({ name: 'Early', kind: 'VALUE_AT_RISK', portfolioId, threshold: 0.95 });
    await watcher.look();
    const { alertRules } = await app.query('{ alertRules { name problem isTriggered } }');
    expect(alertRules).toEqual([
      { name: 'Early', problem: 'there is too little data to judge it', isTriggered: false },
    ]);
    await remove(rule);
  });

  it.each([
    [{ kind: 'DRAWDOWN', threshold: 0.1 }, 'portfolioId', /^expected a portfolio for DRAWDOWN, was nothing$/],
    [{ kind: 'DRAWDOWN', threshold: 10 }, 'threshold', /^expected a fraction above 0 and below 1, was 10$/],
    [
      { kind: 'VALUE_AT_RISK', threshold: 0.2 },
      'threshold',
      /^expected a confidence above 0\.5 and below 1, was 0\.2$/,
    ],
    [{ kind: 'PRICE_ABOVE', threshold: 5 }, 'symbol', /^expected a symbol for PRICE_ABOVE, was nothing$/],
    [{ kind: 'PRICE_ABOVE', symbol: 'AAA' }, 'threshold', /^expected a price above 0, was nothing$/],
    [
      { kind: 'PRICE_BELOW', symbol: 'AAA', threshold: -1 },
      'threshold',
      /^expected a price above 0, was -1$/,
    ],
    [
      { kind: 'PRICE_ABOVE', symbol: 'ZZZ', threshold: 5 },
      'symbol',
      /^expected an existing instrument, was ZZZ$/,
    ],
    [
      { kind: 'RUN_FINISHED', webhookUrl: 'http://169.254.169.254/x' },
      'webhookUrl',
      /^expected a host of ALERT_WEBHOOK_HOSTS \(127\.0\.0\.1:\d+\), was 169\.254\.169\.254$/,
    ],
    [
      { kind: 'RUN_FINISHED', webhookUrl: 'http://me:pass@127.0.0.1/x' },
      'webhookUrl',
      /^expected an address without a name and a password, was one with them/,
    ],
    [
      { kind: 'RUN_FINISHED', webhookUrl: 'file:///etc/passwd' },
      'webhookUrl',
      /^expected an address such as https:\/\/example\.com\/hook, was "file:\/\/\/etc\/passwd"$/,
    ],
    [
      { kind: 'RUN_FINISHED', email: 'a@b.c, d@e.f' },
      'email',
      /^expected one e-mail address such as me@example\.com, was "a@b\.c, d@e\.f"$/,
    ],
    [{ kind: 'RUN_FINISHED', name: ' ' }, 'name', /^expected a name of 1 to 120 characters, was " "$/],
  ])('are refused for %j', async (input, field, message) => {
    const { rule, errors } = await create({ name: 'Bad', ...input });
    expect(rule).toBeNull();
    expect(errors).toEqual([
      {
        code: expect.any(String),
        message: expect.stringMatching(message),
        path: ['input', field],
      },
    ]);
  });

  it('keep a rule that was changed meanwhile', async () => {
    const { rule } = await create({ name: 'Twice', kind: 'DEPENDENCY_DOWN' });
    const UPDATE = `mutation($input: UpdateAlertRuleInput!) { updateAlertRule(input: $input) { rule { version isEnabled } errors { code } } }`;
    const input = { id: rule.id, expectedVersion: rule.version, isEnabled: false };
    expect((await app.query(UPDATE, { input })).updateAlertRule.rule).toEqual({
      version: 2,
      isEnabled: false,
    });
    expect((await app.query(UPDATE, { input })).updateAlertRule).toEqual({
      rule: null,
      errors: [{ code: 'STALE_VERSION' }],
    });
    expect(await app.query(`{ node(id: "${rule.id}") { ... on AlertRule { name } } }`)).toEqual({
      node: { name: 'Twice' },
    });
  });
});
