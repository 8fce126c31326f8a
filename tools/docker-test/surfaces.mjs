import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ask, expectSame, expectText, firstEvent, query, session, sh } from './harness.mjs';
import { expectBacktest, SERVICES } from './installation.mjs';

const PAGES = [
  '/',
  '/dashboard',
  '/backtest',
  '/tradingview',
  '/technology',
  '/status',
  '/import',
  '/models',
  '/alerts',
];
const TABS = [
  '',
  '/performance',
  '/transactions',
  '/trades',
  '/accounts',
  '/allocation',
  '/rebalancing',
  '/risk',
  '/checks',
];
const html = { accept: 'text/html' };

/** What every port serves while all services run. */
export async function surfaces(checks, installation) {
  const { guide } = installation;
  await checks.check('everything starts in the foreground and stops by Ctrl-C', async () => {
    await installation.foreground('docker compose up', SERVICES, async () => undefined);
    await installation.expectNothing();
  });
  await checks.check('everything starts in the background', async () => {
    await installation.inDocker('docker compose up -d');
    await installation.untilHealthy();
  });
  await checks.check('ps and logs tell of every service', async () => {
    const listed = await installation.inDocker('docker compose ps');
    for (const name of ['dashboard', 'web_app', 'api', 'postgres', 'redis'])
      expectText(listed, `ai_trading_${name}`);
    expectText(await installation.inDocker('docker compose logs'), 'AI Trading is ready');
  });
  await checks.check('docker ps and docker logs do too', async () => {
    expectText(await installation.atRoot('docker ps'), 'ai_trading_dashboard');
    for (const name of ['dashboard', 'web_app', 'api'])
      expectText(await installation.atRoot(`docker logs ai_trading_${name}`), 'AI Trading is ready');
  });
  await checks.check('every port is open on this machine alone', async () => {
    const ports = await installation.compose('ps --format "{{.Ports}}"');
    expectSame(/0\.0\.0\.0|\[::\]:/.test(ports), false, 'open to others');
    expectText(await sh(guide.note('netstat -tulpn | grep 8050')), '127.0.0.1:8050');
  });
  await checks.check('the port of the alternative page is closed', async () => {
    expectSame(await ask(8501, '/').catch(() => null), null, 'the answer');
  });
  for (const port of [5000, 8050, 8000]) {
    await checks.check(`/health on ${port} is JSON and names the database`, async () => {
      expectText(await installation.atRoot(`curl http://localhost:${port}/health`), '"status":"ok"');
      const { status, text } = await ask(port, '/health');
      const states = JSON.parse(text).components.map(({ name, state }) => `${name} ${state}`);
      expectSame([status, states.includes('database UP')], [200, true]);
    });
  }
  await pagesAndApi(checks, installation);
}

async function pagesAndApi(checks, installation) {
  await checks.check('every page of the guide is there on 5000', async () => {
    const answers = await Promise.all(PAGES.map((page) => ask(5000, page, { headers: html })));
    expectSame(
      answers.map(({ status }) => status),
      PAGES.map(() => 200),
    );
    expectText(answers[0].text, 'data-surface="web"');
  });
  await checks.check('every tab of the dashboard is there on 8050 and on 5000', async () => {
    for (const port of [8050, 5000]) {
      const answers = await Promise.all(TABS.map((tab) => ask(port, `/dashboard${tab}`, { headers: html })));
      expectSame(
        answers.map(({ status }) => status),
        TABS.map(() => 200),
      );
    }
    expectText((await ask(8050, '/', { headers: html })).text, 'data-surface="dashboard"');
  });
  for (const port of [5000, 8050, 8000]) {
    await checks.check(`queries, subscriptions and a backtest work through ${port}`, async () => {
      const { system } = await query(port, '{ system { state profile } }');
      expectSame(system, { state: 'UP', profile: 'postgresql' });
      const { systemStatus } = await firstEvent(port, 'subscription { systemStatus { state } }');
      expectSame(systemStatus, { state: 'UP' });
      await expectBacktest(port);
    });
  }
  await checks.check('8000 sends a browser to the dashboard and has the playground', async () => {
    const root = await ask(8000, '/', { headers: html });
    expectSame([root.status, root.headers.location], [302, 'http://localhost:8050']);
    const stranger = await ask(8000, '/graphql', { headers: html });
    const login = 'http://localhost:8050/login?next=/graphql';
    expectSame([stranger.status, stranger.headers.location], [302, login], 'the answer to a stranger');
    const { cookie } = session;
    expectText((await ask(8000, '/graphql', { headers: { ...html, cookie } })).text, 'AI Trading API');
  });
  await checks.check('pages of other origins are turned away', async () => {
    const headers = { origin: 'http://evil.example' };
    expectSame((await ask(8050, '/graphql', { method: 'POST', headers, body: '{}' })).status, 403);
  });
  await checks.check('an upload through 5000 lies in client/data', async () => {
    const body = 'date,close\n';
    expectSame(
      (await ask(5000, '/uploads', { method: 'POST', body })).status,
      401,
      'the answer to a stranger',
    );
    const { cookie } = session;
    const answer = await ask(5000, '/uploads', { method: 'POST', body, headers: { cookie } });
    const { uploadId } = JSON.parse(answer.text);
    expectSame(readdirSync(join(installation.root, 'client/data')).includes(uploadId), true);
  });
  await checks.check('each process has a log file', async () => {
    const names = new Set(readdirSync(join(installation.root, 'logs')).map((name) => name.split(/[.-]/)[0]));
    expectSame([...names].filter(Boolean).toSorted(), ['api', 'compute', 'dashboard', 'web_app', 'worker']);
  });
}
