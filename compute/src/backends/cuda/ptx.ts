/** The types of PTX registers that kernels here use. */
export type PtxType = 'pred' | 'u32' | 'u64' | 'f64';

/** A register of a kernel. */
export interface Register<Type extends PtxType> {
  readonly type: Type;
  readonly name: string;
}

/** What an instruction reads: a register, or a number written into the instruction. */
export type Operand<Type extends PtxType> = Register<Type> | (Type extends 'pred' ? never : number);

/** A place to jump to. */
export interface PtxLabel {
  readonly name: string;
}

type Pair = readonly [Register<'f64'>, Register<'f64'>];

export type Comparison = 'lt' | 'le' | 'gt' | 'ge' | 'eq' | 'ne' | 'neu';

const PREFIX: Readonly<Record<PtxType, string>> = { pred: '%p', u32: '%r', u64: '%l', f64: '%d' };
const DECLARED: Readonly<Record<PtxType, string>> = { pred: 'pred', u32: 'b32', u64: 'b64', f64: 'f64' };

/**
 * Writes one kernel as PTX text. Doubles are rounded to nearest after every instruction and fused only where that is asked for, so
 * that results have the bits that the same arithmetic has on a processor.
 */
export class PtxWriter {
  private readonly lines: string[] = [];
  private readonly counts: Record<PtxType, number> = { pred: 0, u32: 0, u64: 0, f64: 0 };
  private readonly parameters: string[] = [];
  private readonly shared: string[] = [];
  private labelCount = 0;

  /** Declares the next parameter of the kernel and reads it. */
  parameter<Type extends 'u32' | 'u64'>(type: Type): Register<Type> {
    const name = `argument${this.parameters.length}`;
    this.parameters.push(`.param .${type} ${name}`);
    return this.into(type, `ld.param.${type}`, `[${name}]`);
  }

  /** The number of this thread among all of the launch. */
  threadIndex(): Register<'u32'> {
    const [block, size, thread] = ['%ctaid.x', '%ntid.x', '%tid.x'].map((name) =>
      this.into('u32', 'mov.u32', name),
    );
    return this.into('u32', 'mad.lo.u32', block.name, size.name, thread.name);
  }

  /** The number of this thread's block. */
  blockIndex(): Register<'u32'> {
    return this.into('u32', 'mov.u32', '%ctaid.x');
  }

  /** The number of threads of the launch. */
  threadCount(): Register<'u32'> {
    const [blocks, size] = ['%nctaid.x', '%ntid.x'].map((name) => this.into('u32', 'mov.u32', name));
    return this.whole('mul.lo', blocks, size);
  }

  /** The number of this thread in its block, and how many the block has. */
  placeInBlock(): { readonly thread: Register<'u32'>; readonly threads: Register<'u32'> } {
    const thread = this.into('u32', 'mov.u32', '%tid.x');
    return { thread, threads: this.into('u32', 'mov.u32', '%ntid.x') };
  }

  /** Memory that the threads of a block share, in words; where it begins. */
  sharedWords(count: number): Register<'u32'> {
    const name = `shared${this.shared.length}`;
    this.shared.push(`.shared .align 4 .b32 ${name}[${count}];`);
    return this.into('u32', 'mov.u32', name);
  }

  /** Memory that the threads of a block share, in doubles; where it begins. */
  sharedDoubles(count: number): Register<'u32'> {
    const name = `shared${this.shared.length}`;
    this.shared.push(`.shared .align 8 .b64 ${name}[${count}];`);
    return this.into('u32', 'mov.u32', name);
  }

  /** Waits until all threads of the block are here. */
  barrier(): void {
    this.lines.push('bar.sync 0;');
  }

  loadShared(address: Register<'u32'>): Register<'u32'> {
    return this.into('u32', 'ld.shared.u32', `[${address.name}]`);
  }

  storeShared(address: Register<'u32'>, value: Register<'u32'>): void {
    this.write('st.shared.u32', `[${address.name}]`, value.name);
  }

  loadSharedDouble(address: Register<'u32'>, offset: number): Register<'f64'> {
    return this.into('f64', 'ld.shared.f64', place(address, offset));
  }

