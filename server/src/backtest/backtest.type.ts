import { Field, Float, ID, Int, ObjectType } from 'type-graphql';
import { PriceAdjustment } from '../market-data/instrument.type.ts';
import { ProblemSeverity } from '../market-data/import-run.type.ts';
import { type Timeframe, TimeframeEnum } from '../market-data/timeframe.ts';
import { connectionOf } from '../platform/graphql/connection.ts';
import { UserError } from '../platform/graphql/errors.ts';
import { Node } from '../platform/graphql/node.ts';
import { CurrencyScalar, DateTimeScalar, Float64ArrayScalar } from '../platform/graphql/scalars.ts';
import { Run } from '../run/run.type.ts';
import { EndRuleEnum, SweepMetricEnum, type SweepMetricName, TradeDirectionEnum } from './backtest.input.ts';

@ObjectType('StrategyParameter', { description: 'A number that a strategy can be tuned by.' })
export class StrategyParameterType {
  @Field(() => String, { description: 'Its name in the text.' })
  name!: string;

  @Field(() => String, { description: 'What it means.' })
  description!: string;

  @Field(() => Float, { description: 'The value it takes when none is given.' })
  defaultValue!: number;

  @Field(() => Float, { description: 'Where a sweep begins by default.' })
  minimum!: number;

  @Field(() => Float, { description: 'Where a sweep ends by default.' })
  maximum!: number;

  @Field(() => Float, { description: 'The step of a sweep by default.' })
  step!: number;
}

@ObjectType('Strategy', {
  description: 'Rules that decide when to trade, as a text in the strategy language.',
})
export class StrategyType {
  @Field(() => ID, { description: 'Its identifier in the library; "custom" for a text of your own.' })
  id!: string;

  @Field(() => String, { description: 'Its name.' })
  name!: string;

  @Field(() => String, { description: 'What it does.' })
  description!: string;

  @Field(() => String, { description: 'Its text.' })
  source!: string;

  @Field(() => [StrategyParameterType], { description: 'Its parameters.' })
  parameters!: StrategyParameterType[];

  @Field(() => Int, { description: 'Bars before its first decision with default parameters.' })
  warmUpBars!: number;

  @Field(() => Boolean, { description: 'Whether it can sell short.' })
  usesShort!: boolean;

  @Field(() => [String], {
    nullable: true,
    description:
      'Symbols of the universe that it holds, none where a run says which; null where it trades one instrument.',
  })
  universe!: readonly string[] | null;
}

@ObjectType('StrategyDiagnostic', { description: 'A problem in the text of a strategy.' })
export class StrategyDiagnostic {
  @Field(() => ProblemSeverity, { description: 'How bad it is.' })
  severity!: 'ERROR' | 'WARNING';

  @Field(() => String, { description: 'What was expected and what was found.' })
  message!: string;

  @Field(() => Int, { description: 'The line, from 1.' })
  line!: number;

  @Field(() => Int, { description: 'The column, from 1.' })
  column!: number;

  @Field(() => Int, { description: 'How many characters it covers, at least 1.' })
  length!: number;

  @Field(() => String, {
    description: 'The text that is wrong, as written on that line; empty where something is missing.',
  })
  text!: string;

  @Field(() => String, { description: 'What would have been right there.' })
  expected!: string;
}

@ObjectType('StrategyCheck', { description: 'What the checker says about the text of a strategy.' })
export class StrategyCheckType {
  @Field(() => Boolean, { description: 'Whether it can run.' })
  ok!: boolean;

  @Field(() => StrategyType, { nullable: true, description: 'What it declares, where it can run.' })
  strategy!: StrategyType | null;

  @Field(() => [StrategyDiagnostic], { description: 'Everything that is wrong with it.' })
  diagnostics!: StrategyDiagnostic[];
}

@ObjectType('Costs', { description: 'What trading costs; parts add up, each side is charged.' })
export class Costs {
  @Field(() => Float, { description: 'Flat amount per fill.' })
  commissionPerTrade!: number;

  @Field(() => Float, { description: 'Amount per unit traded.' })
  commissionPerShare!: number;

  @Field(() => Float, { description: 'Part of the traded value in basis points.' })
  commissionBps!: number;

  @Field(() => Float, { description: 'Least commission per fill.' })
  commissionMinimum!: number;

  @Field(() => Float, { description: 'How much every market fill is worsened, in basis points.' })
  slippageBps!: number;

  @Field(() => Float, { description: 'Distance of bid and ask in basis points.' })
  spreadBps!: number;

  @Field(() => Float, { description: 'Paid a year on shorts and borrowed cash, as a fraction.' })
  borrowRate!: number;

  @Field(() => Float, { description: 'Earned a year on idle cash, as a fraction.' })
  cashRate!: number;
}

