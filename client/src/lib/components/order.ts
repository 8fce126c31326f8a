/** By what a table is ordered, and which end comes first. */
export interface Order<Field extends string> {
  readonly field: Field;
  readonly direction: 'ASCENDING' | 'DESCENDING';
}

/** The order after a click on the head of a column: its largest first, and turned round by the next click. */
export function orderedBy<Field extends string>(order: Order<Field>, field: Field): Order<Field> {
  const isTurned = order.field === field && order.direction === 'DESCENDING';
  return { field, direction: isTurned ? 'ASCENDING' : 'DESCENDING' };
}
