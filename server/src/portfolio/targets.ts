import { Decimal, ZERO } from '../platform/decimal.ts';
import { invalid } from '../platform/graphql/errors.ts';
import type { LotMethod } from '../trade/lots.ts';
import type { PlanAsset, PlanRules, Sleeve } from './rebalance.ts';

/** One line of the targets: the weight of an instrument, or of a class of them. */
export interface TargetLine {
  readonly instrumentId: string | null;
  readonly assetClass: string | null;
  /** What purchases for a class go into; what is held of it, by value, when null. */
  readonly buyInstrumentId: string | null;
  readonly weight: Decimal;
  readonly band: Decimal;
  /** Whether the band is in parts of the whole, or of the weight. */
  readonly bandKind: 'ABSOLUTE' | 'RELATIVE';
}

/** What a portfolio is meant to hold, and how it is brought there. */
export interface Targets {
  readonly version: number;
  readonly lines: readonly TargetLine[];
  readonly cashMinimum: Decimal;
  readonly cashBand: Decimal;
  readonly costFixed: Decimal;
  readonly costBps: Decimal;
  readonly minimumTrade: Decimal;
  readonly units: 'LOT_SIZE' | 'WHOLE' | 'FRACTIONAL';
  readonly goal: 'TARGET' | 'BAND';
  /** null where sales close what each account's own method says. */
  readonly lotMethod: LotMethod | null;
  readonly updatedBy: string;
  readonly updatedAt: Date;
}

/** Something held or meant to be held, as a plan sees it. */
export interface PlanHolding {
  readonly instrumentId: string;
  readonly symbol: string;
  readonly assetClass: string;
  readonly lotSize: Decimal;
  readonly quantity: Decimal;
  /** In the base currency; null where no price or no exchange rate is known. */
  readonly price: Decimal | null;
  /** In its own currency, and what one of that is in the base currency. */
  readonly quotePrice: Decimal | null;
  readonly baseRate: Decimal;
}

/** The parts of a plan, and what it has to leave alone with the reason. */
export interface PlanInputs {
  readonly assets: readonly PlanAsset[];
  readonly sleeves: readonly Sleeve[];
  readonly unmanaged: readonly { readonly holding: PlanHolding; readonly reason: string | null }[];
  readonly notes: readonly string[];
}

const ONE = new Decimal(1);

/** The name of a line in a plan. */
export function lineKey({
  instrumentId,
  assetClass,
}: Pick<TargetLine, 'instrumentId' | 'assetClass'>): string {
  return instrumentId ?? `class ${assetClass}`;
}

/** What the lines leave for cash. */
export function cashWeight(lines: readonly Pick<TargetLine, 'weight'>[]): Decimal {
  return lines.reduce((left, { weight }) => left.minus(weight), ONE);
}

/** The weights between which a line has not drifted; 0 and 1 bound them. */
export function bandOf({ weight, band, bandKind }: Pick<TargetLine, 'weight' | 'band' | 'bandKind'>): {
  readonly lower: Decimal;
  readonly upper: Decimal;
} {
  const width = bandKind === 'ABSOLUTE' ? band : band.times(weight);
  return { lower: Decimal.max(ZERO, weight.minus(width)), upper: Decimal.min(ONE, weight.plus(width)) };
}

/**
 * Assets and sleeves of a plan. An instrument with a line of its own does not count to its class; what
 * no line speaks of is left alone, as is what is held short or has no price.
 */
