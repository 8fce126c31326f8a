import { Field, ID, InterfaceType } from 'type-graphql';
import { v7 } from 'uuid';
import type { Clock } from '../clock.ts';

/** Anything with an id of its own. */
@InterfaceType('Node', { description: 'Anything that has an id and can be fetched by it.' })
export abstract class Node {
  @Field(() => ID, { description: 'The opaque id, unique over all kinds of things.' })
  readonly id!: string;
}

const last = { ms: -1, seq: 0 };

/** A new id: a prefix for the kind and a UUID that sorts by time and, within a millisecond, by order of making, e.g. `run_0190...`. */
export function newId(prefix: string, clock: Clock): string {
  const ms = clock();
  last.seq = ms === last.ms ? last.seq + 1 : 0;
  last.ms = ms;
  return `${prefix}_${v7({ msecs: ms, seq: last.seq })}`;
}
