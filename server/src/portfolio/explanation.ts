import type { ExchangeRate } from '../market-data/exchange-rates.ts';
import { Decimal, ONE, ZERO } from '../platform/decimal.ts';
import { cashChangesOf, type LedgerEntry } from '../trade/ledger.ts';
import type { LotClosing, LotLedger, OpenLot } from '../trade/lots.ts';
import type { TransactionKind } from '../trade/transaction-kinds.ts';
import { type Income, incomeOf } from './income.ts';
import type { LotReportData } from './lot-report.ts';
import type { PortfolioState, PricedHolding } from './portfolio-state.ts';
import { cashProfitOf, dayChangeOf, marketValueOf, statementOf, unrealisedOf } from './statement.ts';

/** One part of an amount. All amounts are in the base currency but where a currency is named. */
export interface Term {
  readonly label: string;
  /** What it adds; below 0 where it takes away. */
  readonly amount: Decimal;
  /** Where the amount is a difference: what it is worth, and what that is set against. */
  readonly worth?: Decimal;
  readonly against?: Decimal;
  readonly transactionId?: string;
  readonly kind?: TransactionKind;
  readonly instrumentId?: string;
  readonly timeMs?: number;
  readonly quantity?: Decimal;
  readonly price?: Decimal;
  readonly priceAt?: Date | null;
  /** The currency of the price, or of a quantity of money. */
  readonly currency?: string | null;
  readonly exchangeRate?: ExchangeRate | null;
}

/** How an amount came about: its terms add up to it, or the first over the second is it. */
export interface Trail {
  readonly value: Decimal;
  readonly combination: 'SUM' | 'QUOTIENT';
  readonly formula: string;
  readonly convention: string;
  readonly terms: readonly Term[];
}

/** What a valuation is explained from: its state, the transactions until then, and their lots at average cost. */
export interface ExplainedLedger extends LotLedger {
  readonly state: PortfolioState;
  readonly entries: readonly LedgerEntry[];
}

/** The figures of a valuation that can be explained, each with what it is. */
export const VALUATION_FIGURES = {
  EQUITY: 'Cash plus market value.',
  CASH: 'All cash in the base currency.',
  MARKET_VALUE: 'The signed value of all positions, which is the net exposure.',
  GROSS_EXPOSURE: 'The sum of the magnitudes of all positions.',
  LEVERAGE: 'Gross exposure over equity.',
  UNREALISED_PROFIT: 'Open gains and losses, before fees.',
  REALISED_PROFIT: 'Closed gains and losses, before fees.',
  CASH_PROFIT: 'What the change of exchange rates made of cash.',
  DAY_CHANGE: 'Change of market value from the bar before.',
  DIVIDENDS: 'Dividends received, before the tax withheld.',
  INTEREST: 'Interest received less interest paid.',
  TAXES: 'Taxes withheld and paid, less refunds.',
  INCOME: 'Dividends and interest, less taxes.',
  FEES: 'All fees, with the taxes of trades.',
} as const;
export type ValuationFigure = keyof typeof VALUATION_FIGURES;

/** Those that are explained by lots. */
export const LOT_FIGURES: ReadonlySet<ValuationFigure> = new Set(['REALISED_PROFIT', 'FEES']);

/** The figures of a position that can be explained, each with what it is. */
export const POSITION_FIGURES = {
  MARKET_VALUE: 'Units times price, in the base currency.',
  AVERAGE_COST: "What is open was opened for per unit, in the instrument's own currency.",
  COST_BASIS: 'What is open was opened for, before fees.',
  UNREALISED_PROFIT: 'What it is worth less what it was opened for.',
  REALISED_PROFIT: 'What its closed parts made, before fees.',
} as const;
export type PositionFigure = keyof typeof POSITION_FIGURES;

