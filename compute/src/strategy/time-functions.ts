import type { GraphBuilder } from '../ir/graph.ts';
import { type CalendarQuestion, isTimeZone } from '../ir/calendar.ts';
import { CALENDAR_NAMES, tradingCalendar } from '../ir/trading-calendar.ts';
import type { Period } from '../ir/periods.ts';
import { counted, type diagnosticAt, type Place, quoted } from './diagnostics.ts';
import type { Expression } from './syntax.ts';

/** The instruments that a strategy compares: those of its line `universe`, or, held and unnamed, those of the run. */
export interface UniverseScope {
  readonly symbols: readonly string[];
  /** Whether the strategy holds members of it, not one instrument. */
  readonly isHeld: boolean;
  /** Whether there is one, if only by a line that has a problem. */
  readonly isThere: boolean;
}

/** What special functions need of the lowering around them. */
export interface LoweringHost {
  readonly graph: GraphBuilder;
  readonly universe: UniverseScope;
  /** The calendar that the strategy names. */
  readonly calendar: string | null;
  readonly lower: (expression: Expression) => number | null;
  /** Notes what was expected at a place, as `diagnosticAt` says it. */
  readonly report: (...finding: Parameters<typeof diagnosticAt>) => void;
}

/** A function that reads times, or changes the bars or instruments that its argument is computed on. */
export interface SpecialFunction {
  readonly signature: string;
  readonly summary: string;
  readonly lower: (args: readonly Expression[], at: Place, host: LoweringHost) => number | null;
}

const COUNT_MAXIMUM = 10_000;

/** The functions of time by name. */
export const TIME_FUNCTIONS: ReadonlyMap<string, SpecialFunction> = new Map([
  calendar('day_of_week', 'The day of the week, 1 for Monday to 7 for Sunday.'),
  calendar('day_of_month', 'The day of the month, from 1.'),
  calendar('month', 'The month, 1 to 12.'),
  calendar('bar_of_session', 'Which bar of its day this is, from 1.'),
  session(),
  tradingHours(),
  timeframe('weekly', 'week', 'The expression on bars of a week, from Monday.'),
  timeframe('monthly', 'month', 'The expression on bars of a calendar month.'),
  timeframe('days', 'day', 'The expression on bars of so many days, counted from 1970.'),
  timeframe('hours', 'hour', 'The expression on bars of so many hours, counted from 1970.'),
]);

function calendar(
  kind: Exclude<CalendarQuestion['kind'], 'session' | 'trading_hours'>,
  summary: string,
): [string, SpecialFunction] {
  const signature = `${kind}(zone = "UTC")`;
  const lower: SpecialFunction['lower'] = (args, at, host) => {
    if (args.length > 1) return refuseCount(signature, args, at, host);
    const zone = zoneOf(args[0], host);
    return zone === null ? null : host.graph.calendar({ kind, zone });
  };
  return [kind, { signature, summary, lower }];
}

function session(): [string, SpecialFunction] {
  const signature = 'session(from, to, zone = "UTC")';
  const summary = 'Whether the bar lies between two times of day, written as 09:30.';
  const lower: SpecialFunction['lower'] = (args, at, host) => {
    const [from, to, zoneText] = args;
    if (args.length < 2 || args.length > 3) return refuseCount(signature, args, at, host);
    const minutes = [from, to].map((time) => {
      if (time.kind === 'time') return time.minutes;
      host.report(time.at, 'a time of day such as 09:30');
      return NaN;
    });
    const zone = zoneOf(zoneText, host);
    if (zone === null || minutes.some(Number.isNaN)) return null;
    return host.graph.calendar({ kind: 'session', zone, fromMinute: minutes[0], toMinute: minutes[1] });
  };
  return ['session', { signature, summary, lower }];
}

function tradingHours(): [string, SpecialFunction] {
  const signature = 'trading_hours(calendar)';
  const summary =
    'Whether the bar lies in the hours of an exchange, holidays and early closes left out; that of the line `calendar` where none is named.';
  const lower: SpecialFunction['lower'] = (args, at, host) => {
    if (args.length > 1) return refuseCount(signature, args, at, host);
    const [argument] = args;
    if (!argument && host.calendar === null) {
      host.report(at, 'a line `calendar "name"` for trading_hours without a name', 'none');
      return null;
    }
    const name = argument ? (argument.kind === 'text' ? argument.value : '') : host.calendar!;
    const calendar = tradingCalendar(name);
    if (calendar) return host.graph.calendar({ kind: 'trading_hours', calendar: calendar.name });
    host.report(argument.at, quoted(CALENDAR_NAMES));
    return null;
  };
  return ['trading_hours', { signature, summary, lower }];
}

function timeframe(name: string, unit: Period['unit'], summary: string): [string, SpecialFunction] {
  const isCounted = unit === 'day' || unit === 'hour';
  const signature = isCounted ? `${name}(count, expression)` : `${name}(expression)`;
  const lower: SpecialFunction['lower'] = (args, at, host) => {
    if (args.length !== (isCounted ? 2 : 1)) return refuseCount(signature, args, at, host);
    const [first] = args;
    const count = isCounted ? (first.kind === 'number' ? first.value : NaN) : 1;
    if (!(Number.isInteger(count) && count >= 1 && count <= COUNT_MAXIMUM)) {
      host.report(first.at, `a whole number from 1 to ${COUNT_MAXIMUM}`);
      return null;
    }
    const source = args[args.length - 1];
    const node = host.lower(source);
    if (node === null) return null;
    const obstacle = obstacleIn(host.graph, node, host.universe);
    if (obstacle === null) return host.graph.timeframe({ unit, count }, node);
    host.report(source.at, `bars of prices inside ${name}`, source.at.text, `, ${obstacle}`);
    return null;
  };
  return [name, { signature, summary, lower }];
}

/** What a node contains that has no value on bars of a higher timeframe, or null. */
function obstacleIn(graph: GraphBuilder, root: number, universe: UniverseScope): string | null {
  for (const { op } of graph.within(root)) {
    if (op === 'across' && universe.isHeld) return 'a comparison across the universe';
    if (op === 'timeframe') return 'a higher timeframe';
    if (op === 'model') return 'a model';
    if (op === 'calendar') return 'a question about the time of a bar';
  }
  return null;
}

function zoneOf(argument: Expression | undefined, { calendar, report }: LoweringHost): string | null {
  if (argument === undefined) return calendar === null ? 'UTC' : tradingCalendar(calendar)!.zone;
  if (argument.kind === 'text' && isTimeZone(argument.value)) return argument.value;
  report(argument.at, 'a time zone such as "America/New_York"');
  return null;
}

function refuseCount(signature: string, args: readonly Expression[], at: Place, host: LoweringHost): null {
  host.report(at, signature, counted(args.length, 'argument'));
  return null;
}
