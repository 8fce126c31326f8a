import autocannon from 'autocannon';
import { Child, median } from './child.ts';
import { DASHBOARD_QUERY } from './dashboard-data.ts';

const CONNECTIONS = 10;
const ROUNDS = 3;
/** Engines make code fast by how often it ran, so runs are measured by requests and not by time. */
const WARM_UP_REQUESTS = 5_000;
/** What the least that can answer took on the machine that the wanted time was set for, and that time. */
const REFERENCE = { floorMicros: 149, wantedMicros: 290 };

const request = {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ query: DASHBOARD_QUERY, variables: { id: 'prt_1' } }),
} as const;

interface Figures {
  readonly cpuMicros: number;
  readonly perSecond: number;
  readonly p99Ms: number;
}

/** The dashboard's query through the product's stack beside the least that can answer it, both over the same data in memory. */
export async function measureDashboard(requests: number): Promise<string[]> {
  const children = { floor: await Child.start('floor'), stack: await Child.start('stack') };
  try {
    const answers = await Promise.all(
      Object.values(children).map(async ({ url }) => (await fetch(`${url}/graphql`, request)).json()),
    );
    const [floorAnswer, stackAnswer] = answers as { data: unknown }[];
    if (JSON.stringify(floorAnswer.data) !== JSON.stringify(stackAnswer.data))
      throw new Error('expected equal answers, were different');
    const figures: Record<'floor' | 'stack', Figures[]> = { floor: [], stack: [] };
    for (const child of Object.values(children)) await load(child, WARM_UP_REQUESTS);
    for (let round = 0; round < ROUNDS; round += 1)
      for (const kind of ['floor', 'stack'] as const)
        figures[kind].push(await load(children[kind], requests));
    const of = (kind: 'floor' | 'stack', name: keyof Figures) =>
      median(figures[kind].map((one) => one[name]));
    const line = (name: string, kind: 'floor' | 'stack') =>
      `  ${name.padEnd(34)} ${of(kind, 'cpuMicros').toFixed(0).padStart(6)} us CPU a request, ${of(kind, 'perSecond').toFixed(0)} a second, p99 ${of(kind, 'p99Ms')} ms`;
    const ratio = of('stack', 'cpuMicros') / of('floor', 'cpuMicros');
    const slowness = of('floor', 'cpuMicros') / REFERENCE.floorMicros;
    const kilobytes = JSON.stringify(floorAnswer).length / 1_000;
    return [
      `Dashboard query (a portfolio, 7 figures, 20 positions of 6 fields, ${kilobytes.toFixed(1)} KB), 10 connections:`,
      line('graphql-js over node:http', 'floor'),
      line('this product', 'stack'),
      `  ratio of processor time ${ratio.toFixed(2)} (wanted at most 1.9)`,
      `  wanted at most ${REFERENCE.wantedMicros} us where the first takes ${REFERENCE.floorMicros} us; this machine is ${slowness.toFixed(2)} times as slow, so ${(REFERENCE.wantedMicros * slowness).toFixed(0)} us here`,
    ];
  } finally {
    for (const child of Object.values(children)) child.stop();
  }
}

async function load(child: Child, amount: number): Promise<Figures> {
  const before = await child.cpuMicros();
  const result = await autocannon({
    url: `${child.url}/graphql`,
    connections: CONNECTIONS,
    amount,
    ...request,
  });
  const cpuMicros = (await child.cpuMicros()) - before;
  const failed = result.non2xx + result.errors + result.timeouts;
  if (failed > 0) throw new Error(`expected no failed request, were ${failed}`);
  const count = result.requests.total;
  return { cpuMicros: cpuMicros / count, perSecond: count / result.duration, p99Ms: result.latency.p99 };
}
