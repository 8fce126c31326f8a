import { parseArgs } from 'node:util';
import { measureDashboard } from './dashboard.ts';
import { measureSubscriptions } from './subscriptions.ts';
import { measureUsers } from './users.ts';
import { measureWorkers } from './workers.ts';

const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '10000' },
    subscriptions: { type: 'string', default: '2000' },
    seconds: { type: 'string', default: '10' },
    users: { type: 'string', default: '100' },
    minutes: { type: 'string', default: '10' },
    only: { type: 'string', default: 'dashboard,subscriptions,users,workers' },
  },
});
const parts: Readonly<Record<string, () => Promise<string[]>>> = {
  dashboard: () => measureDashboard(Number(values.requests)),
  subscriptions: () => measureSubscriptions(Number(values.subscriptions), Number(values.seconds)),
  users: () => measureUsers(Number(values.users), Number(values.minutes)),
  workers: measureWorkers,
};

for (const name of values.only.split(',')) {
  const measure = parts[name];
  if (!measure) throw new Error(`expected --only with some of ${Object.keys(parts).join(', ')}, was ${name}`);
  process.stdout.write(`${(await measure()).join('\n')}\n\n`);
}
