import { defineEntity, p } from '@mikro-orm/core';

const FillSchema = defineEntity({
  name: 'FillRow',
  tableName: 'fill',
  properties: {
    id: p.string().primary(),
    accountId: p.string(),
    instrumentId: p.string(),
    side: p.string().$type<'BUY' | 'SELL'>(),
    quantity: p.decimal(),
    price: p.decimal(),
    fee: p.decimal(),
    currency: p.string(),
    executedAt: p.datetime(),
    externalId: p.string().nullable(),
    importId: p.string().nullable(),
    createdAt: p.datetime(),
  },
});

/** One execution: an immutable fact. */
export class FillRow extends FillSchema.class {}
FillSchema.setClass(FillRow);