/** The gains of lots that can be explained, each with what it is. */
export const LOT_REPORT_FIGURES = {
  REALISED: 'Gains of all that was closed, after fees.',
  UNREALISED: 'Open gains of all that is held, after the fees of opening.',
} as const;
export type LotReportFigure = keyof typeof LOT_REPORT_FIGURES;

const UNKNOWN = new Decimal(NaN);
const AVERAGE = 'Lots of an account are closed at the average cost of all of them. Fees are not taken off.';
const OWN_LOTS = 'Which lots a sale closes is for the method to say. Fees are taken off.';
const BOOKED = 'A transaction in another currency counts at the rate that it states, or that of its day.';
const NEWEST = 'Prices and exchange rates are the last ones told at the time of the valuation.';

/** How a figure of a valuation came about. */
export function explainValuation(figure: ValuationFigure, ledger: ExplainedLedger): Trail {
  return VALUATION_TRAILS[figure](ledger);
}

const VALUATION_TRAILS: Readonly<Record<ValuationFigure, (ledger: ExplainedLedger) => Trail>> = {
  EQUITY: ({ state }) =>
    sum(statementOf(state).equity, 'cash + units × price × rate of all positions', NEWEST, [
      ...state.balances.filter(({ amount }) => !amount.isZero()).map(balanceTerm),
      ...positionTerms(state, (one) => ({ amount: marketValueOf(one) })),
    ]),
  CASH: (ledger) =>
    sum(ledger.state.cash, 'all cash that moved × rate of its currency', NEWEST, cashTerms(ledger)),
  MARKET_VALUE: ({ state }) =>
    sum(
      statementOf(state).marketValue,
      'units × price × rate of all positions, short ones below 0',
      NEWEST,
      positionTerms(state, (one) => ({ amount: marketValueOf(one) })),
    ),
  GROSS_EXPOSURE: ({ state }) =>
    sum(
      statementOf(state).grossExposure,
      'magnitude of units × price × rate of all positions',
      NEWEST,
      positionTerms(state, (one) => ({ amount: marketValueOf(one).abs() })),
    ),
  LEVERAGE: ({ state }) => {
    const { grossExposure, equity } = statementOf(state);
    return {
      value: equity.greaterThan(0) ? grossExposure.div(equity) : UNKNOWN,
      combination: 'QUOTIENT',
      formula: 'gross exposure / equity',
      convention: '1 is fully invested; there is none without equity.',
      terms: [
        { label: 'Gross exposure', amount: grossExposure },
        { label: 'Equity', amount: equity },
      ],
    };
  },
  UNREALISED_PROFIT: ({ state }) =>
    sum(
      statementOf(state).unrealisedProfit,
      'value − what it was opened for, of all positions',
      AVERAGE,
      positionTerms(state, (one) => ({
        amount: unrealisedOf(one),
        worth: marketValueOf(one),
        against: one.cost,
      })),
    ),
  REALISED_PROFIT: ({ state, closings }) =>
    sum(
      statementOf(state).realisedProfit,
      'what closed parts brought − what they were opened for',
      `${AVERAGE} ${BOOKED}`,
      closingTerms(closings),
    ),
  CASH_PROFIT: ({ state }) =>
    sum(
      statementOf(state).cashProfit,
      'value of cash − worth of its moves when they came',
      NEWEST,
      state.balances
        .map((one) => ({
          ...balanceTerm(one),
          amount: cashProfitOf(one),
          worth: one.value,
          against: one.cost,
        }))
        .filter(({ amount }) => !amount.isZero()),
    ),
  DAY_CHANGE: ({ state }) =>
    sum(
      statementOf(state).dayChange,
      'value now − value at the price before, of all positions',
      'Units are those held now; the rate before is that of the time of the price before.',
      positionTerms(state, (one) => {
        const [worth, amount] = [marketValueOf(one), dayChangeOf(one)];
        return { amount, worth, against: worth.minus(amount) };
      }),
    ),
  DIVIDENDS: (ledger) =>
    earned(ledger, ({ dividends }) => dividends, 'all dividends, before the tax withheld'),
  INTEREST: (ledger) => earned(ledger, ({ interest }) => interest, 'interest received − interest paid'),
  TAXES: (ledger) =>
    earned(ledger, ({ taxes }) => taxes, 'taxes withheld and paid − refunds, without those of trades'),
  INCOME: (ledger) =>
    earned(
      ledger,
      ({ dividends, interest, taxes }) => dividends.plus(interest).minus(taxes),
      'dividends + interest − taxes',
    ),
  FEES: (ledger) =>
    sum(
      statementOf(ledger.state).fees,
      'fees and taxes of trades + all other fees',
      `${BOOKED} The fee of a trade stays with its lot: one that left with its units is not in it.`,
      newestFirst([
        ...ledger.closings.map((one) => ({ ...placeOfClosing(one), amount: one.fees })),
        ...ledger.lots.map((one) => ({ ...placeOfLot(one), amount: one.fee })),
        ...entryTerms(ledger, (entry) => incomeOf([entry], ledger.state.rates).fees),
      ]).filter(({ amount }) => !amount.isZero()),
    ),
};

