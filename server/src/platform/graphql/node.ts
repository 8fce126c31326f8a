import { Field, ID, InterfaceType } from 'type-graphql';
import { v7 } from 'uuid';
import type { Clock } from '../clock.ts';

/** Anything with an id of its own. */
@InterfaceType('Node', { description: 'Anything that has an id and can be fetched by it.' })
export abstract class Node {
  @Field(() => ID, { description: 'The opaque id, unique over all kinds of things.' })
  readonly id!: string;
}

/** A new id: a prefix for the kind and a UUID that sorts by time, e.g. `run_0190...`. */
export function newId(prefix: string, clock: Clock): string {
  return `${prefix}_${v7({ msecs: clock() })}`;
}
