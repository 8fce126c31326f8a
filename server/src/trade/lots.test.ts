import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { itWithShared, sharedText } from '../../../tools/testing/services.ts';
import { Decimal, ZERO } from '../platform/decimal.ts';
import { isLongTerm, type LotEvent, type LotLedger, type LotMethod, runLots } from './lots.ts';
import { unitChanges } from './units.ts';

const METHODS: readonly LotMethod[] = ['FIFO', 'LIFO', 'HIFO', 'LOFO', 'AVERAGE', 'SPECIFIC'];
const DAY_MS = 86_400_000;
const place = (day: number, id = `e${day}`) => ({
  id,
  accountId: 'main',
  instrumentId: 'a',
  timeMs: day * DAY_MS,
});

function trade(day: number, quantity: string, price: string, fee = '0', lotIds?: string[]): LotEvent {
  const [units, paid, cost] = [quantity, price, fee].map((text) => new Decimal(text));
  return { ...place(day), kind: 'TRADE', quantity: units, price: paid, fee: cost, lotIds };
}

const sum = <Item>(items: readonly Item[], of: (item: Item) => Decimal) =>
  items.reduce((total, item) => total.plus(of(item)), ZERO);
const lotsOf = ({ lots }: LotLedger) =>
  lots.map(({ id, quantity, basis }) => `${id}: ${quantity.toFixed()} for ${basis.toFixed()}`);
const gainsOf = ({ closings }: LotLedger) =>
  closings.map(({ lotId, quantity, gain }) => `${lotId}: ${quantity.toFixed()} gain ${gain.toFixed()}`);

describe('a short position that is transferred', () => {
  const short = [trade(1, '-10', '12', '2'), trade(2, '-5', '20')];
  const deliver = (quantity: string, toAccountId: string | null): LotEvent => ({
    ...place(3),
    kind: 'DELIVER',
    quantity: new Decimal(quantity),
    toAccountId,
  });
  const shown = ({ lots }: LotLedger) =>
    lots.map((lot) => {
      const amounts = [lot.quantity, lot.basis, lot.fee].map((one) => one.toFixed());
      return [lot.accountId, lot.id, lot.side, ...amounts, lot.openedMs / DAY_MS];
    });

  it('takes its oldest lots along, with what they were sold for, their fees and dates', () => {
    expect(shown(runLots([...short, deliver('-12', 'other')], 'FIFO'))).toEqual([
      ['main', 'e2', 'SHORT', '3', '60', '0', 2],
      ['other', 'e1', 'SHORT', '10', '120', '2', 1],
      ['other', 'e2', 'SHORT', '2', '40', '0', 2],
    ]);
    expect(shown(runLots([...short, deliver('-15', null)], 'FIFO'))).toEqual([]);
  });

  it('closes against what is held there, and leaves what was not short to be seen', () => {
    const held: LotEvent = { ...trade(2, '10', '9', '0'), id: 'held', accountId: 'other' };
    const moved = runLots([short[0], held, deliver('-12', 'other')], 'FIFO');
    expect(gainsOf(moved)).toEqual(['held: 10 gain 28']);
    expect(shown(moved)).toEqual([
      ['main', 'e3', 'LONG', '2', '0', '0', 3],
      ['other', 'e3', 'SHORT', '2', '0', '0', 3],
    ]);
  });

  it('changes units as it changes lots', () => {
    const changes = unitChanges([...short, deliver('-12', 'other')]).slice(2);
    expect(changes.map(({ accountId, change }) => [accountId, change.toFixed()])).toEqual([
      ['main', '12'],
      ['other', '-12'],
    ]);
  });
});

