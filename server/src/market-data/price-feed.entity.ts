import { defineEntity, p } from '@mikro-orm/core';

const PriceFeedSchema = defineEntity({
  name: 'PriceFeedRow',
  tableName: 'price_feed',
  properties: {
    instrumentId: p.string().primary(),
    version: p.integer().version(),
    sources: p.json().$type<readonly string[]>(),
    dueAt: p.datetime(),
    /** The date that the next look reaches back to, as YYYY-MM-DD; null for the last days alone. */
    wantedFrom: p.string().nullable(),
    checkedAt: p.datetime().nullable(),
    refreshedAt: p.datetime().nullable(),
    usedSource: p.string().nullable(),
    problem: p.string().nullable(),
  },
});

/** Where prices of an instrument come from, in the order that sources are tried. */
export class PriceFeedRow extends PriceFeedSchema.class {}
PriceFeedSchema.setClass(PriceFeedRow);
