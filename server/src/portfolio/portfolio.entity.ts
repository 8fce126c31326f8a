import { defineEntity, p } from '@mikro-orm/core';

const PortfolioSchema = defineEntity({
  name: 'PortfolioRow',
  tableName: 'portfolio',
  properties: {
    id: p.string().primary(),
    version: p.integer().version(),
    ledgerVersion: p.integer(),
    name: p.string(),
    baseCurrency: p.string(),
    benchmarkId: p.string().nullable(),
    isSample: p.boolean(),
    createdAt: p.datetime(),
  },
});

/** Positions and cash in one base currency. */
export class PortfolioRow extends PortfolioSchema.class {}
PortfolioSchema.setClass(PortfolioRow);
