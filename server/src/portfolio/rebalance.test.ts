import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { itWithShared, sharedRows, sharedText } from '../../../tools/testing/services.ts';
import { Decimal, ZERO } from '../platform/decimal.ts';
import { type PlanAsset, type PlanRules, rebalance, type Sleeve } from './rebalance.ts';

const decimal = (value: number | string) => new Decimal(value);

function asset(id: string, quantity: number | string, price: number | string, lotSize = '0'): PlanAsset {
  return { id, quantity: decimal(quantity), price: decimal(price), lotSize: decimal(lotSize) };
}

function sleeve(
  key: string,
  target: number,
  band: number,
  assetIds = [key],
  buyAssetId: string | null = null,
): Sleeve {
  const weight = decimal(target);
  return { key, assetIds, buyAssetId, target: weight, lower: weight.minus(band), upper: weight.plus(band) };
}

const RULES: PlanRules = {
  cash: ZERO,
  cashMinimum: ZERO,
  cashBand: ZERO,
  allowSelling: true,
  goal: 'TARGET',
  costFixed: ZERO,
  costBps: ZERO,
  minimumTrade: ZERO,
};
const rules = (changes: Record<string, number | string | boolean>): PlanRules => ({
  ...RULES,
  ...(Object.fromEntries(
    Object.entries(changes).map(([name, value]) => [
      name,
      typeof value === 'number' ? decimal(value) : value,
    ]),
  ) as Partial<PlanRules>),
});

const told = (plan: ReturnType<typeof rebalance>) =>
  plan.orders.map(({ side, quantity, assetId }) => `${side} ${quantity} ${assetId}`);

