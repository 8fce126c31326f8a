import { type CompiledExpressions, compileExpressions } from '../strategy/expressions.ts';

/** What a model is given and what of its answer is taken: the file `<name>.model.json` beside `<name>.onnx`. */
export interface ModelContract {
  readonly description: string;
  /** Expressions of the strategy language over the traded instrument, one for each feature. */
  readonly inputs: readonly string[];
  /** How many bars of every feature the model sees, the bar it answers for being the last. */
  readonly window: number;
  /** Each feature is (value - mean) / deviation; null where features go in as they are. */
  readonly normalisation: { readonly mean: readonly number[]; readonly deviation: readonly number[] } | null;
  /** The name of the tensor that takes the features; null for the only one. */
  readonly input: string | null;
  /** The name of the tensor that is read; null for the only one. */
  readonly output: string | null;
  /** Which of a bar's outputs is read, from 0. */
  readonly outputIndex: number;
}

/** A contract whose expressions are understood. */
export interface CheckedContract {
  readonly contract: ModelContract;
  readonly features: CompiledExpressions;
}

export const FEATURES_MAXIMUM = 512;
export const WINDOW_MAXIMUM = 2_048;
const KEYS = ['description', 'inputs', 'window', 'normalisation', 'input', 'output', 'outputIndex'];

/** Reads a contract; what is wrong with it names the place and what was expected. */
export function parseContract(
  text: string,
): { readonly ok: true; readonly checked: CheckedContract } | { readonly ok: false; readonly problem: string } {
  try {
    const contract = contractOf(jsonOf(text));
    return { ok: true, checked: { contract, features: featuresOf(contract) } };
  } catch (problem) {
    if (problem instanceof ContractProblem) return { ok: false, problem: problem.message };
    throw problem;
  }
}

class ContractProblem extends Error {}

function jsonOf(text: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (problem) {
    throw new ContractProblem(`contract: expected JSON, was ${(problem as Error).message}`);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Readonly<Record<string, unknown>>;
  throw new ContractProblem('contract: expected an object, was another value');
}

function contractOf(given: Readonly<Record<string, unknown>>): ModelContract {
  const unknown = Object.keys(given).find((key) => !KEYS.includes(key));
  if (unknown) throw new ContractProblem(`contract: expected keys of ${KEYS.join(', ')}, was ${unknown}`);
  const { inputs } = given;
  if (!isListOf(inputs, 'string') || inputs.length < 1 || inputs.length > FEATURES_MAXIMUM)
    throw expected('inputs', `1 to ${FEATURES_MAXIMUM} expressions such as "rsi(close, 14)"`, inputs);
  return {
    description: text(given, 'description') ?? '',
    inputs,
    window: whole(given, 'window', 1, 1, WINDOW_MAXIMUM),
    normalisation: normalisationOf(given.normalisation ?? null, inputs.length),
    input: text(given, 'input'),
    output: text(given, 'output'),
    outputIndex: whole(given, 'outputIndex', 0, 0, Number.MAX_SAFE_INTEGER),
  };
}

function normalisationOf(given: unknown, count: number): ModelContract['normalisation'] {
  if (given === null) return null;
  const { mean, deviation } = given as Record<string, unknown>;
  for (const [name, values] of Object.entries({ mean, deviation })) {
    if (!isListOf(values, 'number') || values.length !== count)
      throw expected(`normalisation.${name}`, `${count} numbers, one for each input`, values);
  }
  const bad = (deviation as number[]).find((value) => !(value > 0));
  if (bad !== undefined) throw expected('normalisation.deviation', 'numbers above 0', bad);
  return { mean: mean as number[], deviation: deviation as number[] };
}

function featuresOf({ inputs }: ModelContract): CompiledExpressions {
  const compiled = compileExpressions(inputs);
  if (!compiled.ok) {
    const [{ index, diagnostics }] = compiled.problems;
    const [{ column, message }] = diagnostics;
    throw new ContractProblem(`contract: inputs[${index}], column ${column}: ${message}`);
  }
  const { nodes } = compiled.expressions;
  if (nodes.some(({ op }) => op === 'model'))
    throw new ContractProblem('contract: inputs: expected expressions without models, was one with model(...)');
  const other = nodes.find(({ symbol }) => symbol !== undefined)?.symbol;
  if (other !== undefined)
    throw new ContractProblem(
      `contract: inputs: expected expressions over the traded instrument, was one over ${other}`,
    );
  return compiled.expressions;
}

function text(given: Readonly<Record<string, unknown>>, key: string): string | null {
  const value = given[key] ?? null;
  if (value === null || typeof value === 'string') return value;
  throw expected(key, 'a text', value);
}

function whole(
  given: Readonly<Record<string, unknown>>,
  key: string,
  fallback: number,
  minimum: number,
  maximum: number,
): number {
  const value = given[key] ?? fallback;
  if (Number.isInteger(value) && (value as number) >= minimum && (value as number) <= maximum)
    return value as number;
  throw expected(key, `a whole number from ${minimum} to ${maximum}`, value);
}

function isListOf(value: unknown, type: 'string'): value is string[];
function isListOf(value: unknown, type: 'number'): value is number[];
function isListOf(value: unknown, type: string): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === type);
}

function expected(key: string, what: string, was: unknown): ContractProblem {
  const shown = (JSON.stringify(was) ?? 'none').slice(0, 100);
  return new ContractProblem(`contract: ${key}: expected ${what}, was ${shown}`);
}
