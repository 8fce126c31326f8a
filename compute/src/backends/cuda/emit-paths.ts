import {
  blockLengths,
  type BootstrapShape,
  type GaussianShape,
  type PathShape,
  sumColumns,
} from '../../simulation/model.ts';
import { STREAMS } from '../../simulation/random.ts';
import { PathMath } from './emit-random.ts';
import { PtxWriter, type Register } from './ptx.ts';

/** The name of the kernel in its module. */
export const PATHS_KERNEL = 'paths';
/** Shocks that one draw gives. */
export const SHOCKS_PER_DRAW = 4;

type F64 = Register<'f64'>;
type U32 = Register<'u32'>;
type U64 = Register<'u64'>;

/**
 * `paths(data, shocks, results, from, count, keyLow, keyHigh)`: one thread simulates one path, with the operations of
 * simulation/reference.ts in their order. `data` is what `pathData` of paths.ts writes; `shocks` has room for the shocks of `count` paths and is
 * left out where none are kept.
 */
export function emitPaths(shape: PathShape): string {
  const p = new PtxWriter();
  const data = p.parameter('u64');
  const shocks = keepsShocks(shape) ? p.parameter('u64') : null;
  const results = p.parameter('u64');
  const [from, count] = [p.parameter('u32'), p.parameter('u32')];
  const key = [p.parameter('u32'), p.parameter('u32')] as const;
  const thread = p.threadIndex();
  p.block((end) => {
    p.goIf(p.compare('ge', 'u32', thread, count), end);
    const math = new PathMath(p, p.add('u32', from, thread), key);
    const at = p.variable('u64', data);
    const value =
      shape.kind === 'bootstrap'
        ? emitBootstrap(p, math, shape, at)
        : shocks
          ? emitRevalued(p, math, shape, at, {
              first: p.add('u64', shocks, p.wide(thread, 8)),
              stride: p.wide(count, 8),
            })
          : emitLinear(p, math, shape, at);
    p.store(p.add('u64', results, p.wide(thread, 8)), value);
  });
  return p.finish(PATHS_KERNEL);
}

/** Full revaluation reads every shock of a path many times. */
export function keepsShocks(shape: PathShape): boolean {
  return shape.kind === 'gaussian' && !shape.isLinear;
}

/** The number of draws that give every asset a shock. */
export function drawsOf({ assetCount }: GaussianShape): number {
  return Math.ceil(assetCount / SHOCKS_PER_DRAW);
}

/** Repeats the body for 0 to `end` - 1. */
function repeat(p: PtxWriter, end: number | U32, body: (index: U32) => void): void {
  const index = p.variable('u32', 0);
  p.loop((leave) => {
    p.goIf(p.compare('ge', 'u32', index, end), leave);
    body(index);
    p.set(index, p.add('u32', index, 1));
  });
}

/** The next double of the data. */
function next(p: PtxWriter, at: U64): F64 {
  const value = p.load('f64', at);
  p.set(at, p.add('u64', at, 8));
  return value;
}

function mixingOf(math: PathMath, { degreesOfFreedom }: GaussianShape): F64 | null {
  return degreesOfFreedom === null ? null : math.mixing(degreesOfFreedom);
}

function emitLinear(p: PtxWriter, math: PathMath, shape: GaussianShape, at: U64): F64 {
  const mean = next(p, at);
  const total = p.variable('f64', 0);
  repeat(p, drawsOf(shape), (draw) => {
    for (const shock of math.normals(draw)) p.set(total, p.add('f64', total, p.multiply(next(p, at), shock)));
  });
  const mixing = mixingOf(math, shape);
  return p.add('f64', mixing ? p.multiply(total, mixing) : total, mean);
}

function emitRevalued(
  p: PtxWriter,
  math: PathMath,
  shape: GaussianShape,
  at: U64,
  { first, stride }: { readonly first: U64; readonly stride: U64 },
): F64 {
  const mixing = mixingOf(math, shape);
  const place = p.variable('u64', first);
  const onward = () => p.set(place, p.add('u64', place, stride));
  repeat(p, drawsOf(shape), (draw) => {
    for (const shock of math.normals(draw)) {
      p.store(place, mixing ? p.multiply(shock, mixing) : shock);
      onward();
    }
  });
  const total = p.variable('f64', 0);
  repeat(p, shape.assetCount, (row) => {
    const weight = next(p, at);
    const logReturn = p.variable('f64', next(p, at));
    p.set(place, first);
    repeat(p, p.add('u32', row, 1), () => {
      p.set(logReturn, p.add('f64', logReturn, p.multiply(next(p, at), p.loadWritten(place))));
      onward();
    });
    p.set(total, p.add('f64', total, p.multiply(weight, math.gain(logReturn))));
  });
  return total;
}

function emitBootstrap(p: PtxWriter, math: PathMath, shape: BootstrapShape, at: U64): F64 {
  const columns = sumColumns(shape);
  const lengths = blockLengths(shape);
  const last = lengths.length - 1;
  const rowBytes = 8 * columns;
  // Behind the weights are the sums, row after row.
  const sums = p.variable('u64', p.add('u64', at, rowBytes));
  const lanes = [p.variable('f64', 0), p.variable('f64', 0)];
  repeat(p, columns, (column) => {
    const logReturn = p.variable('f64', 0);
    repeat(p, Math.ceil(lengths.length / 4), (draw) => {
      math.draw(draw, STREAMS.blocks).forEach((word, index) => {
        const block = p.add('u32', p.whole('mul.lo', draw, 4), index);
        p.if(p.compare('le', 'u32', block, last), () => {
          const start = p.add('u64', sums, p.wide(p.whole('mul.hi', word, shape.observations), rowBytes));
          const bars = p.variable('u32', lengths[0]);
          p.if(p.compare('eq', 'u32', block, last), () => p.set(bars, lengths[last]));
          const end = p.load('f64', p.add('u64', start, p.wide(bars, rowBytes)));
          p.set(logReturn, p.add('f64', logReturn, p.subtract('f64', end, p.load('f64', start))));
        });
      });
    });
    p.set(sums, p.add('u64', sums, 8));
    const value = shape.isLinear ? logReturn : p.multiply(next(p, at), math.gain(logReturn));
    const isOdd = p.compare('ne', 'u32', p.whole('and', column, 1), 0);
    p.if(
      isOdd,
      () => p.set(lanes[1], p.add('f64', lanes[1], value)),
      () => p.set(lanes[0], p.add('f64', lanes[0], value)),
    );
  });
  return p.add('f64', lanes[0], lanes[1]);
}
