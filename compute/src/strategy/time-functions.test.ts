import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { flatBars } from '../../../tools/testing/bars.ts';
import { evaluateNode, evaluateSignals } from '../backends/reference/evaluate.ts';
import { answerCalendar } from '../ir/calendar.ts';
import { aggregateBars, periodEndMs } from '../ir/periods.ts';
import type { BarColumns, InstrumentBars } from '../service/contract.ts';
import { type CompiledStrategy, compileStrategy } from './compile.ts';

const times = (...texts: string[]) => Float64Array.from(texts, (text) => Date.parse(text));
const HOUR_MS = 3_600_000;

function compiled(text: string): CompiledStrategy {
  const result = compileStrategy(`strategy "T"\n${text}`);
  if (!result.ok) throw new Error(result.diagnostics[0].message);
  return result.strategy;
}

/** Where `condition` holds on these bars, as indices. */
function holdsOn(condition: string, instruments: InstrumentBars[]): number[] {
  const { enterLong } = evaluateSignals(compiled(`enter long when ${condition}`), {}, instruments);
  return [...enterLong.keys()].filter((t) => enterLong[t] === 1);
}

/** Daily closes of weekdays, stamped at 21:00 UTC; the first is Monday, 1 January 2024. */
function weekdays(count: number): BarColumns {
  const days = Array.from({ length: count }, (_, t) => Math.floor(t / 5) * 7 + (t % 5));
  const monday = Date.parse('2024-01-01T21:00:00Z');
  return {
    ...flatBars(days.map((_, t) => t + 1)),
    timesMs: Float64Array.from(days, (day) => monday + day * 24 * HOUR_MS),
  };
}

describe('the end of a period', () => {
  it.each([
    ['week', 1, '2024-01-05T21:00:00Z', '2024-01-08T00:00:00Z'],
    ['week', 1, '2024-01-08T00:00:00Z', '2024-01-08T00:00:00Z'],
    ['week', 1, '2024-01-08T00:00:01Z', '2024-01-15T00:00:00Z'],
    ['month', 1, '2024-02-29T21:00:00Z', '2024-03-01T00:00:00Z'],
    ['month', 1, '2025-01-01T00:00:00Z', '2025-01-01T00:00:00Z'],
    ['day', 2, '1970-01-03T00:00:01Z', '1970-01-05T00:00:00Z'],
    ['hour', 4, '2024-01-05T08:30:00Z', '2024-01-05T12:00:00Z'],
  ] as const)('of %s x %d at %s is %s', (unit, count, time, end) => {
    expect(periodEndMs({ unit, count }, Date.parse(time))).toBe(Date.parse(end));
  });
});

describe('joined bars', () => {
  it('have the first open, the last close, both extremes and all of the volume', () => {
    const bars = {
      timesMs: times('2024-01-01T01:00Z', '2024-01-01T02:00Z', '2024-01-01T03:00Z'),
      open: Float64Array.of(1, 2, 3),
      high: Float64Array.of(5, 9, 4),
      low: Float64Array.of(1, 0.5, 2),
      close: Float64Array.of(2, 3, 4),
      volume: Float64Array.of(10, 20, 30),
    };
    expect(aggregateBars(bars, { unit: 'hour', count: 2 })).toEqual({
      timesMs: times('2024-01-01T02:00Z', '2024-01-01T04:00Z'),
      open: Float64Array.of(1, 3),
      high: Float64Array.of(9, 4),
      low: Float64Array.of(0.5, 2),
      close: Float64Array.of(3, 4),
      volume: Float64Array.of(30, 30),
    });
  });
});