describe('rebalance', () => {
  const half = [sleeve('a', 0.5, 0.05), sleeve('b', 0.5, 0.05)];

  it('leaves what is inside its band alone', () => {
    expect(told(rebalance([asset('a', 54, 1), asset('b', 46, 1)], half, RULES))).toEqual([]);
  });

  it('brings what is outside to its target, or just into its band', () => {
    const held = [asset('a', 60, 1), asset('b', 40, 1)];
    expect(told(rebalance(held, half, RULES))).toEqual(['SELL 10 a', 'BUY 10 b']);
    const plan = rebalance(held, half, rules({ goal: 'BAND' }));
    expect(told(plan)).toEqual(['SELL 5 a', 'BUY 5 b']);
    expect(plan.sleeves.get('a')).toMatchObject({ isOutside: true, valueAfter: decimal(55) });
  });

  it('spends cash before it sells', () => {
    // Of 120: 48 are the target of each and 24 that of cash, which is 40: of the 18 that b lacks, 16 come from there.
    const lines = [sleeve('a', 0.4, 0.05), sleeve('b', 0.4, 0.05)];
    const plan = rebalance([asset('a', 50, 1), asset('b', 30, 1)], lines, rules({ cash: 40 }));
    expect(told(plan)).toEqual(['SELL 2 a', 'BUY 18 b']);
    expect(plan.cash.valueAfter.toFixed()).toBe('24');
  });

  it('sells from inside a band only what purchases still lack', () => {
    const lines = [sleeve('a', 0.3, 0.1), sleeve('b', 0.3, 0.1), sleeve('c', 0.4, 0.1)];
    // c lacks 20; b is 11 above its target and a 9: both are inside their bands, and both have to give.
    const plan = rebalance([asset('a', 39, 1), asset('b', 41, 1), asset('c', 20, 1)], lines, RULES);
    expect(told(plan)).toEqual(['SELL 11 b', 'SELL 9 a', 'BUY 20 c']);
  });

  it('shares a contribution without selling, the furthest behind first', () => {
    const lines = [sleeve('a', 0.5, 0), sleeve('b', 0.25, 0), sleeve('c', 0.25, 0)];
    const held = [asset('a', 60, 1), asset('b', 10, 1), asset('c', 20, 1)];
    const plan = rebalance(held, lines, rules({ cash: 10, allowSelling: false }));
    expect(told(plan)).toEqual(['BUY 10 b']);
    const more = rebalance(held, lines, rules({ cash: 30, allowSelling: false }));
    expect(told(more)).toEqual(['BUY 20 b', 'BUY 10 c']);
  });

  it('counts costs in, and never spends what is to stay', () => {
    const lines = [sleeve('a', 0.9, 0)];
    const plan = rebalance([asset('a', 0, 3, '1')], lines, rules({ cash: 1000, costFixed: 5, costBps: 100 }));
    // 900 less a tenth of the costs of about 14 is to be a: 295.5 units, rounded to the nearest that leaves cash its tenth.
    const [order] = plan.orders;
    expect(order.quantity.toFixed()).toBe('295');
    expect([order.value, order.cost, plan.cash.valueAfter].map((one) => one.toFixed())).toEqual([
      '885',
      '13.85',
      '101.15',
    ]);
  });

  it('rounds to whole lots, up to the nearest where cash suffices', () => {
    const lines = [sleeve('a', 0.5, 0), sleeve('b', 0.4, 0)];
    const plan = rebalance([asset('a', 0, 30, '1'), asset('b', 0, 30, '1')], lines, rules({ cash: 200 }));
    // 3.33 and 2.67 units
    expect(told(plan)).toEqual(['BUY 3 a', 'BUY 3 b']);
  });

  it('places no order below the minimum, and gives its money to others', () => {
    const lines = [sleeve('a', 0.5, 0), sleeve('b', 0.4, 0), sleeve('c', 0.1, 0)];
    const held = [asset('a', 40, 1), asset('b', 40, 1), asset('c', 8, 1)];
    const plan = rebalance(held, lines, rules({ cash: 12, minimumTrade: 5 }));
    expect(told(plan)).toEqual(['BUY 10 a']);
  });

  it('shares the weight of a class by value, and buys the instrument named for it', () => {
    const held = [asset('a', 30, 1), asset('b', 10, 1), asset('c', 60, 1)];
    const both = (buyAssetId: string | null) => [
      sleeve('ab', 0.6, 0, ['a', 'b'], buyAssetId),
      sleeve('c', 0.4, 0),
    ];
    expect(told(rebalance(held, both(null), RULES))).toEqual(['SELL 20 c', 'BUY 15 a', 'BUY 5 b']);
    expect(told(rebalance(held, both('b'), RULES))).toEqual(['SELL 20 c', 'BUY 20 b']);
    const less = [sleeve('ab', 0.2, 0, ['a', 'b'], 'b'), sleeve('c', 0.8, 0)];
    expect(told(rebalance(held, less, RULES))).toEqual(['SELL 15 a', 'SELL 5 b', 'BUY 20 c']);
    expect(told(rebalance(held, less, rules({ minimumTrade: 6 })))).toEqual(['SELL 20 a', 'BUY 20 c']);
    const nothing = [asset('a', 0, 1), asset('b', 0, 1), asset('c', 100, 1)];
    expect(told(rebalance(nothing, both(null), rules({ goal: 'BAND' })))).toEqual(['SELL 60 c']);
  });

  it('sells all of what has no target, and only what may be sold', () => {
    const held = [asset('a', '10.5', 4, '1'), asset('b', 0, 1)];
    const lines = [sleeve('a', 0, 0), sleeve('b', 1, 0)];
    expect(told(rebalance(held, lines, RULES))).toEqual(['SELL 10.5 a', 'BUY 42 b']);
    const bounded = [{ ...held[0], sellMaximum: decimal('2.9') }, held[1]];
    expect(told(rebalance(bounded, lines, RULES))).toEqual(['SELL 2 a', 'BUY 8 b']);
  });

  it('keeps a minimum of cash, and sells to have it', () => {
    const plan = rebalance([asset('a', 100, 1)], [sleeve('a', 1, 0)], rules({ cashMinimum: 25 }));
    expect(told(plan)).toEqual(['SELL 25 a']);
    const owed = rebalance([asset('a', 100, 1)], [sleeve('a', 1, 0)], rules({ cash: -10 }));
    expect(told(owed)).toEqual(['SELL 10 a']);
  });
});

