import { gridSize } from '../backtest/sweep-grid.ts';
import type { SweepAxis, SweepMetric, SweepTile } from './contract.ts';

/** A part of a grid that is a grid itself: the sets from `fromIndex` on. */
export interface GridPart {
  readonly axes: readonly SweepAxis[];
  readonly fromIndex: number;
}

/** Cuts a grid into about `count` parts whose sets follow each other, by the values of its first axes. */
export function gridParts(axes: readonly SweepAxis[], count: number, fromIndex = 0): GridPart[] {
  const place = axes.findIndex(({ values }) => values.length > 1);
  if (place < 0 || count <= 1) return [{ axes, fromIndex }];
  const { parameter, values } = axes[place];
  const setsPerValue = gridSize(axes.slice(place + 1));
  const sliceCount = Math.min(count, values.length);
  return Array.from({ length: sliceCount }, (_, slice) => {
    const from = Math.floor((slice * values.length) / sliceCount);
    const to = Math.floor(((slice + 1) * values.length) / sliceCount);
    const part = axes.with(place, { parameter, values: values.slice(from, to) });
    return gridParts(
      part,
      to - from === 1 ? Math.ceil(count / values.length) : 1,
      fromIndex + from * setsPerValue,
    );
  }).flat();
}

/** Passes on the metrics of each set once, though a part that was begun anew sends some again, in other tiles perhaps. */
export class SetsOnce {
  private readonly isSeen: Uint8Array;
  private readonly fromIndex: number;

  constructor(part: GridPart) {
    this.isSeen = new Uint8Array(gridSize(part.axes));
    this.fromIndex = part.fromIndex;
  }

  /** Where the stretches that have been seen begin and end, by twos, in places of the part. */
  seenStretches(): number[] {
    const bounds: number[] = [];
    for (let place = 0; place <= this.isSeen.length; place += 1)
      if ((this.isSeen[place] ?? 0) !== (this.isSeen[place - 1] ?? 0)) bounds.push(place);
    return bounds;
  }

  /** The stretches of a part's tile that are new, in places of the whole grid; their columns are views of the tile's. */
  *fresh(tile: SweepTile): Generator<SweepTile> {
    const isSeen = this.isSeen.subarray(tile.fromIndex, tile.fromIndex + tile.sharpe.length);
    for (let from = isSeen.indexOf(0); from >= 0; from = isSeen.indexOf(0, from)) {
      const next = isSeen.indexOf(1, from);
      const to = next < 0 ? isSeen.length : next;
      isSeen.fill(1, from, to);
      const cut = (metric: SweepMetric) => tile[metric].subarray(from, to);
      yield {
        fromIndex: this.fromIndex + tile.fromIndex + from,
        totalReturn: cut('totalReturn'),
        sharpe: cut('sharpe'),
        maxDrawdown: cut('maxDrawdown'),
        tradeCount: cut('tradeCount'),
      };
    }
  }
}
