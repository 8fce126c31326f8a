import type { SweepAxis, SweepRequest } from '../../service/contract.ts';
import type { BoolExpression, KernelInputs } from '../wasm/slots.ts';
import type { SimulationTerms } from '../wasm/terms.ts';
import { after, DeviceBuffers } from './buffers.ts';
import type { CudaDevice } from './device.ts';
import type { Handle } from './driver.ts';
import {
  comparisonsIn,
  CONDITION_KERNEL,
  emitCondition,
  emitSignals,
  RULES_OF,
  sidesOf,
  type SignalInputs,
  slotsIn,
} from './emit-signals.ts';
import { type CudaLayout, layOut, wordsOf } from './layout.ts';
import type { Stage } from './stages.ts';

/** What one set decides on the bars of a word for one side: where it wants to be on it, and where it leaves. */
const SIGNAL_BYTES = 8;
const THREADS_PER_BLOCK = 256;
/** Conditions that fewer sets share are computed for each of them. */
const SETS_PER_CONDITION_MINIMUM = 4;
/** Each is a module, of which a device keeps only so many. */
const CONDITIONS_MAXIMUM = 8;
const CONDITION_BYTES_MAXIMUM = 2 ** 28;

/** A condition that is computed once for every combination of the axes that it depends on. */
interface Condition {
  readonly expression: BoolExpression;
  readonly axes: readonly number[];
  readonly distinct: number;
}

/** How a condition is made. */
export interface ConditionPlan {
  /** Its module. */
  readonly text: string;
  /** Where it lies among the words of all conditions. */
  readonly offset: number;
  readonly distinct: number;
  /** Combinations for each value of the first axis; null where that makes no difference. */
  readonly perValue: number | null;
}

/** How the decisions of all sets are made before their accounts are simulated. */
export interface SignalsPlan {
  readonly conditions: readonly ConditionPlan[];
  readonly conditionBytes: number;
  /** The module that makes the words of each set. */
  readonly text: string;
  /** Words of a set, or of a combination, for each side. */
  readonly words: number;
  /** What the words of one set take. */
  readonly bytesPerSet: number;
}

/** Plans the decisions of all sets, and where they are made. */
export function planSignals(
  inputs: KernelInputs,
  terms: SimulationTerms,
  layout: CudaLayout,
  request: SweepRequest,
): SignalsPlan {
  const { barsTotal, axisLengths } = layout;
  const finder = new ConditionFinder(inputs, request.axes, wordsOf(barsTotal));
  const sides = sidesOf(terms);
  const given = { ...inputs.rules, ...(terms.allowsLong ? {} : { enterLong: { kind: 'never' } as const }) };
  const rules = { ...given };
  for (const side of sides) for (const name of RULES_OF[side]) rules[name] = finder.shared(given[name]);
  const { conditions } = finder;
  const slots = conditions.map(({ axes, distinct }) => ({ kind: 'bitmap', axes, distinct }) as const);
  const words = layOut(slots, request.axes, barsTotal, 0);
  const signals: SignalInputs = {
    inputs: { rules, relations: inputs.relations },
    slots: [...inputs.slots, ...slots],
    layouts: [...layout.slots, ...words.slots],
    inputCount: inputs.slots.length,
    axisLengths,
    barsTotal,
  };
  return {
    conditions: conditions.map(({ expression, axes, distinct }, index) => ({
      text: emitCondition(signals, expression, axes, distinct),
      offset: words.slots[index].offset,
      distinct,
      perValue: axes[0] === 0 ? distinct / axisLengths[0] : null,
    })),
    conditionBytes: words.bytes,
    text: emitSignals(signals, terms.fillsAtClose ? 0 : 1, sides),
    words: wordsOf(barsTotal),
    bytesPerSet: SIGNAL_BYTES * sides.length * wordsOf(barsTotal),
  };
}

/** Finds the greatest parts of rules that are the same for many sets. */
class ConditionFinder {
  private readonly inputs: KernelInputs;
  private readonly axes: readonly SweepAxis[];
  private readonly words: number;
  private readonly setsTotal: number;
  readonly conditions: Condition[] = [];
  private readonly known = new Map<string, number>();
  private bytes = 0;

  constructor(inputs: KernelInputs, axes: readonly SweepAxis[], words: number) {
    this.inputs = inputs;
    this.axes = axes;
    this.words = words;
    this.setsTotal = this.combinations(axes.map((_, axis) => axis));
  }

  /** The rule with its shared parts as bitmaps, in the slots behind those of the inputs. */
  shared(rule: BoolExpression): BoolExpression {
    if (comparisonsIn(rule).length === 0) return rule;
    const axes = this.axesOf(rule);
    const distinct = this.combinations(axes);
    const key = JSON.stringify(rule);
    const known = this.known.get(key);
    if (known !== undefined) return { kind: 'bitmap', slot: known };
    const bytes = 4 * this.words * distinct;
    const isWorthIt = distinct * SETS_PER_CONDITION_MINIMUM <= this.setsTotal;
    const hasRoom =
      this.bytes + bytes <= CONDITION_BYTES_MAXIMUM && this.conditions.length < CONDITIONS_MAXIMUM;
    if (isWorthIt && hasRoom) {
      this.bytes += bytes;
      const slot = this.inputs.slots.length + this.conditions.push({ expression: rule, axes, distinct }) - 1;
      this.known.set(key, slot);
      return { kind: 'bitmap', slot };
    }
    if (rule.kind !== 'logic') return rule;
    return { ...rule, inputs: rule.inputs.map((input) => this.shared(input)) };
  }

  private axesOf(rule: BoolExpression): readonly number[] {
    const { slots, relations } = this.inputs;
    const all = slotsIn(rule, relations).flatMap((slot) => slots[slot].axes);
    return [...new Set(all)].toSorted((a, b) => a - b);
  }

  private combinations(axes: readonly number[]): number {
    return axes.reduce((count, axis) => count * this.axes[axis].values.length, 1);
  }
}

/** The words of shared conditions on one device. */
export class ConditionMemory {
  readonly address: Handle;
  private readonly memory: DeviceBuffers;
  private readonly plan: SignalsPlan;

  constructor(device: CudaDevice, plan: SignalsPlan) {
    this.plan = plan;
    this.memory = new DeviceBuffers(device);
    try {
      this.address = this.memory.room(plan.conditionBytes);
    } catch (problem) {
      this.close();
      throw problem;
    }
  }

  /** Makes the words that sets of a stage are the first to need, out of inputs that are there. */
  make(data: Handle, stage: Stage): void {
    const { conditions, words } = this.plan;
    for (const { text, offset, distinct, perValue } of conditions) {
      if (perValue === null && stage.from > 0) continue;
      const [first, end] =
        perValue === null ? [0, distinct] : [stage.from, stage.to].map((at) => at * perValue);
      const count = (end - first) * words;
      launchThreads(this.memory, text, CONDITION_KERNEL, count, [
        ['u64', data],
        ['u64', after(this.address, offset)],
        ['u32', first],
        ['u32', end - first],
        ['u32', count],
      ]);
    }
    this.memory.settled();
  }

  close(): void {
    this.memory.close();
  }
}

/** Launches one thread for each of `count` pieces of work, if there are any. */
export function launchThreads(
  { device, stream }: DeviceBuffers,
  text: string,
  name: string,
  count: number,
  given: Parameters<CudaDevice['launch']>[4],
): void {
  if (count === 0) return;
  const blocks = Math.ceil(count / THREADS_PER_BLOCK);
  device.launch(device.kernel(text, name), blocks, THREADS_PER_BLOCK, stream, given);
}