describe('runLots', () => {
  const history = [trade(1, '10', '10'), trade(2, '10', '30'), trade(3, '10', '20'), trade(4, '-15', '25')];

  it.each([
    ['FIFO', ['e1: 10 gain 150', 'e2: 5 gain -25']],
    ['LIFO', ['e3: 10 gain 50', 'e2: 5 gain -25']],
    ['HIFO', ['e2: 10 gain -50', 'e3: 5 gain 25']],
    ['LOFO', ['e1: 10 gain 150', 'e3: 5 gain 25']],
    ['AVERAGE', ['e1: 10 gain 50', 'e2: 5 gain 25']],
    ['SPECIFIC', ['e1: 10 gain 150', 'e2: 5 gain -25']],
  ] as const)('takes lots by %s', (method, gains) => {
    expect(gainsOf(runLots(history, method))).toEqual(gains);
  });

  it('takes the named lots, then the oldest', () => {
    const events = [...history.slice(0, 3), trade(4, '-15', '25', '0', ['e3', 'unknown'])];
    expect(gainsOf(runLots(events, 'SPECIFIC'))).toEqual(['e3: 10 gain 50', 'e1: 5 gain 75']);
  });

  it('turns from long to short and shares the fee by units', () => {
    const ledger = runLots([trade(1, '10', '10', '1'), trade(2, '-15', '12', '3')], 'FIFO');
    // 10 * (12 - 10) - 1 - 3 * 10 / 15
    expect(gainsOf(ledger)).toEqual(['e1: 10 gain 17']);
    expect(ledger.lots).toMatchObject([{ id: 'e2', side: 'SHORT', tripId: 'e2' }]);
    expect([ledger.lots[0].quantity, ledger.lots[0].basis, ledger.lots[0].fee].map(String)).toEqual([
      '5',
      '60',
      '1',
    ]);
  });

  it('gains when a short falls, and leaves the dearest-opened for last under HIFO', () => {
    const shorts = [trade(1, '-10', '20'), trade(2, '-10', '10'), trade(3, '10', '5')];
    expect(gainsOf(runLots(shorts, 'HIFO'))).toEqual(['e2: 10 gain 50']);
    expect(gainsOf(runLots(shorts, 'LOFO'))).toEqual(['e1: 10 gain 150']);
  });

  it('tells long from short term by the anniversary', () => {
    const day = (text: string) => Date.parse(text);
    expect(isLongTerm(day('2020-02-28'), day('2021-02-28T23:00Z'))).toBe(false);
    expect(isLongTerm(day('2020-02-28'), day('2021-03-01'))).toBe(true);
    expect(isLongTerm(day('2020-02-29'), day('2021-03-01'))).toBe(false);
  });
});

describe('corporate actions', () => {
  const ledger = (...events: LotEvent[]) =>
    runLots([trade(1, '10', '10'), trade(2, '5', '40'), ...events], 'FIFO');
  const per = new Decimal(1);
  const decimal = (text: string | number) => new Decimal(text);

  it('splits, forward and reverse, without a rest', () => {
    const reverse = { ...place(3), kind: 'SPLIT', units: decimal(1), per: decimal(3) } as const;
    const forward = { ...place(4), kind: 'SPLIT', units: decimal(3), per } as const;
    expect(lotsOf(ledger(reverse, forward))).toEqual(['e1: 10 for 100', 'e2: 5 for 200']);
  });

  it('spreads a stock dividend over the lots, dates and basis kept', () => {
    const event = { ...place(3), kind: 'STOCK_DIVIDEND', quantity: decimal('1.5') } as const;
    expect(lotsOf(ledger(event))).toEqual(['e1: 11 for 100', 'e2: 5.5 for 200']);
  });

  it('takes a return of capital off the basis and realises what goes beyond', () => {
    const event = { ...place(3), kind: 'RETURN_OF_CAPITAL', cash: decimal('225') } as const;
    const result = ledger(event);
    // 15 a unit: 150 of a basis of 100, 75 of 200
    expect(lotsOf(result)).toEqual(['e1: 10 for 0', 'e2: 5 for 125']);
    expect(gainsOf(result)).toEqual(['e1: 0 gain 50']);
  });

  it('moves a part of the basis to what is spun off, with the dates', () => {
    const event = {
      ...place(3),
      kind: 'SPIN_OFF',
      otherInstrumentId: 'b',
      units: decimal(1),
      per: decimal(5),
      basisFraction: decimal('0.2'),
    } as const;
    const result = ledger(event);
    expect(result.lots.map(({ instrumentId, openedMs }) => [instrumentId, openedMs / DAY_MS])).toEqual([
      ['a', 1],
      ['a', 2],
      ['b', 1],
      ['b', 2],
    ]);
    expect(lotsOf(result)).toEqual(['e1: 10 for 80', 'e2: 5 for 160', 'e1: 2 for 20', 'e2: 1 for 40']);
  });

  it('exchanges in a merger for units and cash', () => {
    const event = {
      ...place(3),
      kind: 'EXCHANGE',
      otherInstrumentId: 'b',
      units: decimal(2),
      per,
      cash: decimal(30),
    } as const;
    const result = ledger(event);
    expect(result.lots.every(({ instrumentId }) => instrumentId === 'b')).toBe(true);
    expect(lotsOf(result)).toEqual(['e1: 20 for 80', 'e2: 10 for 190']);
    expect(result.closings).toEqual([]);
  });

  it('closes all where an instrument ends', () => {
    const result = ledger({ ...place(3), kind: 'CLOSE', cash: decimal(30) });
    expect([lotsOf(result), gainsOf(result)]).toEqual([[], ['e1: 10 gain -80', 'e2: 5 gain -190']]);
  });

  it('moves lots between accounts with basis and dates, and shows what was not there', () => {
    const event = { ...place(3), kind: 'DELIVER', quantity: decimal(12), toAccountId: 'other' } as const;
    const result = ledger(event);
    expect(result.lots.map(({ accountId, id }) => `${accountId} ${id}`)).toEqual([
      'main e2',
      'other e1',
      'other e2',
    ]);
    expect(lotsOf(result)).toEqual(['e2: 3 for 120', 'e1: 10 for 100', 'e2: 2 for 80']);
    const short = ledger({ ...place(3), kind: 'DELIVER', quantity: decimal(16), toAccountId: null });
    expect(short.lots).toMatchObject([{ side: 'SHORT', id: 'e3' }]);
    expect(lotsOf(short)).toEqual(['e3: 1 for 0']);
  });
});

