import { PGlite, type Transaction } from '@electric-sql/pglite';
import { dataDir as prepopulated } from '@electric-sql/pglite-prepopulatedfs';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import array from 'postgres-array';

/** Where the database is, and the types whose values stay texts or become arrays of texts. */
export interface ThreadSettings {
  /** In memory when null. */
  readonly folder: string | null;
  readonly textTypes: readonly number[];
  readonly arrayTypes: readonly number[];
}

/** What the thread of the embedded database is asked; what names a transaction is done within it. */
export type ThreadRequest =
  | {
      readonly kind: 'query';
      readonly sql: string;
      readonly parameters: readonly unknown[];
      readonly blob?: Blob;
      readonly transactionId?: number;
    }
  | { readonly kind: 'exec'; readonly sql: string; readonly transactionId?: number }
  | { readonly kind: 'begin' | 'commit' | 'rollback'; readonly transactionId: number }
  | { readonly kind: 'open' | 'close' };

/** The rows of a query; a blob is what COPY gave. */
export interface ThreadResult {
  readonly rows: readonly unknown[];
  readonly affectedRows?: number;
  readonly blob?: Blob;
}

/** What the thread says to a request. */
export type ThreadReply = { readonly requestId: number } & (
  | { readonly kind: 'done'; readonly result: ThreadResult | null }
  | {
      readonly kind: 'failed';
      readonly name: string;
      readonly message: string;
      readonly stack?: string;
      /** What the database says besides, as the code of an error. */
      readonly details: Readonly<Record<string, unknown>>;
    }
);

interface OpenTransaction {
  readonly transaction: Transaction;
  readonly over: PromiseWithResolvers<void>;
  readonly ended: Promise<void>;
}

const opening = open(workerData as ThreadSettings);
const transactions = new Map<number, OpenTransaction>();

parentPort!.on('message', (request: ThreadRequest & { readonly requestId: number }) => void answer(request));

async function open({ folder, textTypes, arrayTypes }: ThreadSettings): Promise<PGlite> {
  const isNew = folder === null || !existsSync(join(folder, 'PG_VERSION'));
  const pglite = await PGlite.create({
    dataDir: folder ?? 'memory://',
    // A ready-made file system starts in a third of the time of initdb.
    ...(isNew ? { loadDataDir: await prepopulated() } : {}),
    parsers: {
      ...Object.fromEntries(textTypes.map((type) => [type, (text: string) => text])),
      ...Object.fromEntries(arrayTypes.map((type) => [type, (text: string) => array.parse(text)])),
    },
  });
  // Pages are in memory, wherever they are: without this, and without statistics, which nobody gathers here, tables are
  // read whole and sorted where an index has the rows in order.
  await pglite.exec('set random_page_cost = 1');
  return pglite;
}

async function answer(request: ThreadRequest & { readonly requestId: number }): Promise<void> {
  const { requestId } = request;
  try {
    reply({ requestId, kind: 'done', result: await perform(await opening, request) });
  } catch (problem) {
    const { name, message, stack, ...rest } = problem as Error & Record<string, unknown>;
    const isPlain = (value: unknown) => ['string', 'number', 'boolean'].includes(typeof value);
    const details = Object.fromEntries(Object.entries(rest).filter(([, value]) => isPlain(value)));
    reply({ requestId, kind: 'failed', name, message, stack, details });
  }
}

async function perform(pglite: PGlite, request: ThreadRequest): Promise<ThreadResult | null> {
  switch (request.kind) {
    case 'query': {
      const { sql, parameters, blob, transactionId } = request;
      const target = transactionId === undefined ? pglite : openTransaction(transactionId).transaction;
      const result = await target.query(sql, [...parameters], blob && { blob });
      return { rows: result.rows, affectedRows: result.affectedRows, blob: result.blob };
    }
    case 'exec': {
      const { sql, transactionId } = request;
      await (transactionId === undefined ? pglite : openTransaction(transactionId).transaction).exec(sql);
      return null;
    }
    case 'begin':
      await begin(pglite, request.transactionId);
      return null;
    case 'commit':
    case 'rollback': {
      const { over, ended } = openTransaction(request.transactionId);
      transactions.delete(request.transactionId);
      if (request.kind === 'commit') over.resolve();
      else over.reject(new Error('rolled back'));
      await (request.kind === 'commit' ? ended : ended.catch(() => undefined));
      return null;
    }
    case 'open':
      return null;
    case 'close':
      await pglite.close();
      return null;
  }
}

/** Waits for all that was asked before, and holds back what is asked outside of the transaction until its end. */
async function begin(pglite: PGlite, id: number): Promise<void> {
  const begun = Promise.withResolvers<Transaction>();
  const over = Promise.withResolvers<void>();
  const ended = pglite.transaction((transaction) => {
    begun.resolve(transaction);
    return over.promise;
  });
  ended.catch(begun.reject);
  transactions.set(id, { transaction: await begun.promise, over, ended });
}

function openTransaction(id: number): OpenTransaction {
  const found = transactions.get(id);
  if (!found) throw new Error('expected a transaction that is open, was over');
  return found;
}

function reply(message: ThreadReply): void {
  parentPort!.postMessage(message);
}