function sum(value: Decimal, formula: string, convention: string, terms: readonly Term[]): Trail {
  return { value, combination: 'SUM', formula, convention, terms };
}

/** What transactions earned or paid. */
function earned(ledger: ExplainedLedger, of: (income: Income) => Decimal, formula: string): Trail {
  const { income, rates } = ledger.state;
  return sum(
    of(income),
    formula,
    BOOKED,
    entryTerms(ledger, (entry) => of(incomeOf([entry], rates))),
  );
}

/** How a figure of the position in an instrument came about. */
export function explainPosition(
  figure: PositionFigure,
  holding: PricedHolding,
  ledger: ExplainedLedger,
): Trail {
  const { instrumentId, quantity, currency } = holding;
  const own = <Item extends { instrumentId: string }>(items: readonly Item[]) =>
    items.filter((one) => one.instrumentId === instrumentId);
  const costs = () => own(ledger.lots).map((lot) => ({ ...placeOfLot(lot), amount: basisOf(lot) }));
  const value = () => positionTerm(holding, { amount: marketValueOf(holding) });
  switch (figure) {
    case 'MARKET_VALUE':
      return sum(marketValueOf(holding), 'units × price × rate', NEWEST, [value()]);
    case 'AVERAGE_COST':
      return {
        combination: 'QUOTIENT',
        value: holding.averageCost,
        formula: "what is open was opened for / units, in the instrument's own currency",
        convention: AVERAGE,
        terms: [
          { label: 'Opened for', amount: holding.quoteCost, currency },
          { label: 'Units', amount: quantity },
        ],
      };
    case 'COST_BASIS':
      return sum(holding.cost, 'what each open lot was opened for', `${AVERAGE} ${BOOKED}`, costs());
    case 'UNREALISED_PROFIT':
      return sum(
        unrealisedOf(holding),
        'units × price × rate − what each open lot was opened for',
        `${AVERAGE} ${NEWEST}`,
        [value(), ...costs().map((one) => ({ ...one, amount: one.amount.negated() }))],
      );
    case 'REALISED_PROFIT':
      return sum(
        holding.realisedProfit,
        'what closed parts brought − what they were opened for',
        `${AVERAGE} ${BOOKED}`,
        closingTerms(own(ledger.closings)),
      );
  }
}

/** How the gains of lots came about. */
export function explainLots(figure: LotReportFigure, { open, closed, totals }: LotReportData): Trail {
  if (figure === 'REALISED')
    return sum(
      totals.realised,
      'what each closed lot brought − what it cost, fees included',
      `${OWN_LOTS} ${BOOKED}`,
      newestFirst(
        closed.map((one) => ({
          ...placeOfClosing(one),
          amount: one.gain,
          worth: one.proceeds,
          against: one.costBasis,
        })),
      ),
    );
  return sum(
    totals.unrealised,
    'value of each open lot − what it cost, fees included',
    `${OWN_LOTS} ${NEWEST}`,
    newestFirst(
      open.map((one) => {
        const [worth, against] =
          one.side === 'LONG' ? [one.value, one.costBasis] : [one.costBasis, one.value];
        return { ...placeOfLot(one), amount: one.gain, worth, against };
      }),
    ),
  );
}

