import type { Clock } from '../platform/clock.ts';
import type { EntityManager } from '../platform/database/database.ts';
import type { Topics } from '../platform/pub-sub/pub-sub.ts';

/**
 * Leaves a message in the transaction of the change that it tells of. It travels once that has committed
 * and RunStore's `relay` is called, by whichever process.
 */
export async function leaveMessage<Name extends keyof Topics & string>(
  em: EntityManager,
  clock: Clock,
  topic: Name,
  message: Topics[Name],
): Promise<void> {
  await em.execute('insert into outbox (topic, message, created_at) values (?, ?::jsonb, ?)', [
    topic,
    JSON.stringify(message),
    new Date(clock()),
  ]);
}
