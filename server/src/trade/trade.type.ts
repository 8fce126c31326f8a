import { registerEnumType } from 'type-graphql';

export const TradeSide = { LONG: 'LONG', SHORT: 'SHORT' } as const;
registerEnumType(TradeSide, {
  name: 'TradeSide',
  description: 'Which way a trade goes.',
  valuesConfig: { LONG: { description: 'Bought first.' }, SHORT: { description: 'Sold first.' } },
});