type Amounts = Pick<Term, 'amount' | 'worth' | 'against'>;

/** A term for each position, the largest first. */
function positionTerms({ holdings }: PortfolioState, amountsOf: (one: PricedHolding) => Amounts): Term[] {
  const held = holdings.filter(({ quantity }) => !quantity.isZero());
  const sizeOf = ({ amount }: Term) => amount.abs().toNumber() || 0;
  return held.map((one) => positionTerm(one, amountsOf(one))).toSorted((a, b) => sizeOf(b) - sizeOf(a));
}

function positionTerm(holding: PricedHolding, amounts: Amounts): Term {
  const { instrumentId, quantity, price, priceAt, currency, exchangeRate } = holding;
  return { label: 'Position', ...amounts, instrumentId, quantity, price, priceAt, currency, exchangeRate };
}

function balanceTerm({ currency, amount, value, exchangeRate }: PortfolioState['balances'][number]): Term {
  return { label: `Cash in ${currency}`, amount: value, quantity: amount, currency, exchangeRate };
}

function basisOf({ side, basis }: OpenLot): Decimal {
  return side === 'LONG' ? basis : basis.negated();
}

function placeOfLot({ id, instrumentId, openedMs, quantity }: OpenLot): Omit<Term, 'amount'> {
  return { label: 'Open lot', transactionId: id, instrumentId, timeMs: openedMs, quantity };
}

function placeOfClosing(one: LotClosing): Omit<Term, 'amount'> {
  const { closingId, instrumentId, closedMs, quantity } = one;
  const label = one.side === 'LONG' ? 'Closed' : 'Closed short';
  return { label, transactionId: closingId, instrumentId, timeMs: closedMs, quantity };
}

function closingTerm(one: LotClosing): Term {
  const { entryValue, exitValue } = one;
  const [worth, against] = one.side === 'LONG' ? [exitValue, entryValue] : [entryValue, exitValue];
  return { ...placeOfClosing(one), amount: worth.minus(against), worth, against };
}

function closingTerms(closings: readonly LotClosing[]): Term[] {
  return newestFirst(closings.map(closingTerm));
}

function entryTerms({ entries }: ExplainedLedger, amountOf: (entry: LedgerEntry) => Decimal): Term[] {
  const terms = entries.map((entry) => ({ ...entryTerm(entry), amount: amountOf(entry) }));
  return terms.filter(({ amount }) => !amount.isZero()).toReversed();
}

function entryTerm({ id, kind, timeMs, instrumentId }: LedgerEntry): Omit<Term, 'amount'> {
  return { label: 'Transaction', transactionId: id, kind, timeMs, instrumentId: instrumentId ?? undefined };
}

function cashTerms({ entries, state }: ExplainedLedger): Term[] {
  const rates = new Map(state.balances.map((one) => [one.currency, one]));
  return entries
    .flatMap((entry) =>
      cashChangesOf(entry).map(({ currency, amount }) => {
        const { exchangeRate, amount: left } = rates.get(currency)!;
        // Cash that is all gone needs no rate.
        const unknown = left.isZero() ? ZERO : UNKNOWN;
        const rate = currency === state.rates.base ? ONE : (exchangeRate?.rate ?? unknown);
        const value = amount.times(rate);
        return { ...entryTerm(entry), amount: value, quantity: amount, currency, exchangeRate };
      }),
    )
    .toReversed();
}

function newestFirst(terms: readonly Term[]): Term[] {
  return terms.toSorted((a, b) => (b.timeMs ?? 0) - (a.timeMs ?? 0));
}
