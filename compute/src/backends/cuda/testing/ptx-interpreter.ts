import { fused, roughReciprocal } from './rounding.ts';
import { type SharedMemory, sharedMemory } from './shared-memory.ts';

/**
 * Runs PTX text, one thread after the other, for tests on machines without a GPU. It is written from the manual of PTX and shares
 * nothing with the writer of kernels. It is strict where hardware is silent: a register must be declared, have the instruction's
 * type and be written before it is read; memory must be allocated, aligned and, to be read, written.
 */

/** The memory that kernels read and write; both check the address. */
export interface DeviceMemory {
  /** `isConstant` promises that no thread of the launch writes there. */
  read(type: 'u32' | 'f64', address: number, isConstant: boolean): number;
  write(type: 'u32' | 'f64', address: number, value: number): void;
}

interface KernelParameter {
  readonly name: string;
  readonly type: 'u32' | 'u64';
  readonly offset: number;
}

/** One entry of a module, ready to run. */
export interface PtxKernel {
  readonly name: string;
  readonly parameters: readonly KernelParameter[];
  readonly parameterBytes: number;
  /** Runs all threads; how often they come to each instruction is added to `executed`. */
  run(
    blocks: number,
    threads: number,
    given: DataView,
    memory: DeviceMemory,
    executed: Map<string, number>,
  ): void;
}

interface Thread {
  next: number;
  readonly registers: (number | undefined)[];
  readonly special: Readonly<Record<string, number>>;
  readonly given: DataView;
  readonly memory: DeviceMemory;
  readonly shared: SharedMemory;
  isWaiting: boolean;
}

type Step = (thread: Thread) => void;
type Kind = 'pred' | 'b32' | 'b64' | 'f64';

const KIND_OF: Readonly<Record<string, Kind>> = {
  pred: 'pred',
  u32: 'b32',
  b32: 'b32',
  u64: 'b64',
  b64: 'b64',
  f64: 'f64',
};
const STEPS_MAXIMUM = 50_000_000;
const SHARED_BYTES_MAXIMUM = 48 * 1024;
const SPECIAL = ['%ctaid.x', '%nctaid.x', '%ntid.x', '%tid.x'];

/** Reads a module with one entry; throws with the line that can't be read. */
export function readPtx(text: string): PtxKernel {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const expected = [/^\.version (\d+)\.(\d+)$/, /^\.target sm_(\d+)$/, /^\.address_size 64$/];
  expected.forEach((pattern, index) => {
    if (!pattern.test(lines[index] ?? '')) throw new Error(`expected ${pattern}, was ${lines[index]}`);
  });
  const head = /^\.visible \.entry (\w+)\((.*)\)$/.exec(lines[3] ?? '');
  if (!head || lines[4] !== '{' || lines.at(-1) !== '}')
    throw new Error(`expected an entry, was ${lines[3]}`);
  const parameters = readParameters(head[2]);
  const { code, steps, sharedBytes } = new BodyReader(parameters, lines.slice(5, -1)).read();
  const last = parameters.at(-1);
  const parameterBytes = last ? last.offset + bytesOf(last.type) : 0;
  const run: PtxKernel['run'] = (blocks, threads, given, memory, executed) => {
    const counts = new Float64Array(steps.length);
    for (let block = 0; block < blocks; block += 1) {
      const shared = sharedMemory(sharedBytes);
      const all = Array.from({ length: threads }, (_, index): Thread => {
        const own = { '%ctaid.x': block, '%nctaid.x': blocks, '%ntid.x': threads, '%tid.x': index };
        return { next: 0, registers: [], special: own, given, memory, shared, isWaiting: false };
      });
      runBlock(steps, all, shared, counts);
    }
    code.forEach((line, step) => {
      if (counts[step] > 0) executed.set(line, (executed.get(line) ?? 0) + counts[step]);
    });
  };
  return { name: head[1], parameters, parameterBytes, run };
}