describe('laws of lots', () => {
  const decimal = (maximum: number, decimals: number) =>
    fc
      .bigInt({ min: 1n, max: BigInt(maximum) * 10n ** BigInt(decimals) })
      .map((units) => new Decimal(`${units}e-${decimals}`));
  const anyTrade = fc.record({
    quantity: fc.tuple(decimal(100, 18), fc.boolean()).map(([units, isSell]) => units.times(isSell ? -1 : 1)),
    price: decimal(1_000, 18),
    fee: decimal(5, 2),
  });
  const eventsOf = (trades: readonly { quantity: Decimal; price: Decimal; fee: Decimal }[]): LotEvent[] =>
    trades.map((one, day) => ({ ...place(day), kind: 'TRADE', ...one }));

  it.each(METHODS)('cash and open basis account for every gain to the last digit, by %s', (method) => {
    fc.assert(
      fc.property(fc.array(anyTrade, { minLength: 1, maxLength: 40 }), (trades) => {
        const { lots, closings } = runLots(eventsOf(trades), method);
        const cash = sum(trades, ({ quantity, price, fee }) => quantity.times(price).negated().minus(fee));
        const open = sum(lots, ({ basis, fee, side }) =>
          (side === 'LONG' ? basis : basis.negated()).plus(fee),
        );
        expect(sum(closings, ({ gain }) => gain).toFixed()).toBe(cash.plus(open).toFixed());
        const held = sum(lots, ({ quantity, side }) => (side === 'LONG' ? quantity : quantity.negated()));
        expect(held.toFixed()).toBe(sum(trades, ({ quantity }) => quantity).toFixed());
      }),
    );
  });

  it('all methods agree on the gain once everything is closed', () => {
    fc.assert(
      fc.property(fc.array(anyTrade, { minLength: 1, maxLength: 20 }), (trades) => {
        const left = sum(trades, ({ quantity }) => quantity);
        const end = { quantity: left.negated(), price: new Decimal(7), fee: ZERO };
        const all = left.isZero() ? trades : [...trades, end];
        const gains = METHODS.map((method) => {
          const { lots, closings } = runLots(eventsOf(all), method);
          expect(lots).toEqual([]);
          return sum(closings, ({ gain }) => gain).toFixed();
        });
        expect(new Set(gains).size).toBe(1);
      }),
    );
  });
});