@ObjectType('ParameterValue', { description: 'The value of one parameter.' })
export class ParameterValue {
  @Field(() => String, { description: 'The parameter.' })
  name!: string;

  @Field(() => Float, { description: 'Its value.' })
  value!: number;
}

@ObjectType('BacktestSettings', { description: 'What was simulated, on what, and under which assumptions.' })
export class BacktestSettings {
  @Field(() => String, { description: 'The traded symbol; of a universe its first.' })
  symbol!: string;

  @Field(() => [String], {
    nullable: true,
    description: 'The symbols that a universe was chosen from; null where one instrument was traded.',
  })
  universe!: readonly string[] | null;

  @Field(() => TimeframeEnum, { description: 'How long the bars are.' })
  timeframe!: Timeframe;

  @Field(() => PriceAdjustment, { description: 'Which prices.' })
  adjustment!: keyof typeof PriceAdjustment;

  @Field(() => DateTimeScalar, { nullable: true, description: 'The earliest close asked for.' })
  from!: Date | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'The latest close asked for.' })
  to!: Date | null;

  @Field(() => Float, { description: 'Cash at the start.' })
  initialCash!: number;

  @Field(() => CurrencyScalar, { description: 'The currency of all amounts.' })
  currency!: string;

  @Field(() => Costs, { description: 'What trading cost.' })
  costs!: Costs;

  @Field(() => TradeDirectionEnum, { description: 'Which entries were taken.' })
  direction!: keyof typeof TradeDirectionEnum;

  @Field(() => Float, {
    nullable: true,
    description: 'Smallest tradable quantity, 0 for any fraction; null where each instrument has its own.',
  })
  lotSize!: number | null;

  @Field(() => EndRuleEnum, { description: 'What happened to an open position at the end.' })
  endRule!: keyof typeof EndRuleEnum;

  @Field(() => Float, { description: 'Most value of a position over the equity at an entry.' })
  leverage!: number;

  @Field(() => Float, {
    description: 'Least equity over the value of a position before it is closed; 0 for none.',
  })
  maintenanceMargin!: number;

  @Field(() => Float, { description: 'Bars per year that ratios are annualised by.' })
  periodsPerYear!: number;

  @Field(() => [ParameterValue], { description: 'The value of each parameter.' })
  parameters!: ParameterValue[];

  @Field(() => ID, {
    nullable: true,
    description: 'The strategy of the library; null for a text of your own.',
  })
  strategyId!: string | null;

  @Field(() => String, { description: "The strategy's name." })
  strategyName!: string;

  @Field(() => String, { description: "The strategy's text." })
  strategySource!: string;
}

@ObjectType('BacktestSeries', { description: 'The course of a backtest as columns of one length.' })
export class BacktestSeries {
  @Field(() => Int, { description: 'How many points are here.' })
  length!: number;

  @Field(() => Int, { description: 'How many bars they were chosen from.' })
  sourceLength!: number;

  @Field(() => Float64ArrayScalar, { description: 'UTC epoch milliseconds.' })
  times!: Float64Array;

  @Field(() => Float64ArrayScalar, { description: 'Cash plus holdings.' })
  equity!: Float64Array;

  @Field(() => Float64ArrayScalar, { description: 'Fall from the running peak, 0 or below.' })
  drawdown!: Float64Array;

  @Field(() => Float64ArrayScalar, {
    description: 'Units held, negative when short; of a universe how many instruments are held.',
  })
  position!: Float64Array;

  @Field(() => Float64ArrayScalar, {
    description:
      'The same cash held in the instrument from the first close, or in equal parts of a universe, each from its first close.',
  })
  benchmark!: Float64Array;
}

@ObjectType('BacktestRun', {
  implements: [Run, Node],
  description: 'One simulation of one strategy on one instrument or on a universe.',
})
export class BacktestRun extends Run {
  @Field(() => BacktestSettings, { description: 'What was simulated and how.' })
  settings!: BacktestSettings;

  @Field(() => Int, { nullable: true, description: 'How many bars were simulated.' })
  barCount!: number | null;

  @Field(() => Float, { nullable: true, description: 'How long the simulation took, in milliseconds.' })
  durationMs!: number | null;

  @Field(() => String, { nullable: true, description: 'Which backend computed it.' })
  backend!: string | null;

  @Field(() => String, { nullable: true, description: 'Why that one.' })
  backendReason!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'SHA-256 over data, strategy, parameters, settings, engine version and backend.',
  })
  contentHash!: string | null;
}

export const BacktestRunConnection = connectionOf(BacktestRun, 'BacktestRun');

@ObjectType('SweepAxis', { description: 'One axis of a parameter grid.' })
export class SweepAxisType {
  @Field(() => String, { description: 'The parameter.' })
  parameter!: string;

  @Field(() => Float64ArrayScalar, { description: 'Its values.' })
  values!: Float64Array;
}