/** Runs every thread up to the next barrier, and all of them past it, until they end. */
function runBlock(
  steps: readonly Step[],
  threads: readonly Thread[],
  shared: SharedMemory,
  counts: Float64Array,
): void {
  for (;;) {
    for (const thread of threads) runThread(steps, thread, counts);
    const waiting = threads.filter(({ isWaiting }) => isWaiting);
    if (waiting.length === 0) return;
    if (waiting.length < threads.length)
      throw new Error(`expected all threads of a block at a barrier, was ${waiting.length}`);
    for (const thread of threads) thread.isWaiting = false;
    shared.pass();
  }
}

function runThread(steps: readonly Step[], thread: Thread, counts: Float64Array): void {
  for (let count = 0; thread.next < steps.length && !thread.isWaiting; count += 1) {
    if (count > STEPS_MAXIMUM) throw new Error('expected the kernel to end, was still running');
    const step = steps[thread.next];
    counts[thread.next] += 1;
    thread.next += 1;
    step(thread);
  }
}

function readParameters(text: string): KernelParameter[] {
  let top = 0;
  return text.split(', ').map((each) => {
    const match = /^\.param \.(u32|u64) (\w+)$/.exec(each);
    if (!match) throw new Error(`expected a parameter, was ${each}`);
    const type = match[1] as 'u32' | 'u64';
    const offset = Math.ceil(top / bytesOf(type)) * bytesOf(type);
    top = offset + bytesOf(type);
    return { name: match[2], type, offset };
  });
}

function bytesOf(type: 'u32' | 'u64'): number {
  return type === 'u64' ? 8 : 4;
}

class BodyReader {
  private readonly parameters: readonly KernelParameter[];
  private readonly lines: readonly string[];
  private readonly places = new Map<string, { readonly place: number; readonly kind: Kind }>();
  private readonly labels = new Map<string, number>();
  /** Where the shared memory of a name begins. */
  private readonly shared = new Map<string, number>();
  private sharedBytes = 0;

  constructor(parameters: readonly KernelParameter[], lines: readonly string[]) {
    this.parameters = parameters;
    this.lines = lines;
  }

  read(): {
    readonly code: readonly string[];
    readonly steps: readonly Step[];
    readonly sharedBytes: number;
  } {
    const code: string[] = [];
    for (const line of this.lines) {
      const declared = /^\.reg \.(\w+) (%\w+)<(\d+)>;$/.exec(line);
      const label = /^(\w+):$/.exec(line);
      const shared = /^\.shared \.align (4 \.b32|8 \.b64) (\w+)\[(\d+)\];$/.exec(line);
      if (declared) this.declareRegisters(declared[1], declared[2], Number(declared[3]));
      else if (shared) this.declareShared(shared[2], Number(shared[3]), Number(shared[1][0]));
      else if (label) {
        if (this.labels.has(label[1])) throw new Error(`expected one label ${label[1]}, was more`);
        this.labels.set(label[1], code.length);
      } else code.push(line);
    }
    const steps = code.map((line) => {
      try {
        return this.step(line);
      } catch (problem) {
        throw new Error(`${line} ${(problem as Error).message}`, { cause: problem });
      }
    });
    return { code, steps, sharedBytes: this.sharedBytes };
  }

  private declareShared(name: string, count: number, bytes: number): void {
    const at = Math.ceil(this.sharedBytes / bytes) * bytes;
    this.shared.set(name, at);
    this.sharedBytes = at + bytes * count;
    if (this.sharedBytes > SHARED_BYTES_MAXIMUM)
      throw new Error(`expected 48 KiB, was ${this.sharedBytes} bytes`);
  }

  private declareRegisters(type: string, prefix: string, count: number): void {
    if (!KIND_OF[type]) throw new Error(`expected a type of register, was ${type}`);
    for (let index = 0; index < count; index += 1)
      this.places.set(`${prefix}${index}`, { place: this.places.size, kind: KIND_OF[type] });
  }

