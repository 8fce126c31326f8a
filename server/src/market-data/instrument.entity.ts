import { defineEntity, p } from '@mikro-orm/core';

const InstrumentSchema = defineEntity({
  name: 'InstrumentRow',
  tableName: 'instrument',
  properties: {
    id: p.string().primary(),
    version: p.integer().version(),
    symbol: p.string(),
    isin: p.string().nullable(),
    name: p.string(),
    currency: p.string(),
    exchange: p.string().nullable(),
    assetClass: p.string(),
    tickSize: p.decimal(),
    lotSize: p.decimal(),
    calendar: p.string(),
    isSynthetic: p.boolean(),
    source: p.string(),
    createdAt: p.datetime(),
  },
});

/** Something that can be traded or tracked. */
export class InstrumentRow extends InstrumentSchema.class {}
InstrumentSchema.setClass(InstrumentRow);

const DataSetSchema = defineEntity({
  name: 'DataSetRow',
  tableName: 'data_set',
  properties: {
    id: p.integer().primary(),
    instrumentId: p.string(),
    timeframe: p.string(),
    barCount: p.integer(),
    fromMs: p.bigint('number').nullable(),
    toMs: p.bigint('number').nullable(),
    hasAdjustedClose: p.boolean(),
    contentHash: p.string(),
  },
});

/** The bars of one instrument at one timeframe; the hash names their content. */
export class DataSetRow extends DataSetSchema.class {}
DataSetSchema.setClass(DataSetRow);
