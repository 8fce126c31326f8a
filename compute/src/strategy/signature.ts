import type { OpDefinition } from '../ops/define.ts';

/** How an operation is called, for messages and the documentation. */
export function signature(op: OpDefinition): string {
  const inputs = op.inputs.map(({ name, defaultValue }) =>
    defaultValue === undefined ? name : `${name} = ${defaultValue}`,
  );
  return `${op.name}(${inputs.join(', ')})`;
}
