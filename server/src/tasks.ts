import type { Config } from './config.ts';
import { AlertWatcher } from './alert/alert.watcher.ts';
import type { Services } from './context.ts';
import type { Clock } from './platform/clock.ts';
import type { Database } from './platform/database/database.ts';
import type { Logger } from './platform/logging/logger.ts';
import { Scheduler } from './platform/schedule/scheduler.ts';
import { removeOld, removeOldLogs } from './system/retention.ts';

/** Everything that comes round: backups, alerts, prices and what has had its time. */
export function scheduledTasks(
  config: Config,
  { clock, logger }: { readonly clock: Clock; readonly logger: Logger },
  services: Services,
  database: Database,
): Scheduler {
  const scheduler = new Scheduler(database, logger);
  const { backups } = services;
  const { everyHours } = backups.settings;
  if (everyHours > 0)
    scheduler.add({
      name: 'backup',
      intervalMs: everyHours * 3_600_000,
      work: async () => void (await backups.create()),
    });
  const watcher = new AlertWatcher(database, services, config.alerts, clock, logger);
  scheduler.add({
    name: 'alerts',
    intervalMs: 60_000,
    async work() {
      await watcher.look();
      await watcher.deliver();
    },
  });
  scheduler.add({
    name: 'prices',
    intervalMs: 60_000,
    work: (signal) => services.priceFeeds.refreshDue(signal, logger),
  });
  scheduler.add({
    name: 'retention',
    intervalMs: 24 * 3_600_000,
    async work() {
      const now = new Date(clock());
      const removed = await removeOld(database, { runDays: config.runRetentionDays }, now);
      const logs = await removeOldLogs(config.logDirectory, now);
      logger.info({ removed: { ...removed, logs } }, 'what had had its time was removed');
    },
  });
  return scheduler;
}