describe('a higher timeframe', () => {
  const instruments = [{ symbol: 'A', bars: weekdays(15) }];

  it('is seen from the first bar that closes after its end', () => {
    // Weeks close at 5, 10 and 15; the first is seen from Monday, bar 5, on.
    expect(holdsOn('weekly(close) == 5', instruments)).toEqual([5, 6, 7, 8, 9]);
    expect(holdsOn('weekly(close[1]) == 5', instruments)).toEqual([10, 11, 12, 13, 14]);
    expect(holdsOn('not weekly(close > 5)', instruments)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('is seen at once by the bar that closes with it', () => {
    const bars = { ...weekdays(4), timesMs: times('2024-01-30', '2024-01-31', '2024-02-01', '2024-02-02') };
    expect(holdsOn('monthly(close) == 3', [{ symbol: 'A', bars }])).toEqual([2, 3]);
  });

  it('joins the bars of other instruments too, and takes named expressions', () => {
    const other = { symbol: 'B', bars: { ...weekdays(15), close: weekdays(15).close.map((x) => 10 * x) } };
    const strategy = compiled('let both = close + close of "B"\nenter long when weekly(both) == 55');
    const { enterLong } = evaluateSignals(strategy, {}, [...instruments, other]);
    expect([...enterLong.keys()].filter((t) => enterLong[t] === 1)).toEqual([5, 6, 7, 8, 9]);
  });

  it('counts its windows in its own bars, with parameters', () => {
    const strategy = compiled('param n = 2 in 1..3\nenter long when days(7, sma(close, n)) > 0');
    const node = strategy.nodes.findIndex(({ op }) => op === 'timeframe');
    const values = (n: number) => [...evaluateNode(strategy, { n }, instruments, node)].slice(-4);
    // Seven days from Thursday: bars 0-2, 3-7 and 8-12 close at 3, 8 and 13.
    expect(values(1)).toEqual([8, 8, 13, 13]);
    expect(values(2)).toEqual([5.5, 5.5, 10.5, 10.5]);
  });

  it('decides the same whatever bars follow', () => {
    const text = 'weekly(close > sma(close, 2)) and monthly(close) > days(3, lowest(close, 2))';
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 1, max: 9, noNaN: true }), { minLength: 30, maxLength: 60 }),
        fc.nat(29),
        (closes, cut) => {
          const all = { ...weekdays(closes.length), ...pricesOf(closes) };
          const short = Object.fromEntries(
            Object.entries(all).map(([name, column]) => [name, column.subarray(0, cut + 1)]),
          ) as unknown as BarColumns;
          const before = holdsOn(text, [{ symbol: 'A', bars: all }]).filter((t) => t <= cut);
          expect(holdsOn(text, [{ symbol: 'A', bars: short }])).toEqual(before);
        },
      ),
    );
  });
});

function pricesOf(closes: readonly number[]) {
  const { open, high, low, close } = flatBars(closes);
  return { open, high, low, close };
}

