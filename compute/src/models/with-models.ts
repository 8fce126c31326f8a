import { candidatesOf, holdsUniverse } from '../backtest/universe/universe.ts';
import { compiledFor, compiledForSweep } from '../backtest/validate.ts';
import type {
  BacktestRequest,
  ComputeService,
  InstrumentBars,
  ModelOutput,
  SweepRequest,
} from '../service/contract.ts';
import { withinDeadline } from '../service/deadline.ts';
import { compileStrategy } from '../strategy/compile.ts';
import { checkStrategy } from '../strategy/library.ts';
import type { Models } from './models.ts';

/**
 * A compute service whose strategies may ask models. A model is asked once for a run, here, and what it said travels with the bars:
 * every thread and every machine computes with the same numbers, and the content hash of a result covers them and the model's file.
 */
export function withModels(service: ComputeService, models: Models): ComputeService {
  const answered = async <Request extends BacktestRequest | SweepRequest>(
    request: Request,
    validate: (request: Request) => unknown,
    signal: AbortSignal | undefined,
  ): Promise<Request> => {
    const compiled = compileStrategy(request.strategy);
    if (!compiled.ok || compiled.strategy.models.length === 0) return request;
    validate(request);
    const { strategy } = compiled;
    const isAsked = holdsUniverse(strategy)
      ? ({ symbol }: InstrumentBars) => candidatesOf(strategy, request).includes(symbol)
      : (one: InstrumentBars) => one === request.instruments[0];
    const asked = request.instruments.filter(isAsked);
    const answers: ModelOutput[][] = [];
    for (const name of strategy.models) answers.push(await models.outputs(name, asked, signal));
    const instruments = request.instruments.map((one) => {
      const place = asked.indexOf(one);
      return place < 0 ? one : { ...one, modelOutputs: answers.map((outputs) => outputs[place]) };
    });
    return { ...request, instruments };
  };
  return {
    async checkStrategy(source) {
      const check = await service.checkStrategy(source);
      if (!check.ok || check.strategy.models.length === 0) return check;
      return checkStrategy(source, await models.known(check.strategy.models));
    },
    runBacktest: (request, options = {}) =>
      withinDeadline(options, async ({ timeLeftMs, ...limited }) => {
        const known = await answered(request, compiledFor, limited.signal);
        return service.runBacktest(known, { ...limited, deadlineMs: timeLeftMs() });
      }),
    runSweep: (request, options = {}) =>
      withinDeadline(options, async ({ timeLeftMs, ...limited }) => {
        const known = await answered(request, compiledForSweep, limited.signal);
        return service.runSweep(known, { ...limited, deadlineMs: timeLeftMs() });
      }),
    measureRisk: (request, options) => service.measureRisk(request, options),
    simulateRisk: (request, options) => service.simulateRisk(request, options),
    describe: () => service.describe(),
    async close() {
      await models.close();
      await service.close();
    },
  };
}