describe('reference cases', () => {
  interface Reference {
    inputs: {
      B2: {
        acquisitions: { date: string; qty: number; cost_with_fee: number; spot: number }[];
        disposals: { date: string; type: string; qty: number; fee_qty: number; spot: number }[];
      };
    };
    cases: {
      method: string;
      per_disposal: { gain: number; cost: number; lots: { lot: string; qty: number; cost: number }[] }[];
      remaining_lots: { lot: string; qty: number }[];
      golden_summary_by_year_type: {
        year: number;
        type: string;
        gain: number;
        qty: number;
        cost_basis: number;
      }[];
    }[];
  }

  itWithShared('agrees with rp2 on every lot of every disposal', () => {
    const { inputs, cases } = JSON.parse(sharedText('reference/ledger/lots_share.json')) as Reference;
    const text = (value: number) => new Decimal(String(value));
    const events: LotEvent[] = [
      ...inputs.B2.acquisitions.map(({ date, qty, cost_with_fee: cost, spot }) => ({
        id: date.slice(0, 10),
        accountId: 'main',
        instrumentId: 'B2',
        timeMs: Date.parse(date),
        kind: 'TRADE' as const,
        quantity: text(qty),
        price: text(spot),
        fee: text(cost).minus(text(qty).times(text(spot))),
      })),
      ...inputs.B2.disposals.map(({ date, qty, fee_qty: feeQty, spot }) => ({
        id: `sale ${date}`,
        accountId: 'main',
        instrumentId: 'B2',
        timeMs: Date.parse(date),
        kind: 'TRADE' as const,
        quantity: text(qty).plus(text(feeQty)).negated(),
        price: text(spot),
        // rp2 counts the fee, paid in units, out of the proceeds.
        fee: text(feeQty).times(text(spot)),
      })),
    ].toSorted((a, b) => a.timeMs - b.timeMs);
    expect(cases.map(({ method }) => method)).toEqual(['fifo', 'lifo', 'hifo', 'lofo']);
    const typeOf = new Map(inputs.B2.disposals.map(({ date, type }) => [`sale ${date}`, type.toUpperCase()]));
    for (const one of cases) {
      const { method, per_disposal: disposals, remaining_lots: remaining } = one;
      const { lots, closings } = runLots(events, method.toUpperCase() as LotMethod);
      const byDisposal = Map.groupBy(closings, ({ closingId }) => closingId);
      expect(
        [...byDisposal.values()].map((parts) => ({
          gain: sum(parts, ({ gain }) => gain).toNumber(),
          lots: parts.map(({ lotId, quantity, costBasis }) => ({
            lot: lotId,
            qty: quantity.toNumber(),
            cost: costBasis.toNumber(),
          })),
        })),
      ).toEqual(disposals.map(({ gain, lots: taken }) => ({ gain, lots: taken })));
      expect(lots.map(({ id, quantity }) => ({ lot: id, qty: quantity.toNumber() }))).toEqual(remaining);
      const byYear = Map.groupBy(closings, ({ closingId, closedMs }) => {
        return `${new Date(closedMs).getUTCFullYear()} ${typeOf.get(closingId)}`;
      });
      for (const { year, type, gain, qty, cost_basis: cost } of one.golden_summary_by_year_type) {
        const parts = byYear.get(`${year} ${type}`)!;
        expect(sum(parts, (part) => part.gain).toNumber()).toBe(gain);
        expect(sum(parts, (part) => part.quantity).toNumber()).toBe(qty);
        expect(sum(parts, (part) => part.costBasis).toNumber()).toBe(cost);
      }
      expect(byYear.size).toBe(one.golden_summary_by_year_type.length);
    }
  });

  interface PositionCase {
    name: string;
    transactions: { type: string; qty: number; price?: number; amount?: number; fee?: number }[];
    market_price?: number;
    published: Record<string, number>;
  }

  itWithShared('agrees with Ghostfolio and Portfolio Performance on positions', () => {
    const { cases } = JSON.parse(sharedText('reference/ledger/positions_share.json')) as {
      cases: PositionCase[];
    };
    expect(cases).toHaveLength(7);
    for (const { transactions, published, market_price: market = 0 } of cases) {
      const trades = transactions.filter(({ type }) => type !== 'DIVIDEND');
      const events = trades.map(({ type, qty, price, amount, fee = 0 }, day): LotEvent => {
        const units = new Decimal(qty);
        const unitPrice = price === undefined ? new Decimal(amount!).div(units) : new Decimal(price);
        const quantity = type === 'BUY' ? units : units.negated();
        return { ...place(day), kind: 'TRADE', quantity, price: unitPrice, fee: new Decimal(fee) };
      });
      const of = (method: LotMethod) => {
        const { lots, closings } = runLots(events, method);
        const cost = sum(lots, ({ basis }) => basis);
        const value = sum(lots, ({ quantity }) => quantity.times(market));
        const realised = sum(closings, ({ exitValue, entryValue }) => exitValue.minus(entryValue));
        const fees = sum(closings, (one) => one.fees).plus(sum(lots, ({ fee }) => fee));
        const qty = sum(lots, ({ quantity }) => quantity);
        return { qty, cost, value, realised, unrealised: value.minus(cost), fees };
      };
      const [fifo, average] = [of('FIFO'), of('AVERAGE')];
      const gross = average.realised.plus(average.unrealised);
      const ours: Record<string, Decimal> = {
        qty: average.qty,
        avg_price: average.qty.isZero() ? ZERO : average.cost.div(average.qty),
        cost: average.cost,
        value: average.value,
        gross,
        fees: average.fees,
        net: gross.minus(average.fees),
        fifo_cost: fifo.cost,
        avg_cost: average.cost,
        fifo_realized: fifo.realised,
        avg_realized: average.realised,
        fifo_unrealized: fifo.unrealised,
        avg_unrealized: average.unrealised,
      };
      const compared = Object.keys(ours).filter((name) => name in published);
      expect(compared.length).toBeGreaterThan(1);
      for (const name of compared) expect(ours[name].toNumber()).toBeCloseTo(published[name], 1.99);
    }
  });

  itWithShared('holds AAPL through its splits and dividends as LEAN and Yahoo do', () => {
    const { cases, tolerance } = JSON.parse(sharedText('reference/corporate_actions/SHARE.json'));
    const { start, end, ...expected } = cases.AAPL.total_return;
    const rows = (path: string) => sharedText(path).trim().split(/\r?\n/);
    const factors = rows('data/lean_daily/AAPL_factors.csv').map((row) => row.split(','));
    const closes = new Map(
      rows('data/lean_daily/AAPL_raw.csv.gz')
        .map((row) => row.split(','))
        .map((row) => [row[0].slice(0, 10).replaceAll('-', ''), row[4]]),
    );
    const key = (date: string) => date.replaceAll('-', '');
    const [from, to] = [closes.get(key(start))!, closes.get(key(end))!].map((price) => new Decimal(price));
    const run = (isReinvested: boolean): number => {
      const events: LotEvent[] = [
        { ...place(0), kind: 'TRADE', quantity: new Decimal(1), price: from, fee: ZERO },
      ];
      factors.forEach(([date, price, split], index) => {
        const next = factors[index + 1];
        if (!next || date < key(start) || date >= key(end)) return;
        const [units, later] = [next[2], next[1]].map((one) => new Decimal(one));
        if (isReinvested && !later.equals(price)) {
          const close = new Decimal(closes.get(date)!);
          const held = sum(runLots(events, 'FIFO').lots, ({ quantity }) => quantity);
          const dividend = held.times(close).times(new Decimal(1).minus(new Decimal(price).div(later)));
          const quantity = dividend.div(close.times(new Decimal(price).div(later)));
          events.push({ ...place(index + 1), kind: 'TRADE', quantity, price: close, fee: ZERO });
        }
        if (split !== next[2])
          events.push({
            ...place(index + 1, `split ${index}`),
            kind: 'SPLIT',
            units,
            per: new Decimal(split),
          });
      });
      return sum(runLots(events, 'FIFO').lots, ({ quantity }) => quantity)
        .times(to)
        .div(from)
        .minus(1)
        .toNumber();
    };
    const within = (value: number, wanted: number) =>
      expect(Math.abs(value / wanted - 1)).toBeLessThan(tolerance.total_return_rtol);
    within(run(false), expected.price_only_split_adjusted);
    within(run(true), expected.lean_adjusted);
    within(run(true), expected.yahoo_adjusted);
  });
});