export function planInputs(targets: Targets, holdings: readonly PlanHolding[]): PlanInputs {
  const assets = new Map<string, PlanAsset>();
  const unmanaged: { holding: PlanHolding; reason: string | null }[] = [];
  const notes: string[] = [];
  const byKey = new Map(targets.lines.map((line) => [lineKey(line), line]));
  const members = new Map<string, string[]>();
  for (const holding of holdings) {
    const line = byKey.get(holding.instrumentId) ?? byKey.get(`class ${holding.assetClass}`);
    const isHeld = !holding.quantity.isZero();
    if (!line) {
      if (isHeld) unmanaged.push({ holding, reason: null });
      continue;
    }
    const problem = problemOf(holding);
    if (problem || !holding.price) {
      if (isHeld) unmanaged.push({ holding, reason: problem });
      else notes.push(`${holding.symbol} ${problem}: it cannot be bought.`);
      continue;
    }
    const { instrumentId: id, quantity, price } = holding;
    assets.set(id, { id, quantity, price, lotSize: lotSizeOf(holding, targets.units) });
    members.set(lineKey(line), [...(members.get(lineKey(line)) ?? []), id]);
  }
  const sleeves = targets.lines.map((line): Sleeve => {
    const key = lineKey(line);
    const buyAssetId = line.buyInstrumentId && assets.has(line.buyInstrumentId) ? line.buyInstrumentId : null;
    const assetIds = members.get(key) ?? [];
    const isEmpty = assetIds.every((id) => assets.get(id)!.quantity.isZero());
    if (line.assetClass && isEmpty && !buyAssetId && !line.weight.isZero())
      notes.push(`Nothing is held of ${line.assetClass.toLowerCase()}: name what is to be bought for it.`);
    return { key, assetIds, buyAssetId, target: line.weight, ...bandOf(line) };
  });
  return { assets: [...assets.values()], sleeves, unmanaged, notes };
}

function problemOf({ quantity, price }: PlanHolding): string | null {
  if (quantity.isNegative()) return 'is held short';
  return price?.greaterThan(0) ? null : 'has no price in the base currency';
}

function lotSizeOf({ lotSize }: PlanHolding, units: Targets['units']): Decimal {
  if (units === 'FRACTIONAL') return ZERO;
  return units === 'WHOLE' ? Decimal.max(lotSize, ONE) : lotSize;
}

/** The rules of a plan from the targets and what is asked of this one. */
export function planRules(targets: Targets, cash: Decimal, allowSelling: boolean): PlanRules {
  const { cashMinimum, cashBand, goal, costFixed, costBps, minimumTrade } = targets;
  return { cash, cashMinimum, cashBand, allowSelling, goal, costFixed, costBps, minimumTrade };
}

/** Refuses targets that cannot be met. */
export function checkTargets(
  lines: readonly (TargetLine & { readonly name: string })[],
  rest: Pick<Targets, 'cashMinimum' | 'cashBand' | 'costFixed' | 'costBps' | 'minimumTrade'>,
): void {
  const path = (index: number, field: string) => ['input', 'lines', String(index), field];
  const keys = lines.map(lineKey);
  lines.forEach((line, index) => {
    if (keys.indexOf(keys[index]) !== index)
      throw invalid(`expected one line for ${line.name}, was another`, ...path(index, 'weight'));
    const isWeight = line.weight.greaterThanOrEqualTo(0) && line.weight.lessThanOrEqualTo(1);
    if (!isWeight)
      throw invalid(`expected a weight from 0 to 1, was ${line.weight}`, ...path(index, 'weight'));
    if (line.band.isNegative() || line.band.greaterThan(1))
      throw invalid(`expected a band from 0 to 1, was ${line.band}`, ...path(index, 'band'));
    const isOwnClass = lines.find(
      ({ instrumentId }) => instrumentId && instrumentId === line.buyInstrumentId,
    );
    if (isOwnClass)
      throw invalid(
        `expected purchases of ${line.name} in an instrument without a line of its own, was ${isOwnClass.name}`,
        ...path(index, 'buySymbol'),
      );
  });
  const left = cashWeight(lines);
  if (left.isNegative())
    throw invalid(`expected weights of at most 1 in all, was ${ONE.minus(left)}`, 'input', 'lines');
  if (rest.cashBand.greaterThan(1))
    throw invalid(`expected a band from 0 to 1, was ${rest.cashBand}`, 'input', 'cashBand');
  for (const [name, value] of Object.entries(rest))
    if (value.isNegative()) throw invalid(`expected 0 or more, was ${value}`, 'input', name);
  if (rest.costBps.greaterThan(1_000))
    throw invalid(`expected costs of at most 1000 basis points, was ${rest.costBps}`, 'input', 'costBps');
}