const numbers = fc.record({
  held: fc.array(
    fc.record({
      units: fc.integer({ min: 0, max: 5_000 }),
      priceCents: fc.integer({ min: 1, max: 50_000 }),
      share: fc.integer({ min: 0, max: 20 }),
      bandBps: fc.integer({ min: 0, max: 2_000 }),
    }),
    { minLength: 1, maxLength: 7 },
  ),
  cashShare: fc.integer({ min: 0, max: 10 }),
  cash: fc.integer({ min: 0, max: 100_000 }),
  cashBandBps: fc.integer({ min: 0, max: 1_000 }),
  goal: fc.constantFrom('TARGET' as const, 'BAND' as const),
});
type Numbers = typeof numbers extends fc.Arbitrary<infer Value> ? Value : never;

function inputsOf({ held, cashShare, cash, cashBandBps, goal }: Numbers, lotSize = '0') {
  const shares = held.reduce((sum, { share }) => sum + share, cashShare) || 1;
  const assets = held.map(({ units, priceCents }, index) =>
    asset(String(index), units, decimal(priceCents).div(100).toFixed(), lotSize),
  );
  const sleeves = held.map(({ share, bandBps }, index) => {
    const target = decimal(share).div(shares).toDecimalPlaces(6, 'DOWN');
    const band = decimal(bandBps).div(10_000);
    const key = String(index);
    return {
      key,
      assetIds: [key],
      buyAssetId: null,
      target,
      lower: target.minus(band),
      upper: target.plus(band),
    };
  });
  return { assets, sleeves, rules: rules({ cash, cashBand: cashBandBps / 10_000, goal }) };
}

