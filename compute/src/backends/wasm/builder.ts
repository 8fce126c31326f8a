import { ByteWriter, type WasmFunction, type WasmType } from './encoder.ts';

/**
 * WebAssembly written as expressions: a value knows its type and how to put itself on the stack; a
 * function builder turns statements into code. Nothing here knows what is computed.
 */
export interface Value<Type extends WasmType = WasmType> {
  readonly type: Type;
  readonly emit: (code: ByteWriter) => void;
}

export type I32 = Value<'i32'>;
export type I64 = Value<'i64'>;
export type F64 = Value<'f64'>;
export type V128 = Value<'v128'>;

/** A variable of the function. */
export interface Local<Type extends WasmType = WasmType> extends Value<Type> {
  readonly index: number;
}

type Operand<Type extends WasmType> = Value<Type> | number;

const SIMD = 0xfd;

function value<Type extends WasmType>(type: Type, emit: (code: ByteWriter) => void): Value<Type> {
  return { type, emit };
}

function constant<Type extends WasmType>(type: Type, given: Operand<Type>): Value<Type> {
  if (typeof given !== 'number') return given;
  if (type === 'i32') return value(type, (code) => code.byte(0x41).signed(BigInt(given | 0)));
  if (type === 'i64') return value(type, (code) => code.byte(0x42).signed(BigInt(given)));
  if (type === 'f64') return value(type, (code) => code.byte(0x44).double(given));
  return value(type, (code) => code.byte(SIMD).unsigned(0x0c).double(given).double(given));
}

type Unary<In extends WasmType, Out extends WasmType = In> = (a: Operand<In>) => Value<Out>;
type Binary<In extends WasmType, Out extends WasmType = In> = (a: Operand<In>, b: Operand<In>) => Value<Out>;

function unary<In extends WasmType, Out extends WasmType>(
  input: In,
  output: Out,
  opcode: number,
): Unary<In, Out> {
  return (a) => value(output, (code) => (constant(input, a).emit(code), put(code, input, output, opcode)));
}

function binary<In extends WasmType, Out extends WasmType>(
  input: In,
  output: Out,
  opcode: number,
): Binary<In, Out> {
  return (a, b) =>
    value(output, (code) => {
      constant(input, a).emit(code);
      constant(input, b).emit(code);
      put(code, input, output, opcode);
    });
}

function put(code: ByteWriter, input: WasmType, output: WasmType, opcode: number): void {
  if (input === 'v128' || output === 'v128') code.byte(SIMD).unsigned(opcode);
  else code.byte(opcode);
}

export const i32 = {
  of: (given: Operand<'i32'>): I32 => constant('i32', given),
  isZero: unary('i32', 'i32', 0x45),
  equal: binary('i32', 'i32', 0x46),
  notEqual: binary('i32', 'i32', 0x47),
  less: binary('i32', 'i32', 0x48),
  greater: binary('i32', 'i32', 0x4a),
  lessEqual: binary('i32', 'i32', 0x4c),
  greaterEqual: binary('i32', 'i32', 0x4e),
  leadingZeros: unary('i32', 'i32', 0x67),
  trailingZeros: unary('i32', 'i32', 0x68),
  add: binary('i32', 'i32', 0x6a),
  subtract: binary('i32', 'i32', 0x6b),
  multiply: binary('i32', 'i32', 0x6c),
  and: binary('i32', 'i32', 0x71),
  or: binary('i32', 'i32', 0x72),
  xor: binary('i32', 'i32', 0x73),
  shiftLeft: binary('i32', 'i32', 0x74),
  shiftRight: binary('i32', 'i32', 0x76),
};

export const i64 = {
  of: (given: Operand<'i64'>): I64 => constant('i64', given),
  isZero: unary('i64', 'i32', 0x50),
  trailingZeros: unary('i64', 'i64', 0x7a),
  and: binary('i64', 'i64', 0x83),
  or: binary('i64', 'i64', 0x84),
  xor: binary('i64', 'i64', 0x85),
  shiftLeft: binary('i64', 'i64', 0x86),
  shiftRight: binary('i64', 'i64', 0x88),
  add: binary('i64', 'i64', 0x7c),
  extend: unary('i32', 'i64', 0xad),
  /** The low 32 bits. */
  low: unary('i64', 'i32', 0xa7),
  /** A constant of 64 bits. */
  ofBits: (given: bigint): I64 => value('i64', (code) => code.byte(0x42).signed(BigInt.asIntN(64, given))),
  not: (a: I64): I64 => i64.xor(a, -1),
};