  storeSharedDouble(address: Register<'u32'>, value: Register<'f64'>, offset = 0): void {
    this.write('st.shared.f64', place(address, offset), value.name);
  }

  /** As `storeSharedDouble`, where the condition holds, without a jump. */
  storeSharedDoubleWhere(
    condition: Register<'pred'>,
    address: Register<'u32'>,
    value: Register<'f64'>,
    offset: number,
  ): void {
    this.lines.push(`@${condition.name} st.shared.f64 ${place(address, offset)}, ${value.name};`);
  }

  /** Adds to a word that other threads of the block add to as well. */
  addShared(address: Register<'u32'>, value: Operand<'u32'>): void {
    this.write('red.shared.add.u32', `[${address.name}]`, text('u32', value));
  }

  /** Adds to a word that every thread may add to. */
  addGlobal(address: Register<'u64'>, value: Operand<'u32'>): void {
    this.write('red.global.add.u32', place(address, 0), text('u32', value));
  }

  /** As `addGlobal`; what the word was before, which no other thread gets. */
  takeGlobal(address: Register<'u64'>, value: Operand<'u32'>): Register<'u32'> {
    return this.into('u32', 'atom.global.add.u32', place(address, 0), text('u32', value));
  }

  /** A register with a first value. */
  variable<Type extends 'u32' | 'u64' | 'f64'>(type: Type, value: Operand<Type>): Register<Type> {
    return this.into(type, `mov.${type}`, text(type, value));
  }

  /** A double that is set before it is read. */
  number(): Register<'f64'> {
    return this.register('f64');
  }

  /** A truth with a first value. */
  truth(value: boolean): Register<'pred'> {
    return this.into('pred', `setp.${value ? 'eq' : 'ne'}.u32`, '0', '0');
  }

  set<Type extends PtxType>(target: Register<Type>, value: Operand<Type>): void {
    this.write(`mov.${target.type}`, target.name, text(target.type, value));
  }

  add<Type extends 'u32' | 'u64' | 'f64'>(type: Type, a: Operand<Type>, b: Operand<Type>): Register<Type> {
    return this.arithmetic('add', type, a, b);
  }

  subtract<Type extends 'u32' | 'u64' | 'f64'>(
    type: Type,
    a: Operand<Type>,
    b: Operand<Type>,
  ): Register<Type> {
    return this.arithmetic('sub', type, a, b);
  }

  multiply(a: Operand<'f64'>, b: Operand<'f64'>): Register<'f64'> {
    return this.arithmetic('mul', 'f64', a, b);
  }

  divide(a: Operand<'f64'>, b: Operand<'f64'>): Register<'f64'> {
    return this.arithmetic('div', 'f64', a, b);
  }

  /** `a * b + c`, rounded once. */
  fused(a: Operand<'f64'>, b: Operand<'f64'>, c: Operand<'f64'>): Register<'f64'> {
    return this.into('f64', 'fma.rn.f64', text('f64', a), text('f64', b), text('f64', c));
  }

  /** A function of one double: `sqrt` is rounded to nearest, `floor` downwards, `reciprocal` has about 20 right bits. */
  apply(name: 'negate' | 'abs' | 'sqrt' | 'floor' | 'reciprocal', a: Operand<'f64'>): Register<'f64'> {
    const instruction = {
      negate: 'neg.f64',
      abs: 'abs.f64',
      sqrt: 'sqrt.rn.f64',
      floor: 'cvt.rmi.f64.f64',
      reciprocal: 'rcp.approx.ftz.f64',
    } as const;
    return this.into('f64', instruction[name], text('f64', a));
  }

  /** Whole quotient, remainder, product or bits of unsigned numbers. */
  whole(
    name: 'div' | 'rem' | 'mul.lo' | 'mul.hi' | 'and' | 'or' | 'xor' | 'shr' | 'shl',
    a: Operand<'u32'>,
    b: Operand<'u32'>,
  ): Register<'u32'> {
    const type = ['and', 'or', 'xor', 'shr', 'shl'].includes(name) ? 'b32' : 'u32';
    return this.into('u32', `${name}.${type}`, text('u32', a), text('u32', b));
  }

  /** Sets `bits` of a word where the condition holds, without a jump. */
  setBits(condition: Register<'pred'>, word: Register<'u32'>, bits: number): void {
    this.lines.push(`@${condition.name} or.b32 ${word.name}, ${word.name}, ${bits};`);
  }

