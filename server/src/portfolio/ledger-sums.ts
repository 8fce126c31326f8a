import { Breather } from '../platform/breather.ts';
import { rememberedPair } from '../platform/remember.ts';
import { type LedgerEntry, lotEventOf } from '../trade/ledger.ts';
import { type LotLedger, runLots } from '../trade/lots.ts';
import { type Income, incomeOf } from './income.ts';
import { type MissingRate, type PortfolioRates, rateGapsOf, type StaleRate } from './portfolio-rates.ts';
import { type Balance, balancesOf, type Holding, holdingsOf, type Journal, journalOf } from './valuation.ts';

/** What the transactions of a portfolio come to. */
export interface LedgerSums {
  readonly held: readonly Holding[];
  readonly balances: readonly Balance[];
  readonly income: Income;
  readonly missing: readonly MissingRate[];
  readonly stale: readonly StaleRate[];
}

type Part = readonly LedgerEntry[];

// Worked out once for a part that stays the same, whatever is recorded in others.
const partSums = rememberedPair((part: Part, rates: PortfolioRates): LedgerSums => ({
  held: holdingsOf(part, rates),
  balances: balancesOf(part, rates),
  income: incomeOf(part, rates),
  ...rateGapsOf(part, rates),
}));
const partJournal = rememberedPair((part: Part, rates: PortfolioRates): Journal => journalOf(part, rates));

/** Adds up a ledger in parts that share no instrument. */
export async function sumsOf(parts: readonly Part[], rates: PortfolioRates): Promise<LedgerSums> {
  const all = await eachPart(parts, (part) => partSums(part, rates));
  const balances = new Map<string, Balance>();
  for (const { currency, amount, cost } of all.flatMap((sums) => sums.balances)) {
    const before = balances.get(currency);
    balances.set(currency, {
      currency,
      amount: before ? before.amount.plus(amount) : amount,
      cost: before ? before.cost.plus(cost) : cost,
    });
  }
  return {
    held: all.flatMap((sums) => sums.held),
    balances: [...balances.values()],
    income: all.map((sums) => sums.income).reduce(addIncome, incomeOf([], rates)),
    missing: mergeGaps(
      all.flatMap((sums) => sums.missing),
      (group) => group[0],
    ),
    stale: mergeGaps(
      all.flatMap((sums) => sums.stale),
      (group) => group.reduce((a, b) => (staleMsOf(b) > staleMsOf(a) ? b : a)),
    ),
  };
}

/** The journals of a ledger in parts. */
export function journalsOf(parts: readonly Part[], rates: PortfolioRates): Promise<Journal[]> {
  return eachPart(parts, (part) => partJournal(part, rates));
}

/** The lots of a ledger in parts at average cost, and what was closed of them. */
export async function averageLotsOf(parts: readonly Part[], rates: PortfolioRates): Promise<LotLedger> {
  const all = await eachPart(parts, (part) => {
    const events = part.map((entry) => lotEventOf(entry, rates)).filter((event) => event !== null);
    return runLots(events, 'AVERAGE');
  });
  return { lots: all.flatMap(({ lots }) => lots), closings: all.flatMap(({ closings }) => closings) };
}

async function eachPart<Result>(parts: readonly Part[], work: (part: Part) => Result): Promise<Result[]> {
  const breather = new Breather();
  const results: Result[] = [];
  for (const part of parts) {
    results.push(work(part));
    await breather.breathe();
  }
  return results;
}

function addIncome(a: Income, b: Income): Income {
  return {
    dividends: a.dividends.plus(b.dividends),
    interest: a.interest.plus(b.interest),
    taxes: a.taxes.plus(b.taxes),
    fees: a.fees.plus(b.fees),
    adjustments: a.adjustments.plus(b.adjustments),
  };
}

function staleMsOf({ usedMs, rate }: StaleRate): number {
  return usedMs - rate.quotedMs;
}

/** One gap for each pair; what else it says is that of the chosen one. */
function mergeGaps<Gap extends MissingRate>(
  gaps: readonly Gap[],
  choose: (group: readonly Gap[]) => Gap,
): Gap[] {
  const groups = Map.groupBy(gaps, ({ from, to }) => `${from} ${to}`);
  return [...groups.values()].map((group) => {
    const ordered = group.toSorted((a, b) => a.fromMs - b.fromMs);
    return {
      ...choose(ordered),
      fromMs: ordered[0].fromMs,
      toMs: Math.max(...group.map(({ toMs }) => toMs)),
      transactionIds: ordered.flatMap(({ transactionIds }) => transactionIds),
    };
  });
}
