import type { SweepTile } from '../../service/contract.ts';
import { CudaError } from './device.ts';
import { SETS_PER_BLOCK } from './emit-hand-over.ts';
import { Lane, type LanePlace } from './lane.ts';
import type { Stage } from './stages.ts';
import type { CudaPlan } from './sweep.ts';

/** Sets of one launch: enough for every core of a large device. */
const TILE_SETS_MAXIMUM = 2 ** 17;
/** Work of one launch, so that a sweep reports and can be cancelled about every second. */
const TILE_EVALUATIONS_MAXIMUM = 1e11;
/** Launches of one device that overlap: one computes while the results of the other are read. */
const LANES_PER_DEVICE = 2;
/** Sets that a multiprocessor takes side by side. */
const SETS_AT_ONCE = 192;
/** What the signals of one launch may take. */
const SIGNAL_BYTES_MAXIMUM = 2 ** 29;

/** The lanes of all devices, which take tiles in turn. Tiles are reported in the order in which they were started. */
export class Lanes {
  private readonly open: Lane[] = [];
  private readonly tileSets: number;
  /** Sets of one value of the first axis. */
  private readonly setsPerValue: number;
  private readonly onTile: (tile: SweepTile) => void;
  private turn = 0;

  constructor(
    places: readonly LanePlace[],
    plan: CudaPlan,
    setsTotal: number,
    onTile: (tile: SweepTile) => void,
  ) {
    this.onTile = onTile;
    const { stages } = plan;
    this.setsPerValue = setsTotal / stages[stages.length - 1].to;
    const sizes = stages.map(({ from, to }) => (to - from) * this.setsPerValue);
    const { wanted, perDevice } = wantedLanes(places, sizes);
    const most = tileSetsMaximum(plan);
    this.tileSets = this.openFor(places, plan, Math.min(wanted, most), (tileSets) =>
      Math.min(
        perDevice * places.length,
        sizes.reduce((sum, sets) => sum + Math.ceil(sets / tileSets), 0),
      ),
    );
  }

  /** Starts the sets of a stage, as far as there are lanes for all of them, and the rest when others have ended. */
  start(stage: Stage, check: () => void): void {
    const { open, tileSets, setsPerValue } = this;
    const end = stage.to * setsPerValue;
    for (let from = stage.from * setsPerValue; from < end; from += tileSets) {
      check();
      const lane = open[this.turn % open.length];
      this.report(lane);
      lane.start(from, Math.min(tileSets, end - from));
      this.turn += 1;
    }
  }

  /** Waits for all that was started. */
  finish(): void {
    const { open, turn } = this;
    for (let rest = 0; rest < open.length; rest += 1) this.report(open[(turn + rest) % open.length]);
  }

  close(): void {
    for (const lane of this.open.splice(0)) lane.close();
  }

  private report(lane: Lane): void {
    const tile = lane.collect();
    if (tile) this.onTile(tile);
  }

  /** Opens lanes with room for so many sets, or for half as often as the memory asks; returns how many there is room for. */
  private openFor(
    places: readonly LanePlace[],
    plan: CudaPlan,
    tileSets: number,
    lanesFor: (tileSets: number) => number,
  ): number {
    try {
      for (let lane = 0; lane < lanesFor(tileSets); lane += 1)
        this.open.push(new Lane(places[lane % places.length], plan, tileSets));
      return tileSets;
    } catch (problem) {
      const isShort = problem instanceof CudaError && problem.isOutOfMemory;
      // Nothing smaller is worth while: fewer lanes do.
      if (isShort && tileSets <= SETS_PER_BLOCK && this.open.length > 0) return tileSets;
      this.close();
      if (!isShort || tileSets <= SETS_PER_BLOCK) throw problem;
      return this.openFor(places, plan, Math.ceil(tileSets / 2), lanesFor);
    }
  }
}

/**
 * Sets of a launch, and lanes of a device. A stage is halved on a device, so that results are read while it computes, unless that would leave
 * a part of the device idle; stages that are too small for it are taken side by side.
 */
function wantedLanes(places: readonly LanePlace[], stageSets: readonly number[]) {
  const ofDevice = Math.ceil(Math.max(...stageSets) / places.length);
  const multiprocessors = places.map(({ memory }) => memory.device.multiprocessors);
  const atOnce = SETS_AT_ONCE * Math.max(...multiprocessors);
  return {
    wanted: Math.min(ofDevice, Math.max(atOnce, Math.ceil(ofDevice / LANES_PER_DEVICE))),
    perDevice: ofDevice < atOnce ? Math.max(LANES_PER_DEVICE, stageSets.length) : LANES_PER_DEVICE,
  };
}

function tileSetsMaximum({ layout: { barsTotal }, signals }: CudaPlan): number {
  const most = Math.min(
    TILE_SETS_MAXIMUM,
    Math.floor(TILE_EVALUATIONS_MAXIMUM / Math.max(1, barsTotal)),
    Math.floor(SIGNAL_BYTES_MAXIMUM / Math.max(1, signals.bytesPerSet)),
  );
  return Math.max(SETS_PER_BLOCK, most);
}
