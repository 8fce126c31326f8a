import { createHash } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { EntityManager } from '../database/database.ts';
import { viewer } from '../viewer.ts';
import { invalid, refused } from './errors.ts';

/**
 * Does a write once for a key: with the same key and input again, the id of the first answer is
 * given back; with another input it is refused. Keys are each user's own. Runs in the caller's transaction, so that the key
 * and the effect are stored together or not at all.
 */
export async function once(
  em: EntityManager,
  clock: Clock,
  operation: string,
  input: { readonly idempotencyKey: string },
  write: () => Promise<string>,
): Promise<string> {
  const { idempotencyKey } = input;
  if (!/^[\x21-\x7e]{8,128}$/.test(idempotencyKey)) {
    throw invalid(
      `expected an idempotency key of 8 to 128 visible characters, was ${JSON.stringify(idempotencyKey)}`,
      'input',
      'idempotencyKey',
    );
  }
  const { key, inputHash } = claimOf(operation, input);
  // The insert waits for another transaction with the same key, and then finds its row.
  const [claimed] = await em.execute(
    `insert into idempotency_key (key, input_hash, created_at) values (?, ?, ?) on conflict (key) do nothing returning key`,
    [key, inputHash, new Date(clock())],
  );
  if (!claimed) {
    const [known] = await em.execute('select input_hash, result_id from idempotency_key where key = ?', [
      key,
    ]);
    if (known.input_hash === inputHash) return known.result_id;
    throw refused(
      'IDEMPOTENCY_KEY_REUSED',
      `expected a new idempotency key for a new input, was ${idempotencyKey}`,
      'input',
      'idempotencyKey',
    );
  }
  const id = await write();
  await em.execute('update idempotency_key set result_id = ? where key = ?', [id, key]);
  return id;
}

/** Whether the present viewer has done this very write before. */
export async function wasDone(
  em: EntityManager,
  operation: string,
  input: { readonly idempotencyKey: string },
): Promise<boolean> {
  const { key, inputHash } = claimOf(operation, input);
  const rows = await em.execute('select key from idempotency_key where key = ? and input_hash = ?', [
    key,
    inputHash,
  ]);
  return rows.length > 0;
}

/** What a write is known by. */
function claimOf(
  operation: string,
  { idempotencyKey, ...rest }: { readonly idempotencyKey: string },
): { readonly key: string; readonly inputHash: string } {
  const { userId } = viewer();
  return {
    key: userId === null ? idempotencyKey : `${userId} ${idempotencyKey}`,
    inputHash: createHash('sha256').update(operation).update(JSON.stringify(rest)).digest('hex'),
  };
}
