/** Asks for the portfolio of the sample data. */
export const SAMPLE_PORTFOLIO = '{ portfolios(first: 1) { nodes { id } } }';

/** What users do, with how many of a hundred times they do it. */
export const ACTIONS: readonly (readonly [number, string, (key: string, portfolioId: string) => object])[] = [
  [
    45,
    'query ($id: ID!) { portfolio(id: $id) { name valuation { equity cash dayChange } positions { nodes { instrument { symbol } quantity marketValue } } } }',
    (_key, id) => ({ id }),
  ],
  [
    30,
    '{ instruments(first: 10) { nodes { symbol name bars(timeframe: DAY_1, maxPoints: 500) { ... on BarSeries { times close } } } } }',
    () => ({}),
  ],
  [10, '{ system { state runsQueued } }', () => ({})],
  [
    10,
    'mutation ($input: CreatePortfolioInput!) { createPortfolio(input: $input) { portfolio { id } errors { message } } }',
    (key) => ({ input: { idempotencyKey: `load-user-${key}`, name: `Load ${key}`, baseCurrency: 'USD' } }),
  ],
  [
    5,
    'mutation ($input: StartBacktestInput!) { startBacktest(input: $input) { run { id } errors { message } } }',
    (key) => ({ input: { idempotencyKey: `load-run-${key}`, strategyId: 'sma-cross', symbol: 'AAPL' } }),
  ],
];
