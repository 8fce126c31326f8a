import type { GridMember, UniverseGrid, UniverseLeg, UniverseSignals } from '../../ir/universe.ts';
import type { TradeDirection } from '../../service/contract.ts';
import { NEGLIGIBLE } from '../costs.ts';

interface Choice {
  readonly place: number;
  readonly score: number;
  readonly weight: number;
}

/**
 * The part of the equity that each member of the grid shall have, negative when short, as decided at the close
 * of bar `t`: of those that can be traded, have a score and meet the condition, the best. Each leg takes all
 * of what is not kept in cash, or, where there are two, as much of it as the leverage allows both.
 */
export function targetWeights(
  grid: UniverseGrid,
  signals: UniverseSignals,
  { direction, leverage = 1 }: { readonly direction: TradeDirection; readonly leverage?: number },
  t: number,
): Float64Array {
  const targets = new Float64Array(grid.members.length);
  const allows = (side: number) => direction === 'LONG_AND_SHORT' || (direction === 'LONG_ONLY') === side > 0;
  const legCount = signals.legs.filter(({ side }) => allows(side)).length;
  signals.legs.forEach((leg, index) => {
    if (!allows(leg.side)) return;
    const share = (1 - signals.cash) * Math.min(1, leverage / legCount);
    const chosen = chosenOf(grid, signals, leg, index, t);
    const parts = cappedParts(
      chosen.map(({ weight }) => weight),
      signals.maximumWeight,
    );
    chosen.forEach(({ place }, i) => {
      targets[place] += leg.side * share * parts[i];
    });
    if (leg.side < 0 || signals.rest < 0 || !isTraded(grid.members[signals.rest], t)) return;
    const rest = 1 - parts.reduce((sum, part) => sum + part, 0);
    if (rest > 1e-12) targets[signals.rest] += share * rest;
  });
  // What both legs hold the same of cancels, but for rounding.
  return targets.map((target) => (Math.abs(target) < NEGLIGIBLE ? 0 : target));
}

/** Whether it had a bar by now and has one to come: what is delisted or not yet listed cannot be bought. */
function isTraded({ newest, lastIndex }: GridMember, t: number): boolean {
  return newest[t] >= 0 && lastIndex > t;
}

function chosenOf(
  grid: UniverseGrid,
  signals: UniverseSignals,
  { order, count, isPercent }: UniverseLeg,
  index: number,
  t: number,
): Choice[] {
  const choices: Choice[] = [];
  grid.members.forEach((member, place) => {
    const known = signals.members[place];
    if (!known || !isTraded(member, t)) return;
    const bar = member.newest[t];
    const { score, condition } = known.legs[index];
    const choice = { place, score: score?.[bar] ?? 0, weight: known.weight?.[bar] ?? 1 };
    const isWeighed = choice.weight > 0 && Number.isFinite(choice.weight);
    if (!Number.isNaN(choice.score) && isWeighed && (condition === null || condition[bar] === 1))
      choices.push(choice);
  });
  if (order === 'all') return choices;
  // Equals stay in the order of their symbols.
  choices.sort((a, b) => (order === 'top' ? compare(b, a) : compare(a, b)));
  const most = isPercent ? Math.max(1, Math.floor(choices.length * count + 1e-9)) : count;
  return choices.slice(0, most);
}

function compare(a: Choice, b: Choice): number {
  return a.score < b.score ? -1 : a.score > b.score ? 1 : 0;
}

/** Parts in proportion to weights, none above `cap`: what one may not take goes to the others in proportion. */
export function cappedParts(weights: readonly number[], cap: number): number[] {
  const parts = weights.map(() => 0);
  const isCapped = weights.map(() => false);
  for (;;) {
    const free = 1 - cap * isCapped.filter(Boolean).length;
    const total = weights.reduce((sum, weight, i) => (isCapped[i] ? sum : sum + weight), 0);
    let isWithin = true;
    weights.forEach((weight, i) => {
      if (isCapped[i]) return;
      parts[i] = (free * weight) / total;
      if (parts[i] <= cap) return;
      parts[i] = cap;
      isCapped[i] = true;
      isWithin = false;
    });
    if (isWithin) return parts;
  }
}