@ObjectType('SweepBest', { description: 'One of the best parameter sets.' })
export class SweepBest {
  @Field(() => Int, { description: 'Its place in the grid, the last axis varying fastest.' })
  index!: number;

  @Field(() => [ParameterValue], { description: 'The parameters.' })
  parameters!: ParameterValue[];

  @Field(() => Float, { nullable: true, description: 'Return over the whole time, as a fraction.' })
  totalReturn!: number | null;

  @Field(() => Float, { nullable: true, description: 'Annualised Sharpe ratio.' })
  sharpe!: number | null;

  @Field(() => Float, { nullable: true, description: 'Deepest drawdown, as a positive fraction.' })
  maxDrawdown!: number | null;

  @Field(() => Int, { nullable: true, description: 'Trades entered.' })
  tradeCount!: number | null;
}

@ObjectType('Sweep', { implements: [Run, Node], description: 'Many simulations over a grid of parameters.' })
export class Sweep extends Run {
  @Field(() => BacktestSettings, { description: 'What was simulated and how, beside the axes.' })
  settings!: BacktestSettings;

  @Field(() => [SweepAxisType], { description: 'The axes of the grid.' })
  axes!: SweepAxisType[];

  @Field(() => SweepMetricEnum, { description: 'What the best sets are chosen by.' })
  objective!: SweepMetricName;

  @Field(() => Int, { description: 'How many parameter sets the grid has.' })
  setsTotal!: number;

  @Field(() => Int, { description: 'How many are done.' })
  setsDone!: number;

  @Field(() => [SweepBest], { description: 'The best sets, best first; once done.' })
  best!: SweepBest[];

  @Field(() => String, { nullable: true, description: 'Which backend computed it.' })
  backend!: string | null;

  @Field(() => String, { nullable: true, description: 'Why that one.' })
  backendReason!: string | null;

  @Field(() => Int, { nullable: true, description: 'How many threads worked.' })
  threads!: number | null;

  @Field(() => Float, { nullable: true, description: 'Parameter sets times bars.' })
  barEvaluations!: number | null;

  @Field(() => Float, { nullable: true, description: 'How long it took, in milliseconds.' })
  durationMs!: number | null;
}

export const SweepConnection = connectionOf(Sweep, 'Sweep');

@ObjectType('StartBacktestPayload', { description: 'The backtest that was queued, or why not.' })
export class StartBacktestPayload {
  @Field(() => BacktestRun, { nullable: true, description: 'The run; watch it by runEvents.' })
  run?: BacktestRun;

  @Field(() => [UserError], { description: 'Why it was not begun; empty when it was.' })
  errors!: UserError[];
}

@ObjectType('StartSweepPayload', { description: 'The sweep that was queued, or why not.' })
export class StartSweepPayload {
  @Field(() => Sweep, { nullable: true, description: 'The run; watch it by sweepEvents.' })
  run?: Sweep;

  @Field(() => [UserError], { description: 'Why it was not begun; empty when it was.' })
  errors!: UserError[];
}

@ObjectType('CancelRunPayload', { description: 'The run that was asked to end, or why not.' })
export class CancelRunPayload {
  @Field(() => Run, { nullable: true, description: 'The run; it ends within a second.' })
  run?: Run;

  @Field(() => [UserError], { description: 'Why not; empty when it was asked.' })
  errors!: UserError[];
}

@ObjectType('RunEvent', { description: 'A change of a run; the first one is how it stands.' })
export class RunEvent {
  @Field(() => Int, { description: "The run's seq; rises with every event." })
  seq!: number;

  @Field(() => Run, { description: 'The run as it stands now.' })
  run!: Run;

  @Field(() => Int, { nullable: true, description: 'The bar of the first value in equity.' })
  equityFromIndex!: number | null;

  @Field(() => Float64ArrayScalar, {
    nullable: true,
    description: 'Times of the newly finished bars of a backtest, in UTC epoch milliseconds.',
  })
  equityTimes!: Float64Array | null;

  @Field(() => Float64ArrayScalar, {
    nullable: true,
    description: 'Equity at the newly finished bars of a backtest.',
  })
  equity!: Float64Array | null;
}

@ObjectType('SweepEvent', { description: 'A change of a sweep; the first one is how it stands.' })
export class SweepEvent {
  @Field(() => Int, { description: "The run's seq; rises with every event." })
  seq!: number;

  @Field(() => Sweep, { description: 'The sweep as it stands now.' })
  run!: Sweep;

  @Field(() => Int, { description: 'The place in the grid of the first of `values`.' })
  fromIndex!: number;

  @Field(() => Float64ArrayScalar, {
    description:
      'The metric of the sets from `fromIndex` on; NaN where it is not done or undefined. The first event has all that is known, others the stretch in which anything has changed since the event before.',
  })
  values!: Float64Array;
}
