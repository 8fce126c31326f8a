import { registerEnumType } from 'type-graphql';

export const SortDirection = { ASCENDING: 'ASCENDING', DESCENDING: 'DESCENDING' } as const;
registerEnumType(SortDirection, {
  name: 'SortDirection',
  description: 'Which end of a list comes first.',
  valuesConfig: {
    ASCENDING: { description: 'Smallest or oldest first.' },
    DESCENDING: { description: 'Largest or newest first.' },
  },
});

/** By what a list is ordered, and which end comes first. */
export interface Order<Field extends string> {
  readonly field: Field;
  readonly direction: keyof typeof SortDirection;
}
