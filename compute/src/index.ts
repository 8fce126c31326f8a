/** The public face of the compute package: the only file others import, beside the settings of GPUs that processes without compute read. */
export * from './service/contract.ts';
export { combinedChoice } from './service/backend-choice.ts';
export { contentHash, ENGINE_VERSION } from './service/content-hash.ts';
export { createComputeService } from './service/local.ts';
export { createRemoteComputeService } from './service/remote.ts';
export { checkStrategy, libraryStrategies } from './strategy/library.ts';
export { computeStatistics, statisticDefinitions } from './backtest/statistics/registry.ts';
export type { StatisticDefinition, StatisticInput, StatisticUnit } from './backtest/statistics/define.ts';
export { leavesAll } from './backtest/trades.ts';
export { gridParameters, gridSize } from './backtest/sweep-grid.ts';
export { drawdownSeries, simpleReturns } from './risk/columns.ts';
export { isModelName, MODEL_BYTES_MAXIMUM } from './models/folder.ts';
export { type ModelDescription, Models } from './models/models.ts';
export { withModels } from './models/with-models.ts';
