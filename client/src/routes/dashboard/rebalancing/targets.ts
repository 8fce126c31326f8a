import type {
  AssetClass,
  BandKind,
  LotMethod,
  RebalanceGoal,
  RebalanceOrderFieldsFragment,
  SetTargetsInput,
  TargetFieldsFragment,
  UnitRule,
} from '#lib/graphql/generated/graphql.ts';

/** A line of the editor; weights and bands are percentages as text. */
export interface LineDraft {
  /** A symbol, or the name of a class. */
  what: 'INSTRUMENT' | 'CLASS';
  symbol: string;
  assetClass: AssetClass;
  buySymbol: string;
  weight: string;
  band: string;
  bandKind: BandKind;
}

/** What a person has filled in. */
export interface TargetsDraft {
  lines: LineDraft[];
  cashBand: string;
  cashMinimum: string;
  costFixed: string;
  costBps: string;
  minimumTrade: string;
  units: UnitRule;
  goal: RebalanceGoal;
  /** null for each account's own. */
  lotMethod: LotMethod | null;
}

const percentText = (fraction: number) => String(Math.round(fraction * 1e8) / 1e6);
const fractionOf = (text: string) => Math.round(Number(text.trim().replace(',', '.') || '0') * 1e6) / 1e8;

/** An empty line. */
export function emptyLine(): LineDraft {
  return {
    what: 'INSTRUMENT',
    symbol: '',
    assetClass: 'EQUITY',
    buySymbol: '',
    weight: '',
    band: '5',
    bandKind: 'ABSOLUTE',
  };
}

/** An editor filled with what is set, or with what is held in whole percents. */
export function draftOf(
  targets: TargetFieldsFragment | null | undefined,
  held: readonly { readonly symbol: string; readonly weight: number }[],
): TargetsDraft {
  if (!targets)
    return {
      lines: held.map(({ symbol, weight }) => ({
        ...emptyLine(),
        symbol,
        weight: String(Math.max(0, Math.floor(weight * 100))),
      })),
      cashBand: '5',
      cashMinimum: '0',
      costFixed: '0',
      costBps: '0',
      minimumTrade: '0',
      units: 'LOT_SIZE',
      goal: 'TARGET',
      lotMethod: null,
    };
  return {
    lines: targets.lines.map((line) => ({
      what: line.assetClass ? 'CLASS' : 'INSTRUMENT',
      symbol: line.instrument?.symbol ?? '',
      assetClass: line.assetClass ?? 'EQUITY',
      buySymbol: line.buyInstrument?.symbol ?? '',
      weight: percentText(line.weight),
      band: percentText(line.band),
      bandKind: line.bandKind,
    })),
    cashBand: percentText(targets.cashBand),
    cashMinimum: targets.cashMinimum,
    costFixed: targets.costFixed,
    costBps: String(targets.costBps),
    minimumTrade: targets.minimumTrade,
    units: targets.units,
    goal: targets.goal,
    lotMethod: targets.lotMethod ?? null,
  };
}

/** The part that the lines leave for cash; NaN where a weight is not a number. */
export function cashLeft(lines: readonly LineDraft[]): number {
  return Math.round((1 - lines.reduce((sum, { weight }) => sum + fractionOf(weight), 0)) * 1e8) / 1e8;
}

/** What is sent; lines without a name are left out. */
export function inputOf(
  draft: TargetsDraft,
): Omit<SetTargetsInput, 'idempotencyKey' | 'portfolioId' | 'expectedVersion'> {
  const { lines, cashBand, costBps, cashMinimum, costFixed, minimumTrade, units, goal, lotMethod } = draft;
  const amount = (text: string) => text.trim() || '0';
  return {
    lines: lines
      .filter(({ what, symbol }) => what === 'CLASS' || symbol.trim() !== '')
      .map(({ what, symbol, assetClass, buySymbol, weight, band, bandKind }) => ({
        ...(what === 'CLASS'
          ? { assetClass, buySymbol: buySymbol.trim() || null }
          : { symbol: symbol.trim() }),
        weight: fractionOf(weight),
        band: fractionOf(band),
        bandKind,
      })),
    cashBand: fractionOf(cashBand),
    costBps: Number(costBps.trim() || '0'),
    cashMinimum: amount(cashMinimum),
    costFixed: amount(costFixed),
    minimumTrade: amount(minimumTrade),
    units,
    goal,
    lotMethod,
  };
}

/** Orders as CSV: side, symbol, quantity, price, value, cost, currency. */
export function ordersCsv(orders: readonly RebalanceOrderFieldsFragment[], currency: string): string {
  const rows = orders.map(({ side, instrument: { symbol }, quantity, price, value, cost }) =>
    [side, symbol, quantity, price, value, cost, currency].join(','),
  );
  return `${['side,symbol,quantity,price,value,cost,currency', ...rows].join('\n')}\n`;
}