export const f64 = {
  of: (given: Operand<'f64'>): F64 => constant('f64', given),
  equal: binary('f64', 'i32', 0x61),
  notEqual: binary('f64', 'i32', 0x62),
  less: binary('f64', 'i32', 0x63),
  greater: binary('f64', 'i32', 0x64),
  lessEqual: binary('f64', 'i32', 0x65),
  greaterEqual: binary('f64', 'i32', 0x66),
  abs: unary('f64', 'f64', 0x99),
  negate: unary('f64', 'f64', 0x9a),
  floor: unary('f64', 'f64', 0x9c),
  truncate: unary('f64', 'f64', 0x9d),
  sqrt: unary('f64', 'f64', 0x9f),
  add: binary('f64', 'f64', 0xa0),
  subtract: binary('f64', 'f64', 0xa1),
  multiply: binary('f64', 'f64', 0xa2),
  divide: binary('f64', 'f64', 0xa3),
  fromInteger: unary('i32', 'f64', 0xb7),
};

export const v128 = {
  of: (given: Operand<'v128'>): V128 => constant('v128', given),
  splat: unary('f64', 'v128', 0x14),
  /** A constant of two doubles. */
  ofPair: (first: number, second: number): V128 =>
    value('v128', (code) => code.byte(SIMD).unsigned(0x0c).double(first).double(second)),
  lane: (a: V128, lane: 0 | 1): F64 =>
    value('f64', (code) => (a.emit(code), code.byte(SIMD).unsigned(0x21).byte(lane))),
  /** Lanes 0 and 1 are those of a, 2 and 3 those of b. */
  shuffle: (a: V128, b: V128, first: number, second: number): V128 =>
    value('v128', (code) => {
      a.emit(code);
      b.emit(code);
      const bytes = [first, second].flatMap((lane) => Array.from({ length: 8 }, (_, i) => 8 * lane + i));
      code
        .byte(SIMD)
        .unsigned(0x0d)
        .byte(...bytes);
    }),
  /** The even 32-bit lanes of a, then those of b: halves the width of two masks. */
  evenWords: (a: V128, b: V128): V128 =>
    value('v128', (code) => {
      a.emit(code);
      b.emit(code);
      const bytes = [0, 2, 4, 6].flatMap((lane) => Array.from({ length: 4 }, (_, i) => 4 * lane + i));
      code
        .byte(SIMD)
        .unsigned(0x0d)
        .byte(...bytes);
    }),
  equal: binary('v128', 'v128', 0x47),
  less: binary('v128', 'v128', 0x49),
  greater: binary('v128', 'v128', 0x4a),
  lessEqual: binary('v128', 'v128', 0x4b),
  greaterEqual: binary('v128', 'v128', 0x4c),
  and: binary('v128', 'v128', 0x4e),
  andNot: binary('v128', 'v128', 0x4f),
  or: binary('v128', 'v128', 0x50),
  anyTrue: unary('v128', 'i32', 0x53),
  abs: unary('v128', 'v128', 0xec),
  negate: unary('v128', 'v128', 0xed),
  sqrt: unary('v128', 'v128', 0xef),
  add: binary('v128', 'v128', 0xf0),
  subtract: binary('v128', 'v128', 0xf1),
  multiply: binary('v128', 'v128', 0xf2),
  divide: binary('v128', 'v128', 0xf3),
  /** b < a ? b : a */
  lesser: binary('v128', 'v128', 0xf6),
  /** a < b ? b : a */
  larger: binary('v128', 'v128', 0xf7),
  select: (mask: V128, a: V128, b: V128): V128 =>
    value('v128', (code) => {
      for (const each of [a, b, mask]) each.emit(code);
      code.byte(SIMD).unsigned(0x52);
    }),
  shortsEqual: binary('v128', 'v128', 0x2d),
  shortsGreater: binary('v128', 'v128', 0x31),
  narrowShorts: binary('v128', 'v128', 0x65),
  narrowWords: binary('v128', 'v128', 0x85),
  byteMask: unary('v128', 'i32', 0x64),
  /** Two doubles as whole words in the low half; a missing value is 0. */
  toWords: unary('v128', 'v128', 0xfc),
  subtractWords: binary('v128', 'v128', 0xb1),
  /** The same 32-bit number four times. */
  ofWords: (given: number): V128 =>
    value('v128', (code) =>
      code
        .byte(SIMD)
        .unsigned(0x0c)
        .append(new Uint8Array(Int32Array.from({ length: 4 }, () => given).buffer)),
    ),
};

