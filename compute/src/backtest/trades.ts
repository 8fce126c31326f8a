import type { BarColumns, FillColumns, TradeColumns } from '../service/contract.ts';

interface OpenTrade {
  readonly side: number;
  readonly entryIndex: number;
  /** The first bar that it is held in from its beginning, or that its entry lies inside of. */
  readonly firstIndex: number;
  units: number;
  entered: number;
  entryPrice: number;
  left: number;
  exitPrice: number;
  fees: number;
}

/**
 * Round trips from flat to flat out of fills; the last may be open, with NaN exits and its profit at
 * the last close. Prices are averages over the trade's fills. Excursions: every bar from the entry to
 * the one before the exit counts with its range, the exit bar with the exit price alone; but that of an entry
 * at its close does not count, and that of an exit at its close does with its range.
 */
export function buildTrades(fills: FillColumns, bars: BarColumns): TradeColumns {
  const rows: TradeRow[] = [];
  let open: OpenTrade | null = null;
  for (let i = 0; i < fills.side.length; i += 1) {
    open ??= {
      side: fills.side[i],
      entryIndex: fills.barIndex[i],
      firstIndex: fills.barIndex[i] + fills.isAtClose[i],
      units: 0,
      entered: 0,
      entryPrice: 0,
      left: 0,
      exitPrice: 0,
      fees: 0,
    };
    const quantity = fills.quantity[i];
    // Running averages: the first fill's price comes out exactly.
    if (fills.side[i] === open.side) {
      open.entered += quantity;
      open.entryPrice += (fills.price[i] - open.entryPrice) * (quantity / open.entered);
    } else {
      open.left += quantity;
      open.exitPrice += (fills.price[i] - open.exitPrice) * (quantity / open.left);
    }
    open.units += fills.side[i] * quantity;
    open.fees += fills.fee[i];
    if (open.units !== 0 && !leavesAll(fills.reason[i])) continue;
    rows.push(tradeRow(open, fills.barIndex[i], fills.barIndex[i] + fills.isAtClose[i], bars));
    open = null;
  }
  if (open) rows.push(tradeRow(open, -1, bars.close.length, bars));
  return tradeColumns(rows, bars.timesMs);
}

/** Whether a fill for this reason (see `FillColumns`) leaves nothing of a position, whatever rounding makes of the sum of its fills. */
export function leavesAll(reason: string): boolean {
  return !/^(entry|add|reduce)(:|$)/.test(reason);
}

interface TradeRow {
  readonly side: number;
  readonly entryIndex: number;
  readonly exitIndex: number;
  readonly quantity: number;
  readonly entryPrice: number;
  readonly exitPrice: number;
  readonly fees: number;
  readonly profit: number;
  readonly mae: number;
  readonly mfe: number;
}

/** The row of a trade that is left in bar `exitIndex`, -1 where it is open, and was held through all bars before `end`. */
function tradeRow(trade: OpenTrade, exitIndex: number, end: number, bars: BarColumns): TradeRow {
  const { entryPrice, entered } = trade;
  const isOpen = exitIndex < 0;
  const exitPrice = isOpen ? NaN : trade.exitPrice;
  const stillHeld = isOpen ? entered - trade.left : 0;
  const leftValue = trade.left * trade.exitPrice + stillHeld * bars.close[bars.close.length - 1];
  const profit = trade.side * (leftValue - entered * entryPrice) - trade.fees;
  let [worst, best] = isOpen
    ? [0, 0]
    : [
        Math.min(0, trade.side * (exitPrice - entryPrice)),
        Math.max(0, trade.side * (exitPrice - entryPrice)),
      ];
  for (let t = trade.firstIndex; t < end; t += 1) {
    const [low, high] = trade.side > 0 ? [bars.low[t], bars.high[t]] : [bars.high[t], bars.low[t]];
    worst = Math.min(worst, trade.side * (low - entryPrice));
    best = Math.max(best, trade.side * (high - entryPrice));
  }
  return {
    side: trade.side,
    entryIndex: trade.entryIndex,
    exitIndex,
    quantity: entered,
    entryPrice,
    exitPrice,
    fees: trade.fees,
    profit,
    // + 0 makes a short's -0 a 0.
    mae: worst / entryPrice + 0,
    mfe: best / entryPrice,
  };
}

function tradeColumns(rows: readonly TradeRow[], timesMs: Float64Array): TradeColumns {
  const column = (value: (row: TradeRow) => number) => Float64Array.from(rows, value);
  return {
    direction: Int8Array.from(rows, (row) => row.side),
    entryIndex: Int32Array.from(rows, (row) => row.entryIndex),
    exitIndex: Int32Array.from(rows, (row) => row.exitIndex),
    entryTimesMs: column((row) => timesMs[row.entryIndex]),
    exitTimesMs: column((row) => (row.exitIndex < 0 ? NaN : timesMs[row.exitIndex])),
    quantity: column((row) => row.quantity),
    entryPrice: column((row) => row.entryPrice),
    exitPrice: column((row) => row.exitPrice),
    fees: column((row) => row.fees),
    profit: column((row) => row.profit),
    returns: column((row) => row.profit / (row.quantity * row.entryPrice)),
    mae: column((row) => row.mae),
    mfe: column((row) => row.mfe),
  };
}
