import { existsSync, readdirSync, readFileSync } from 'node:fs';

const SYSTEM = '/proc';
/** What Linux counts processor time in, for programs. */
const TICKS_PER_SECOND = 100;

/** Whether this system tells the processor time of other processes. */
export const tellsProcessorTime = existsSync(`${SYSTEM}/self/stat`);

/** The processor time in seconds that a process and those it has started have used so far. */
export function processorSeconds(processId: number): number {
  const all = readdirSync(SYSTEM).filter((name) => /^\d+$/.test(name));
  const stats = new Map(all.flatMap((id) => statOf(id)).map((stat) => [stat.id, stat]));
  const isInside = (id: number): boolean =>
    id === processId || (stats.has(id) && isInside(stats.get(id)!.parentId));
  const inside = [...stats.values()].filter(({ id }) => isInside(id));
  return inside.reduce((sum, { ticks }) => sum + ticks, 0) / TICKS_PER_SECOND;
}

/** What a process has used, with what its children that ended had used; none where it has ended meanwhile. */
function statOf(name: string): { id: number; parentId: number; ticks: number }[] {
  try {
    const text = readFileSync(`${SYSTEM}/${name}/stat`, 'utf8');
    // The name of the program, in brackets, may have spaces.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
    return [{ id: Number(name), parentId: Number(fields[1]), ticks }];
  } catch {
    return [];
  }
}
