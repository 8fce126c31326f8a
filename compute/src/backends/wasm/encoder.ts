/** The binary format of WebAssembly, as far as a kernel of one function and one imported memory needs it. */

/** Growing bytes with the format's own integers (LEB128) and little-endian doubles. */
export class ByteWriter {
  private bytes = new Uint8Array(1024);
  private length = 0;

  byte(...values: number[]): this {
    this.reserve(values.length);
    for (const value of values) this.bytes[this.length++] = value;
    return this;
  }

  append(values: Uint8Array): this {
    this.reserve(values.length);
    this.bytes.set(values, this.length);
    this.length += values.length;
    return this;
  }

  unsigned(value: number): this {
    let rest = value >>> 0;
    do {
      const low = rest & 127;
      rest >>>= 7;
      this.byte(rest === 0 ? low : low | 128);
    } while (rest !== 0);
    return this;
  }

  signed(value: bigint): this {
    for (let rest = value; ;) {
      const low = Number(rest & 127n);
      rest >>= 7n;
      const isLast = (rest === 0n && low < 64) || (rest === -1n && low >= 64);
      this.byte(isLast ? low : low | 128);
      if (isLast) return this;
    }
  }

  double(value: number): this {
    return this.append(new Uint8Array(Float64Array.of(value).buffer));
  }

  name(text: string): this {
    const encoded = new TextEncoder().encode(text);
    return this.unsigned(encoded.length).append(encoded);
  }

  finish(): Uint8Array<ArrayBuffer> {
    return this.bytes.slice(0, this.length);
  }

  private reserve(count: number): void {
    if (this.length + count <= this.bytes.length) return;
    const larger = new Uint8Array(2 * (this.length + count));
    larger.set(this.bytes);
    this.bytes = larger;
  }
}

export type WasmType = 'i32' | 'i64' | 'f64' | 'v128';

const TYPE_CODES: Readonly<Record<WasmType, number>> = { i32: 0x7f, i64: 0x7e, f64: 0x7c, v128: 0x7b };
const SECTIONS = { type: 1, import: 2, function: 3, export: 7, code: 10 } as const;

/** One exported function over a shared memory that the caller provides. */
export interface WasmFunction {
  readonly name: string;
  readonly parameters: readonly WasmType[];
  /** Locals beyond the parameters. */
  readonly locals: readonly WasmType[];
  readonly body: Uint8Array;
}

/** The module that imports `env.memory` (shared, at most `pagesMaximum` pages) and exports the functions. */
export function encodeModule(
  functions: readonly WasmFunction[],
  pagesMaximum: number,
): Uint8Array<ArrayBuffer> {
  const module = new ByteWriter().byte(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
  const section = (id: number, fill: (content: ByteWriter) => void): void => {
    const content = new ByteWriter();
    fill(content);
    const bytes = content.finish();
    module.byte(id).unsigned(bytes.length).append(bytes);
  };
  section(SECTIONS.type, (content) => {
    content.unsigned(functions.length);
    for (const { parameters } of functions) {
      content.byte(0x60).unsigned(parameters.length);
      for (const type of parameters) content.byte(TYPE_CODES[type]);
      content.unsigned(0);
    }
  });
  section(SECTIONS.import, (content) =>
    content.unsigned(1).name('env').name('memory').byte(0x02, 0x03).unsigned(1).unsigned(pagesMaximum),
  );
  section(SECTIONS.function, (content) => {
    content.unsigned(functions.length);
    functions.forEach((_, index) => content.unsigned(index));
  });
  section(SECTIONS.export, (content) => {
    content.unsigned(functions.length);
    functions.forEach(({ name }, index) => content.name(name).byte(0).unsigned(index));
  });
  section(SECTIONS.code, (content) => {
    content.unsigned(functions.length);
    for (const each of functions) {
      const code = encodeBody(each);
      content.unsigned(code.length).append(code);
    }
  });
  return module.finish();
}

function encodeBody({ locals, body }: WasmFunction): Uint8Array {
  const code = new ByteWriter().unsigned(locals.length);
  for (const type of locals) code.unsigned(1).byte(TYPE_CODES[type]);
  return code.append(body).byte(0x0b).finish();
}