  /** `a * b` in 64 bits. */
  wide(a: Operand<'u32'>, b: number): Register<'u64'> {
    return this.into('u64', 'mul.wide.u32', text('u32', a), text('u32', b));
  }

  /** How many bits above the highest one are 0: 32 where none is 1. */
  leadingZeros(a: Register<'u32'>): Register<'u32'> {
    return this.into('u32', 'clz.b32', a.name);
  }

  /** The place of the lowest bit that is 1: 32 where none is. */
  lowestBit(a: Register<'u32'>): Register<'u32'> {
    return this.leadingZeros(this.into('u32', 'brev.b32', a.name));
  }

  toDouble(a: Register<'u32'>): Register<'f64'> {
    return this.into('f64', 'cvt.rn.f64.u32', a.name);
  }

  /** The whole number that a double from 0 on holds. */
  toWhole(a: Register<'f64'>): Register<'u32'> {
    return this.into('u32', 'cvt.rzi.u32.f64', a.name);
  }

  /** The lower and the upper half of a double's bits. */
  halves(a: Register<'f64'>): readonly [Register<'u32'>, Register<'u32'>] {
    const pair = [this.register('u32'), this.register('u32')] as const;
    this.write('mov.b64', `{${pair[0].name}, ${pair[1].name}}`, a.name);
    return pair;
  }

  /** The double of these halves. */
  ofHalves(low: Register<'u32'>, high: Register<'u32'>): Register<'f64'> {
    return this.into('f64', 'mov.b64', `{${low.name}, ${high.name}}`);
  }

  /** Comparisons with a NaN are false, except `neu`. */
  compare<Type extends 'u32' | 'f64'>(
    how: Comparison,
    type: Type,
    a: Operand<Type>,
    b: Operand<Type>,
  ): Register<'pred'> {
    return this.into('pred', `setp.${how}.${type}`, text(type, a), text(type, b));
  }

  both(a: Register<'pred'>, b: Register<'pred'>): Register<'pred'> {
    return this.into('pred', 'and.pred', a.name, b.name);
  }

  either(a: Register<'pred'>, b: Register<'pred'>): Register<'pred'> {
    return this.into('pred', 'or.pred', a.name, b.name);
  }

  not(a: Register<'pred'>): Register<'pred'> {
    return this.into('pred', 'not.pred', a.name);
  }

  /** `a` where the condition holds, else `b`. */
  choose(condition: Register<'pred'>, a: Operand<'f64'>, b: Operand<'f64'>): Register<'f64'> {
    return this.into('f64', 'selp.f64', text('f64', a), text('f64', b), condition.name);
  }

  /** As `choose`, of words. */
  chooseWord(condition: Register<'pred'>, a: Operand<'u32'>, b: Operand<'u32'>): Register<'u32'> {
    return this.into('u32', 'selp.b32', text('u32', a), text('u32', b), condition.name);
  }

  load<Type extends 'u32' | 'f64'>(type: Type, address: Register<'u64'>, offset = 0): Register<Type> {
    return this.into(type, `ld.global.nc.${type}`, place(address, offset));
  }

  /** A double that this kernel may have written itself. */
  loadWritten(address: Register<'u64'>): Register<'f64'> {
    return this.into('f64', 'ld.global.f64', place(address, 0));
  }

  /** Two neighbouring doubles, aligned to 16 bytes. */
  loadPair(address: Register<'u64'>, offset: number): Pair {
    const pair = [this.register('f64'), this.register('f64')] as const;
    this.write('ld.global.nc.v2.f64', `{${pair[0].name}, ${pair[1].name}}`, place(address, offset));
    return pair;
  }

  /** Two neighbouring words, aligned to 8 bytes. */
  loadWords(address: Register<'u64'>): readonly [Register<'u32'>, Register<'u32'>] {
    const pair = [this.register('u32'), this.register('u32')] as const;
    this.write('ld.global.nc.v2.u32', `{${pair[0].name}, ${pair[1].name}}`, place(address, 0));
    return pair;
  }

  /** Asks for what lies there, which may be nothing, to be brought near. */
  prefetch(address: Register<'u64'>, offset: number): void {
    this.write('prefetch.global.L2', place(address, offset));
  }