/** b < a ? b : a, without the branch that a choice of doubles would be. */
export function lesser(a: F64, b: F64): F64 {
  return v128.lane(v128.lesser(v128.splat(a), v128.splat(b)), 0);
}

/** a < b ? b : a, without the branch that a choice of doubles would be. */
export function larger(a: F64, b: F64): F64 {
  return v128.lane(v128.larger(v128.splat(a), v128.splat(b)), 0);
}

/** A where the condition is not 0, else b. Of doubles and vectors it is a branch: for what is easily foreseen. */
export function choose<Type extends WasmType>(condition: I32, a: Value<Type>, b: Value<Type>): Value<Type> {
  return value(a.type, (code) => {
    for (const each of [a, b, condition]) each.emit(code);
    code.byte(0x1b);
  });
}

const LOADS = { i32: [0x28, 2], i64: [0x29, 3], f64: [0x2b, 3], v128: [0x00, 3] } as const;
const STORES = { i32: [0x36, 2], i64: [0x37, 3], f64: [0x39, 3], v128: [0x0b, 3] } as const;

function access(
  code: ByteWriter,
  type: WasmType,
  [opcode, alignment]: readonly [number, number],
  offset: number,
) {
  if (type === 'v128') code.byte(SIMD);
  code.unsigned(opcode).unsigned(alignment).unsigned(offset);
}

/** The value in memory at `address + offset`. */
export function load<Type extends WasmType>(type: Type, address: I32, offset = 0): Value<Type> {
  return value(type, (code) => (address.emit(code), access(code, type, LOADS[type], offset)));
}

/** A place that a branch can leave for. */
export interface Label {
  readonly depth: number;
}

/** Builds one function, statement by statement. */
export class FunctionBuilder {
  private readonly code = new ByteWriter();
  private readonly parameterTypes: WasmType[] = [];
  private readonly localTypes: WasmType[] = [];
  private depth = 0;

  /** The next parameter; all parameters come before the first local. */
  parameter<Type extends WasmType>(type: Type): Local<Type> {
    return this.variable(type, this.parameterTypes.push(type) - 1);
  }

  local<Type extends WasmType>(type: Type): Local<Type> {
    return this.variable(type, this.parameterTypes.length + this.localTypes.push(type) - 1);
  }

  /** A new local that holds the value from here on. */
  let<Type extends WasmType>(given: Value<Type>): Local<Type> {
    const local = this.local(given.type);
    this.set(local, given);
    return local;
  }

  set<Type extends WasmType>(local: Local<Type>, given: Operand<Type>): void {
    constant(local.type, given).emit(this.code);
    this.code.byte(0x21).unsigned(local.index);
  }

  store<Type extends WasmType>(address: I32, given: Value<Type>, offset = 0): void {
    address.emit(this.code);
    given.emit(this.code);
    access(this.code, given.type, STORES[given.type], offset);
  }

  if(condition: I32, then: () => void, otherwise?: () => void): void {
    condition.emit(this.code);
    this.code.byte(0x04, 0x40);
    this.nested(() => {
      then();
      if (!otherwise) return;
      this.code.byte(0x05);
      otherwise();
    });
  }

  /** Runs the body once; `leave` in it continues after the block. */
  block(body: (leave: Label) => void): void {
    this.code.byte(0x02, 0x40);
    this.nested(() => body({ depth: this.depth }));
  }

  /** Repeats the body for ever; `leave` ends the loop, `again` starts the next round. */
  loop(body: (leave: Label, again: Label) => void): void {
    this.block((leave) => {
      this.code.byte(0x03, 0x40);
      this.nested(() => {
        const again = { depth: this.depth };
        body(leave, again);
        this.go(again);
      });
    });
  }

  go(label: Label): void {
    this.code.byte(0x0c).unsigned(this.depth - label.depth);
  }

  goIf(condition: I32, label: Label): void {
    condition.emit(this.code);
    this.code.byte(0x0d).unsigned(this.depth - label.depth);
  }

  finish(name: string): WasmFunction {
    return { name, parameters: this.parameterTypes, locals: this.localTypes, body: this.code.finish() };
  }

  private nested(body: () => void): void {
    this.depth += 1;
    body();
    this.code.byte(0x0b);
    this.depth -= 1;
  }

  private variable<Type extends WasmType>(type: Type, index: number): Local<Type> {
    return { type, index, emit: (code) => code.byte(0x20).unsigned(index) };
  }
}
