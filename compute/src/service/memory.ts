import { serialize } from 'node:v8';
import { encodePreparation } from '../backends/wasm/preparation.ts';
import { PAGES_MAXIMUM } from '../backends/wasm/sweep.ts';

const PAGE_BYTES = 65_536;
const SPARE_PAGES_MAXIMUM = 16_384;
const MODULES_MAXIMUM = 16;

/** Memory of work that is over, for the next: fresh pages are slow to touch. */
let spareMemory: WebAssembly.Memory | undefined;

/** Memory of at least so many pages, with anything in it. */
export function takeMemory(pages: number): WebAssembly.Memory {
  const spare = spareMemory;
  if (spare && pagesOf(spare) >= pages) {
    spareMemory = undefined;
    return spare;
  }
  return new WebAssembly.Memory({ initial: pages, maximum: PAGES_MAXIMUM, shared: true });
}

/** Gives memory back after work that went well: after a failure a thread may still write. */
export function giveMemoryBack(memory: WebAssembly.Memory): void {
  const freed = pagesOf(memory);
  if (freed <= SPARE_PAGES_MAXIMUM && (!spareMemory || freed > pagesOf(spareMemory))) spareMemory = memory;
}

function pagesOf(memory: WebAssembly.Memory): number {
  return memory.buffer.byteLength / PAGE_BYTES;
}

/** Modules by what they are made from, the last used last: a known one is compiled and optimised already. */
const modules = new Map<string, WebAssembly.Module>();

/** The module that `encode` makes from a plan, of which it is made once. */
export function moduleOf<Plan>(
  plan: Plan,
  encode: (plan: Plan) => Uint8Array<ArrayBuffer>,
): WebAssembly.Module {
  // Serialised, because it must tell every two numbers apart: 0 and -0, infinite and missing.
  const key = serialize(plan).toString('latin1');
  const module = modules.get(key) ?? new WebAssembly.Module(encode(plan));
  modules.delete(key);
  modules.set(key, module);
  if (modules.size > MODULES_MAXIMUM) modules.delete(modules.keys().next().value!);
  return module;
}

let preparation: WebAssembly.Module | undefined;

/** The module that prepares what the sets of a sweep share. */
export function preparationModule(): WebAssembly.Module {
  preparation ??= new WebAssembly.Module(encodePreparation(PAGES_MAXIMUM));
  return preparation;
}
