/** One portfolio with seven figures and twenty positions of six fields. */
export const DASHBOARD_QUERY = `query Dashboard($id: ID!) {
  portfolio(id: $id) {
    name
    valuation { equity cash marketValue unrealisedProfit realisedProfit dayChange leverage }
    positions { nodes { instrument { symbol } quantity averageCost marketPrice marketValue weight } }
  }
}`;

/** What the query is answered with, as it lies in memory. */
export const PORTFOLIO = {
  id: 'prt_1',
  name: 'Long term',
  valuation: {
    equity: '1234567.89',
    cash: '34567.89',
    marketValue: '1200000',
    unrealisedProfit: '98765.43',
    realisedProfit: '12345.67',
    dayChange: '-2345.67',
    leverage: 0.972,
  },
  positions: {
    nodes: Array.from({ length: 20 }, (_, place) => ({
      instrument: { symbol: `SYM${place}` },
      quantity: String(100 + place),
      averageCost: (90 + place / 7).toFixed(6),
      marketPrice: (95 + place / 3).toFixed(6),
      marketValue: (9_500 + 33 * place).toFixed(2),
      weight: 0.05 + place / 1_000,
    })),
  },
};
