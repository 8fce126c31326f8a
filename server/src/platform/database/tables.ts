import type { EntityManager } from './database.ts';

/** A table as its rows are written out and read in. */
export interface Table {
  readonly name: string;
  readonly columns: readonly string[];
  /** Columns whose numbers a sequence gives. */
  readonly serials: readonly string[];
  /** Tables whose rows must be there first. */
  readonly references: readonly string[];
}

const MIGRATIONS = 'mikro_orm_migrations';

/** Every table of the product, those first that others refer to. The list of migrations is not among them. */
export async function listTables(em: EntityManager): Promise<Table[]> {
  const rows = await em.getConnection().execute<
    { name: string; columns: string[]; serials: string[]; references: string[] }[]
  >(`select c.relname as name,
      (select array_agg(a.attname::text order by a.attnum) from pg_attribute a
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '') as columns,
      coalesce((select array_agg(a.attname::text) from pg_attribute a where a.attrelid = c.oid and a.attnum > 0
        and not a.attisdropped
        and pg_get_serial_sequence(quote_ident(c.relname), a.attname) is not null), '{}') as serials,
      coalesce((select array_agg(distinct f.relname::text) from pg_constraint k join pg_class f on f.oid = k.confrelid
        where k.conrelid = c.oid and k.contype = 'f' and k.confrelid <> c.oid), '{}') as references
    from pg_class c where c.relkind = 'r' and c.relnamespace = current_schema()::regnamespace
      and c.relname <> '${MIGRATIONS}' order by c.relname`);
  return inReferenceOrder(rows);
}

/** The names of the migrations that the database has. */
export async function appliedMigrations(em: EntityManager): Promise<string[]> {
  const rows = await em
    .getConnection()
    .execute<{ name: string }[]>(`select name from ${MIGRATIONS} order by name`);
  return rows.map(({ name }) => name);
}

/** Orders tables so that what a table refers to comes before it; throws where they refer to each other in a circle. */
export function inReferenceOrder(tables: readonly Table[]): Table[] {
  const ordered: Table[] = [];
  const placed = new Set<string>();
  let waiting = [...tables];
  while (waiting.length > 0) {
    const ready = waiting.filter(({ references }) => references.every((name) => placed.has(name)));
    if (ready.length === 0)
      throw new Error(
        `expected tables that do not refer to each other in a circle, was ${waiting.map(({ name }) => name).join(', ')}`,
      );
    ordered.push(...ready);
    for (const { name } of ready) placed.add(name);
    waiting = waiting.filter(({ name }) => !placed.has(name));
  }
  return ordered;
}

/** COPY of a table out of the database, or into it, between which and a file lines of text go. */
export function copyOf({ name, columns }: Table, direction: 'to' | 'from', place: string): string {
  return `copy ${quoted(name)} (${columns.map(quoted).join(', ')}) ${direction} ${place}`;
}

/** Empties tables. */
export function truncationOf(tables: readonly Table[]): string {
  return `truncate ${tables.map(({ name }) => quoted(name)).join(', ')}`;
}

/** Has what tables do of their own accord with a row left out or done again: rows that are put back stay as they were. */
export function triggersOf({ name }: Table, action: 'disable' | 'enable'): string {
  return `alter table ${quoted(name)} ${action} trigger user`;
}

/** Lets the sequences of a table go on after the numbers that it has. */
export function sequencesOf({ name, serials }: Table): string[] {
  return serials.map(
    (column) =>
      `select setval(pg_get_serial_sequence('${quoted(name)}', '${column}'), coalesce(max(${quoted(column)}), 0) + 1, false)
        from ${quoted(name)}`,
  );
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