describe('questions about time', () => {
  const bars = {
    ...flatBars([1, 2, 3, 4, 5]),
    timesMs: times(
      '2024-03-08T14:30:00Z',
      '2024-03-08T14:31:00Z',
      '2024-03-08T21:00:00Z',
      '2024-03-09T00:00:00Z',
      '2024-03-11T13:31:00Z',
    ),
  };
  const instruments = [{ symbol: 'A', bars }];

  it.each([
    // New York changes to summer time between the fourth bar and the fifth.
    ['session(09:30, 16:00, "America/New_York")', [1, 2, 4]],
    ['session(14:00, 15:00)', [0, 1]],
    ['session(21:00, 14:00)', [3, 4]],
    ['day_of_week == 5', [0, 1, 2, 3]],
    ['day_of_week == 1', [4]],
    ['day_of_month == 8', [0, 1, 2, 3]],
    ['day_of_month("Asia/Tokyo") == 9', [2, 3]],
    ['month == 3', [0, 1, 2, 3, 4]],
    ['bar_of_session == 1', [0, 4]],
    ['bar_of_session == 4', [3]],
    ['bar_of_session("Asia/Tokyo") == 1', [0, 2, 4]],
  ])('%s', (condition, expected) => {
    expect(holdsOn(condition, instruments)).toEqual(expected);
  });

  it.each([
    ['bar_of_session == 1', [0, 3, 4]],
    ['bar_of_session("Asia/Tokyo") == 1', [0, 2, 4]],
    ['session(09:30, 10:00)', [1, 4]],
    ['session(00:00, 01:00)', [3]],
    ['session(15:30, 15:35, "UTC")', [2]],
    ['day_of_month == 9', [3]],
  ])('%s, in the zone of the line calendar where none is named', (condition, expected) => {
    const berlin = [
      '2024-03-08T08:30Z',
      '2024-03-08T08:31Z',
      '2024-03-08T15:31Z',
      '2024-03-08T23:30Z',
      '2024-03-11T08:45Z',
    ];
    const own = [{ symbol: 'A', bars: { ...bars, timesMs: times(...berlin) } }];
    const { enterLong } = evaluateSignals(
      compiled(`calendar "XETRA"\nenter long when ${condition}`),
      {},
      own,
    );
    expect([...enterLong.keys()].filter((t) => enterLong[t] === 1)).toEqual(expected);
  });

  it.each([
    ['day_of_week == 5', [3]],
    ['day_of_week("Asia/Tokyo") == 5', [3]],
    ['day_of_month == 31', [1]],
    ['month == 2', [2, 3]],
    ['bar_of_session == 1', [0, 1, 2, 3]],
    ['session(09:30, 16:00)', [0, 1, 2, 3]],
    ['session(22:00, 03:00, "America/New_York")', [0, 1, 2, 3]],
    ['trading_hours', [0, 1, 2, 3]],
    ['trading_hours("NYSE")', [0, 1, 2, 3]],
  ])('%s, of daily bars, which are whole days', (condition, expected) => {
    // Tuesday, 30 January to Friday.
    const daily = times('2024-01-31', '2024-02-01', '2024-02-02', '2024-02-03');
    const own = [{ symbol: 'A', bars: { ...weekdays(4), timesMs: daily } }];
    const { enterLong } = evaluateSignals(
      compiled(`calendar "XETRA"\nenter long when ${condition}`),
      {},
      own,
    );
    expect([...enterLong.keys()].filter((t) => enterLong[t] === 1)).toEqual(expected);
  });

  it('counts days of the week from any year', () => {
    const question = { kind: 'day_of_week', zone: 'UTC' } as const;
    expect([...answerCalendar(question, times('1969-12-31T12:00Z', '1970-01-01T12:00Z'))]).toEqual([3, 4]);
  });
});

describe('the benchmark', () => {
  it('is another instrument by a name of its own', () => {
    const strategy = compiled('benchmark "SPY"\nenter long when close > close of benchmark');
    expect(strategy.otherSymbols).toEqual(['SPY']);
  });
});

describe('the checker', () => {
  it.each([
    [
      'weekly(monthly(close)) > 1',
      '2:24 expected bars of prices inside weekly, was monthly(close), a higher timeframe',
    ],
    [
      'weekly(month) > 1',
      '2:24 expected bars of prices inside weekly, was month, a question about the time of a bar',
    ],
    ['weekly(model("m")) > 1', '2:24 expected bars of prices inside weekly, was model("m"), a model'],
    ['weekly() > 1', '2:17 expected weekly(expression), was 0 arguments'],
    ['days(close, close) > 1', '2:22 expected a whole number from 1 to 10000, was close'],
    ['hours(1.5, close) > 1', '2:23 expected a whole number from 1 to 10000, was 1.5'],
    ['month("Mars") > 1', '2:23 expected a time zone such as "America/New_York", was "Mars"'],
    ['session(9, 10:00)', '2:25 expected a time of day such as 09:30, was 9'],
    ['session(09:30, 25:00)', '2:32 expected a time of day from 00:00 to 24:00, was 25:00'],
    ['close > "a"', '2:25 expected a number or a series of numbers, was "a", a text'],
    ['close > 10:30', '2:25 expected a number or a series of numbers, was 10:30, a time of day'],
    ['close > close of benchmark', '2:34 expected a line `benchmark "symbol"` before its use, was none'],
    ['weekli(close) > 1', '2:17 expected a function, was weekli; did you mean weekly?'],
  ])('refuses %s', (condition, problem) => {
    const result = compileStrategy(`strategy "T"\nenter long when ${condition}`);
    const told = result.ok ? [] : result.diagnostics.map((one) => `${one.line}:${one.column} ${one.message}`);
    expect(told).toContain(problem);
  });
});
