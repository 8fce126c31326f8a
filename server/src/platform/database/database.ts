import type { EntityManager, MikroORM } from '@mikro-orm/postgresql';
import type { EntityClass, EntitySchema } from '@mikro-orm/core';
import type { Migration } from '@mikro-orm/migrations';
import type { Readable } from 'node:stream';
import type { Clock } from '../clock.ts';
import type { Table } from './tables.ts';

export type { EntityManager } from '@mikro-orm/postgresql';

/** A change of the database's structure; names sort in the order they apply. */
export interface NamedMigration {
  readonly name: string;
  readonly class: new (...args: ConstructorParameters<typeof Migration>) => Migration;
}

export interface DatabaseDefinition {
  readonly entities: readonly (EntityClass<object> | EntitySchema)[];
  readonly migrations: readonly NamedMigration[];
}

/** The store behind both profiles: the same SQL, embedded or on a PostgreSQL server. */
export interface Database {
  readonly kind: 'embedded' | 'postgresql';
  readonly orm: MikroORM;
  /**
   * Brings the structure up to date, or applies the named migrations alone; of several processes that start at once,
   * one does it. Tells what was applied.
   */
  migrate(names?: readonly string[]): Promise<readonly string[]>;
  /** A unit of work of its own; take one per operation. */
  fork(): EntityManager;
  /** Bulk load of CSV lines (without a header) into columns of a table, outside of any transaction. */
  copyIn(table: string, columns: readonly string[], lines: readonly string[]): Promise<void>;
  /** The numeric columns of a query, each one array; null arrives as NaN. */
  copyOut(query: string, columnCount: number): Promise<Float64Array[]>;
  /** Tables as they stand at one moment, one after the other: each as lines of COPY's text format. */
  dumpTables(tables: readonly Table[], take: (table: Table, text: Readable) => Promise<void>): Promise<void>;
  /** Empties the tables and fills them with such lines; in one transaction, so all of it or nothing. */
  loadTables(tables: readonly Table[], give: (table: Table) => Readable): Promise<void>;
  /** Round trip in milliseconds. */
  ping(clock: Clock): Promise<number>;
  close(): Promise<void>;
}

/** Reads the rows of a binary COPY whose columns are all double precision. */
export function parseBinaryColumns(bytes: Uint8Array, columnCount: number): Float64Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const HEADER_BYTES = 19;
  const ROW_BYTES_MINIMUM = 2 + 4 * columnCount;
  const capacity = Math.ceil(bytes.byteLength / ROW_BYTES_MINIMUM);
  const columns = Array.from({ length: columnCount }, () => new Float64Array(capacity));
  let offset = HEADER_BYTES + view.getInt32(HEADER_BYTES - 4);
  let row = 0;
  while (view.getInt16(offset) !== -1) {
    offset += 2;
    for (let column = 0; column < columnCount; column += 1) {
      const size = view.getInt32(offset);
      columns[column][row] = size === -1 ? NaN : view.getFloat64(offset + 4);
      offset += 4 + Math.max(0, size);
    }
    row += 1;
  }
  return columns.map((column) => column.slice(0, row));
}