describe('laws of a plan', () => {
  it('brings everything into its band where nothing costs and any fraction can be traded', () => {
    fc.assert(
      fc.property(numbers, (draft) => {
        const { assets, sleeves, rules: own } = inputsOf(draft);
        const plan = rebalance(assets, sleeves, own);
        // 8 decimals of a unit at 500 each, in every line
        const dust = decimal('0.0001');
        for (const one of [...plan.sleeves.values(), plan.cash]) {
          expect(one.valueAfter.plus(dust).greaterThanOrEqualTo(one.lowerValue)).toBe(true);
          expect(one.valueAfter.minus(dust).lessThanOrEqualTo(one.upperValue)).toBe(true);
        }
        const hasDrifted = [...plan.sleeves.values(), plan.cash].some(({ isOutside }) => isOutside);
        expect(hasDrifted || plan.orders.length === 0).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('conserves value less costs, overdraws nothing, and keeps to lots, minimum and what is held', () => {
    const more = fc.record({
      draft: numbers,
      costFixed: fc.integer({ min: 0, max: 20 }),
      costBps: fc.integer({ min: 0, max: 100 }),
      minimumTrade: fc.integer({ min: 0, max: 2_000 }),
      cashMinimum: fc.integer({ min: 0, max: 20_000 }),
      allowSelling: fc.boolean(),
      lotSize: fc.constantFrom('0', '1', '0.1', '10'),
    });
    fc.assert(
      fc.property(more, ({ draft, lotSize, ...costs }) => {
        const { assets, sleeves, rules: base } = inputsOf(draft, lotSize);
        const own = { ...base, ...rules(costs), cash: base.cash, cashBand: base.cashBand, goal: base.goal };
        const { orders, cash, managedValue, sleeves: after, costs: paid } = rebalance(assets, sleeves, own);
        const left = [...after.values()].reduce((sum, one) => sum.plus(one.valueAfter), cash.valueAfter);
        expect(left.plus(paid).toFixed()).toBe(managedValue.toFixed());
        const floor = Decimal.min(own.cash, Decimal.max(cash.targetValue, own.cashMinimum));
        expect(cash.valueAfter.greaterThanOrEqualTo(floor)).toBe(true);
        for (const order of orders) {
          const asked = assets.find(({ id }) => id === order.assetId)!;
          expect(order.value.greaterThanOrEqualTo(costs.minimumTrade)).toBe(true);
          expect(order.quantity.greaterThan(0)).toBe(true);
          const isSale = order.side === 'SELL';
          expect(!isSale || costs.allowSelling).toBe(true);
          expect(!isSale || order.quantity.lessThanOrEqualTo(asked.quantity)).toBe(true);
          const isAll = isSale && order.quantity.equals(asked.quantity);
          expect(lotSize === '0' || isAll || order.quantity.div(lotSize).isInteger()).toBe(true);
        }
        expect(new Set(orders.map(({ assetId }) => assetId)).size).toBe(orders.length);
      }),
      { numRuns: 300 },
    );
  });
});

describe('reference cases', () => {
  interface Case {
    readonly name: string;
    readonly columns: string[];
    readonly weights: number[];
    readonly rebalance: 'none' | 'months' | 'quarters';
    readonly start: string;
    readonly end: string;
    readonly rows: number;
    readonly total_return: number;
    readonly end_weights: number[];
    readonly daily_file: string;
  }

  function returnsOf({ name, columns, start, end }: Case): { date: string; returns: number[] }[] {
    const isPrices = name === 'stocks4_monthly';
    const path = isPrices ? 'data/skfolio/sp500_dataset.csv.gz' : 'data/r_datasets/PA_edhec.csv.gz';
    const [header] = sharedText(path).split(/\r?\n/, 1);
    const names = header.split(',').map((one) => one.replaceAll('"', ''));
    const rows = sharedRows(path).map((row) => row.map((one) => one.replaceAll('"', '')));
    const places = columns.map((column) => names.indexOf(column));
    const dateOf = (row: string[]) => row.find((one) => /^\d{4}-\d{2}-\d{2}/.test(one))!.slice(0, 10);
    return rows
      .map((row, index) => ({
        date: dateOf(row),
        returns: places.map((place) =>
          isPrices
            ? index > 0
              ? Number(row[place]) / Number(rows[index - 1][place]) - 1
              : NaN
            : Number(row[place]),
        ),
      }))
      .filter(({ date }) => date >= start && date <= end);
  }

  const periodOf = (date: string, kind: Case['rebalance']) => {
    if (kind === 'none') return '';
    const month = Number(date.slice(5, 7));
    return `${date.slice(0, 4)} ${kind === 'months' ? month : Math.ceil(month / 3)}`;
  };

  itWithShared(
    'agrees with PerformanceAnalytics on portfolios that are rebalanced every month, quarter, or never',
    () => {
      const { cases } = JSON.parse(sharedText('reference/rebalancing/SHARE.json')) as { cases: Case[] };
      expect(cases.map(({ name }) => name)).toEqual(['edhec5_quarterly', 'edhec5_none', 'stocks4_monthly']);
      for (const one of cases) {
        const rows = returnsOf(one);
        expect(rows).toHaveLength(one.rows);
        const expected = sharedRows(`reference/rebalancing/${one.daily_file}`).map(([, value]) =>
          Number(value),
        );
        const sleeves = one.columns.map((name, index) => sleeve(name, one.weights[index], 0));
        let [prices, units, cash, value] = [
          one.columns.map(() => 100),
          one.columns.map(() => ZERO),
          decimal(1e6),
          1e6,
        ];
        let differenceMaximum = 0;
        rows.forEach(({ date, returns }, index) => {
          if (
            index === 0 ||
            periodOf(date, one.rebalance) !== periodOf(rows[index - 1].date, one.rebalance)
          ) {
            const assets = one.columns.map((name, place) =>
              asset(name, units[place].toFixed(), prices[place]),
            );
            const plan = rebalance(assets, sleeves, { ...RULES, cash });
            units = one.columns.map((name, place) => {
              const order = plan.orders.find(({ assetId }) => assetId === name);
              return order
                ? units[place].plus(order.side === 'BUY' ? order.quantity : order.quantity.negated())
                : units[place];
            });
            cash = plan.cash.valueAfter;
          }
          prices = prices.map((price, place) => price * (1 + returns[place]));
          const after = units.reduce(
            (sum, held, place) => sum + held.toNumber() * prices[place],
            cash.toNumber(),
          );
          differenceMaximum = Math.max(differenceMaximum, Math.abs(after / value - 1 - expected[index]));
          value = after;
        });
        expect(differenceMaximum, one.name).toBeLessThan(1e-10);
        expect(value / 1e6 - 1, one.name).toBeCloseTo(one.total_return, 9);
        const weights = units.map((held, place) => (held.toNumber() * prices[place]) / value);
        weights.forEach((weight, place) => expect(weight).toBeCloseTo(one.end_weights[place], 8));
      }
    },
  );
});
