import { DeadlockException, OptimisticLockError, UniqueConstraintViolationException } from '@mikro-orm/core';
import type { EntityManager } from './database.ts';

/** Whether a write came to nothing because another one came first: done again it sees what that one has written. */
export function isConflict(problem: unknown): boolean {
  return (
    problem instanceof OptimisticLockError ||
    problem instanceof UniqueConstraintViolationException ||
    problem instanceof DeadlockException
  );
}

/**
 * Waits until nobody else is about to give something a name of a kind, until the transaction of the caller ends: whoever looks
 * afterwards whether it is taken sees what the others have written.
 */
export async function reserveName(em: EntityManager, kind: string, name: string): Promise<void> {
  await em.execute('select pg_advisory_xact_lock(hashtextextended(?, 0))', [`${kind} ${name}`]);
}