  private step(line: string): Step {
    const match = /^(?:@(!?)(%\w+) )?([\w.]+)(?: (.*))?;$/.exec(line);
    if (!match) throw new Error('expected an instruction');
    const [, not, guard, opcode, rest = ''] = match;
    const operands = rest.match(/\{[^}]*\}|\[[^\]]*\]|[^,\s]+/g) ?? [];
    const plain = this.instruction(opcode, operands);
    if (!guard) return plain;
    const holds = this.source(guard, 'pred');
    const wanted = not === '!' ? 0 : 1;
    return (thread) => {
      if (holds(thread) === wanted) plain(thread);
    };
  }

  private instruction(opcode: string, operands: readonly string[]): Step {
    if (opcode === 'ret') return (thread) => void (thread.next = Infinity);
    if (opcode === 'bar.sync' && operands[0] === '0') return (thread) => void (thread.isWaiting = true);
    if (opcode === 'bra') {
      const target = this.labels.get(operands[0]);
      if (target === undefined) throw new Error(`expected a label, was ${operands[0]}`);
      return (thread) => void (thread.next = target);
    }
    const memory =
      this.memoryInstruction(opcode, operands) ??
      this.sharedInstruction(opcode, operands) ??
      this.addInstruction(opcode, operands);
    if (memory) return memory;
    if (opcode === 'mov.b64') return this.moveHalves(operands);
    const known = describe(opcode);
    const [target, ...sources] = operands;
    if (sources.length !== known.from.length)
      throw new Error(`expected ${known.from.length} sources, was ${sources.length}`);
    const set = this.target(target, known.to);
    const [a, b, c] = sources.map((source, index) => this.source(source, known.from[index]));
    const { run } = known;
    if (sources.length === 1) return (thread) => set(thread, run(a(thread), 0, 0));
    if (sources.length === 2) return (thread) => set(thread, run(a(thread), b(thread), 0));
    return (thread) => set(thread, run(a(thread), b(thread), c(thread)));
  }

  /** Takes a double apart into its halves, the lower first, or puts it together. */
  private moveHalves([to, from]: readonly string[]): Step {
    const halves = new DataView(new ArrayBuffer(8));
    const names = (text: string) => text.slice(1, -1).split(', ');
    if (to.startsWith('{')) {
      const [low, high] = names(to).map((name) => this.target(name, 'b32'));
      const source = this.source(from, 'f64');
      return (thread) => {
        halves.setFloat64(0, source(thread), true);
        low(thread, halves.getUint32(0, true));
        high(thread, halves.getUint32(4, true));
      };
    }
    const set = this.target(to, 'f64');
    const [low, high] = names(from).map((name) => this.source(name, 'b32'));
    return (thread) => {
      halves.setUint32(0, low(thread), true);
      halves.setUint32(4, high(thread), true);
      set(thread, halves.getFloat64(0, true));
    };
  }

  private memoryInstruction(opcode: string, operands: readonly string[]): Step | null {
    const parameter = /^ld\.param\.(u32|u64)$/.exec(opcode);
    if (parameter) {
      const named = this.parameters.find(({ name }) => `[${name}]` === operands[1]);
      if (named?.type !== parameter[1]) throw new Error(`expected a ${parameter[1]}, was ${operands[1]}`);
      const set = this.target(operands[0], KIND_OF[named.type]);
      const { type, offset } = named;
      return (thread) => {
        const { given } = thread;
        const value =
          type === 'u32' ? given.getUint32(offset, true) : Number(given.getBigUint64(offset, true));
        set(thread, value);
      };
    }
    if (opcode === 'prefetch.global.L2') {
      const asked = this.address(operands[0], 1);
      return (thread) => void asked(thread);
    }
    const access = /^(ld\.global(?:\.nc)?|st\.global)(\.v2)?\.(u32|f64)$/.exec(opcode);
    if (!access) return null;
    const isLoad = access[1] !== 'st.global';
    const isConstant = access[1].endsWith('.nc');
    const type = access[3] as 'u32' | 'f64';
    const [place, values] = isLoad ? [operands[1], operands[0]] : [operands[0], operands[1]];
    const names = access[2] ? values.slice(1, -1).split(', ') : [values];
    const bytes = type === 'f64' ? 8 : 4;
    const address = this.address(place, bytes * names.length);
    if (isLoad) {
      const targets = names.map((name) => this.target(name, KIND_OF[type]));
      return (thread) => {
        const at = address(thread);
        targets.forEach((set, index) =>
          set(thread, thread.memory.read(type, at + bytes * index, isConstant)),
        );
      };
    }
    const sources = names.map((name) => this.source(name, KIND_OF[type]));
    return (thread) => {
      const at = address(thread);
      sources.forEach((source, index) => thread.memory.write(type, at + bytes * index, source(thread)));
    };
  }

  private sharedInstruction(opcode: string, operands: readonly string[]): Step | null {
    if (/^(ld|st)\.shared\.f64$/.test(opcode)) return this.sharedDouble(opcode.startsWith('ld'), operands);
    const access = /^(ld|st|red)\.shared(\.add)?\.u32$/.exec(opcode);
    if (!access || (access[1] === 'red') !== (access[2] === '.add')) return null;
    const isLoad = access[1] === 'ld';
    const [place, value] = isLoad ? [operands[1], operands[0]] : operands;
    const address = this.address(place, 4, 'b32');
    const by = (thread: Thread) => thread.special['%tid.x'];
    if (isLoad) {
      const set = this.target(value, 'b32');
      return (thread) => set(thread, thread.shared.read(address(thread), by(thread)));
    }
    const source = this.source(value, 'b32');
    if (access[1] === 'st')
      return (thread) => thread.shared.write(address(thread), by(thread), source(thread));
    return (thread) => thread.shared.add(address(thread), by(thread), source(thread));
  }

  /** A double in shared memory is two of its words, the lower half first. */
  private sharedDouble(isLoad: boolean, operands: readonly string[]): Step {
    const [place, value] = isLoad ? [operands[1], operands[0]] : operands;
    const address = this.address(place, 8, 'b32');
    const halves = new DataView(new ArrayBuffer(8));
    if (isLoad) {
      const set = this.target(value, 'f64');
      return (thread) => {
        const at = address(thread);
        for (const offset of [0, 4])
          halves.setUint32(offset, thread.shared.read(at + offset, thread.special['%tid.x']), true);
        set(thread, halves.getFloat64(0, true));
      };
    }
    const source = this.source(value, 'f64');
    return (thread) => {
      const at = address(thread);
      halves.setFloat64(0, source(thread), true);
      for (const offset of [0, 4])
        thread.shared.write(at + offset, thread.special['%tid.x'], halves.getUint32(offset, true));
    };
  }

  /** Adds in one step to memory that all threads see; `atom` gives what was there. */
  private addInstruction(opcode: string, operands: readonly string[]): Step | null {
    const isRead = opcode === 'atom.global.add.u32';
    if (!isRead && opcode !== 'red.global.add.u32') return null;
    const [place, value] = isRead ? operands.slice(1) : operands;
    const [address, source] = [this.address(place, 4), this.source(value, 'b32')];
    const set = isRead ? this.target(operands[0], 'b32') : null;
    return (thread) => {
      const at = address(thread);
      const before = thread.memory.read('u32', at, false);
      thread.memory.write('u32', at, (before + source(thread)) >>> 0);
      set?.(thread, before);
    };
  }

  private address(text: string, alignment: number, kind: Kind = 'b64'): (thread: Thread) => number {
    const match = /^\[(%\w+)(?:\+(-?\d+))?\]$/.exec(text);
    if (!match) throw new Error(`expected an address, was ${text}`);
    const base = this.source(match[1], kind);
    const offset = Number(match[2] ?? 0);
    return (thread) => {
      const at = base(thread) + offset;
      if (at % alignment !== 0) throw new Error(`expected an address aligned to ${alignment}, was ${at}`);
      return at;
    };
  }

  private target(name: string, kind: Kind): (thread: Thread, value: number) => void {
    const known = this.places.get(name);
    if (known?.kind !== kind) throw new Error(`expected a register of ${kind}, was ${name}`);
    const { place } = known;
    return (thread, value) => void (thread.registers[place] = value);
  }

  private source(name: string, kind: Kind): (thread: Thread) => number {
    if (SPECIAL.includes(name) && kind === 'b32') return (thread) => thread.special[name];
    const shared = this.shared.get(name);
    if (shared !== undefined && kind === 'b32') return () => shared;
    const known = this.places.get(name);
    if (!known) {
      const value = immediate(name, kind);
      return () => value;
    }
    if (known.kind !== kind) throw new Error(`expected a register of ${kind}, was ${name}`);
    const { place } = known;
    return (thread) => {
      const value = thread.registers[place];
      if (value === undefined) throw new Error(`expected ${name} to be written before it is read`);
      return value;
    };
  }
}