  store(address: Register<'u64'>, value: Register<'f64'>, offset = 0): void {
    this.write('st.global.f64', place(address, offset), value.name);
  }

  /** Two neighbouring doubles, aligned to 16 bytes. */
  storePair(address: Register<'u64'>, [first, second]: Pair, offset = 0): void {
    this.write('st.global.v2.f64', place(address, offset), `{${first.name}, ${second.name}}`);
  }

  storeWord(address: Register<'u64'>, value: Register<'u32'>): void {
    this.write('st.global.u32', place(address, 0), value.name);
  }

  /** Two neighbouring words, aligned to 8 bytes. */
  storeWords(address: Register<'u64'>, [first, second]: readonly [Register<'u32'>, Register<'u32'>]): void {
    this.write('st.global.v2.u32', place(address, 0), `{${first.name}, ${second.name}}`);
  }

  if(condition: Register<'pred'>, then: () => void, otherwise?: () => void): void {
    const [other, end] = [this.label(), this.label()];
    this.lines.push(`@!${condition.name} bra ${other.name};`);
    then();
    if (otherwise) {
      this.go(end);
      this.at(other);
      otherwise();
      this.at(end);
    } else this.at(other);
  }

  /** A stretch that can be left from within. */
  block(body: (end: PtxLabel) => void): void {
    const end = this.label();
    body(end);
    this.at(end);
  }

  /** A stretch that is repeated until it is left. */
  loop(body: (end: PtxLabel) => void): void {
    const start = this.label();
    this.at(start);
    this.block((end) => {
      body(end);
      this.go(start);
    });
  }

  go(label: PtxLabel): void {
    this.lines.push(`bra ${label.name};`);
  }

  goIf(condition: Register<'pred'>, label: PtxLabel): void {
    this.lines.push(`@${condition.name} bra ${label.name};`);
  }

  /** The module's text: version 8.2 is what drivers of CUDA 12.2 load, sm_75 what newer devices run as well. */
  finish(name: string): string {
    const registers = (Object.keys(PREFIX) as PtxType[])
      .filter((type) => this.counts[type] > 0)
      .map((type) => `.reg .${DECLARED[type]} ${PREFIX[type]}<${this.counts[type]}>;`);
    return [
      '.version 8.2',
      '.target sm_75',
      '.address_size 64',
      `.visible .entry ${name}(${this.parameters.join(', ')})`,
      '{',
      ...[...registers, ...this.shared, ...this.lines, 'ret;'].map((line) =>
        line.endsWith(':') ? line : `  ${line}`,
      ),
      '}',
      '',
    ].join('\n');
  }

  private arithmetic<Type extends 'u32' | 'u64' | 'f64'>(
    name: string,
    type: Type,
    a: Operand<Type>,
    b: Operand<Type>,
  ): Register<Type> {
    const rounding = type === 'f64' ? '.rn' : '';
    return this.into(type, `${name}${rounding}.${type}`, text(type, a), text(type, b));
  }

  private into<Type extends PtxType>(type: Type, instruction: string, ...operands: string[]): Register<Type> {
    const target = this.register(type);
    this.write(instruction, target.name, ...operands);
    return target;
  }

  private register<Type extends PtxType>(type: Type): Register<Type> {
    const name = `${PREFIX[type]}${this.counts[type]}`;
    this.counts[type] += 1;
    return { type, name };
  }

  private write(instruction: string, ...operands: string[]): void {
    this.lines.push(`${instruction} ${operands.join(', ')};`);
  }

  private label(): PtxLabel {
    this.labelCount += 1;
    return { name: `L${this.labelCount}` };
  }

  private at(label: PtxLabel): void {
    this.lines.push(`${label.name}:`);
  }
}

function place(address: Register<'u32' | 'u64'>, offset: number): string {
  return offset === 0 ? `[${address.name}]` : `[${address.name}+${offset}]`;
}

function text(type: PtxType, value: Register<PtxType> | number): string {
  if (typeof value !== 'number') return value.name;
  if (type !== 'f64') return String(value);
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, value);
  return `0d${bits.getBigUint64(0).toString(16).padStart(16, '0')}`;
}