function immediate(text: string, kind: Kind): number {
  const bits = /^0d([0-9a-fA-F]{16})$/.exec(text);
  if (kind === 'f64' && bits) {
    const view = new DataView(new ArrayBuffer(8));
    view.setBigUint64(0, BigInt(`0x${bits[1]}`));
    return view.getFloat64(0);
  }
  const limit = kind === 'b32' ? 2 ** 32 : 2 ** 53;
  if ((kind === 'b32' || kind === 'b64') && /^\d+$/.test(text) && Number(text) < limit) return Number(text);
  throw new Error(`expected a number of ${kind}, was ${text}`);
}

interface Instruction {
  readonly to: Kind;
  readonly from: readonly Kind[];
  readonly run: (a: number, b: number, c: number) => number;
}

const COMPARISONS: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  lt: (a, b) => a < b,
  le: (a, b) => a <= b,
  gt: (a, b) => a > b,
  ge: (a, b) => a >= b,
  eq: (a, b) => a === b,
  ne: (a, b) => a < b || a > b,
  neu: (a, b) => a !== b,
};

/** Addresses stay below 2^53, where doubles are exact. */
function address64(value: number): number {
  if (!(Number.isSafeInteger(value) && value >= 0)) throw new Error(`expected 64 bits, was ${value}`);
  return value;
}

/** The bits in the opposite order. */
function reversed(value: number): number {
  let bits = 0;
  for (let place = 0; place < 32; place += 1) bits |= ((value >>> place) & 1) << (31 - place);
  return bits >>> 0;
}

const two = (kind: Kind): [Kind, Kind] => [kind, kind];
const INSTRUCTIONS: Readonly<Record<string, Instruction>> = {
  'mov.u32': { to: 'b32', from: ['b32'], run: (a) => a },
  'mov.u64': { to: 'b64', from: ['b64'], run: (a) => a },
  'mov.f64': { to: 'f64', from: ['f64'], run: (a) => a },
  'mov.pred': { to: 'pred', from: ['pred'], run: (a) => a },
  'add.u32': { to: 'b32', from: two('b32'), run: (a, b) => (a + b) >>> 0 },
  'sub.u32': { to: 'b32', from: two('b32'), run: (a, b) => (a - b) >>> 0 },
  'mul.lo.u32': { to: 'b32', from: two('b32'), run: (a, b) => Math.imul(a, b) >>> 0 },
  'mad.lo.u32': { to: 'b32', from: ['b32', 'b32', 'b32'], run: (a, b, c) => (Math.imul(a, b) + c) >>> 0 },
  'div.u32': { to: 'b32', from: two('b32'), run: (a, b) => Math.floor(a / b) >>> 0 },
  'rem.u32': { to: 'b32', from: two('b32'), run: (a, b) => (a % b) >>> 0 },
  'and.b32': { to: 'b32', from: two('b32'), run: (a, b) => (a & b) >>> 0 },
  'mul.hi.u32': { to: 'b32', from: two('b32'), run: (a, b) => Number((BigInt(a) * BigInt(b)) >> 32n) },
  'or.b32': { to: 'b32', from: two('b32'), run: (a, b) => (a | b) >>> 0 },
  'xor.b32': { to: 'b32', from: two('b32'), run: (a, b) => (a ^ b) >>> 0 },
  'brev.b32': { to: 'b32', from: ['b32'], run: reversed },
  'clz.b32': { to: 'b32', from: ['b32'], run: Math.clz32 },
  'shl.b32': { to: 'b32', from: two('b32'), run: (a, b) => (b > 31 ? 0 : (a << b) >>> 0) },
  // Numbers outside are held to the nearest that there is, and NaN becomes 0.
  'cvt.rzi.u32.f64': {
    to: 'b32',
    from: ['f64'],
    run: (a) => Math.trunc(Math.min(2 ** 32 - 1, Math.max(0, Number.isNaN(a) ? 0 : a))),
  },
  'shr.b32': { to: 'b32', from: two('b32'), run: (a, b) => (b > 31 ? 0 : a >>> b) },
  'add.u64': { to: 'b64', from: two('b64'), run: (a, b) => address64(a + b) },
  'mul.wide.u32': { to: 'b64', from: two('b32'), run: (a, b) => address64(a * b) },
  'add.rn.f64': { to: 'f64', from: two('f64'), run: (a, b) => a + b },
  'sub.rn.f64': { to: 'f64', from: two('f64'), run: (a, b) => a - b },
  'mul.rn.f64': { to: 'f64', from: two('f64'), run: (a, b) => a * b },
  'div.rn.f64': { to: 'f64', from: two('f64'), run: (a, b) => a / b },
  'fma.rn.f64': { to: 'f64', from: ['f64', 'f64', 'f64'], run: fused },
  'rcp.approx.ftz.f64': { to: 'f64', from: ['f64'], run: roughReciprocal },
  'sqrt.rn.f64': { to: 'f64', from: ['f64'], run: Math.sqrt },
  'neg.f64': { to: 'f64', from: ['f64'], run: (a) => -a },
  'abs.f64': { to: 'f64', from: ['f64'], run: Math.abs },
  'cvt.rmi.f64.f64': { to: 'f64', from: ['f64'], run: Math.floor },
  'cvt.rn.f64.u32': { to: 'f64', from: ['b32'], run: (a) => a },
  'selp.b32': { to: 'b32', from: ['b32', 'b32', 'pred'], run: (a, b, c) => (c === 1 ? a : b) },
  'selp.f64': { to: 'f64', from: ['f64', 'f64', 'pred'], run: (a, b, c) => (c === 1 ? a : b) },
  'and.pred': { to: 'pred', from: two('pred'), run: (a, b) => a & b },
  'or.pred': { to: 'pred', from: two('pred'), run: (a, b) => a | b },
  'not.pred': { to: 'pred', from: ['pred'], run: (a) => 1 - a },
};

function describe(opcode: string): Instruction {
  const compared = /^setp\.(\w+)\.(u32|f64)$/.exec(opcode);
  const compare = compared && COMPARISONS[compared[1]];
  if (compare) {
    if (compared[1] === 'neu' && compared[2] !== 'f64') throw new Error(`expected no ${opcode}`);
    return { to: 'pred', from: two(KIND_OF[compared[2]]), run: (a, b) => (compare(a, b) ? 1 : 0) };
  }
  const known = INSTRUCTIONS[opcode];
  if (!known) throw new Error(`expected an instruction of PTX, was ${opcode}`);
  return known;
}
