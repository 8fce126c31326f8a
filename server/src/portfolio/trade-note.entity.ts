import { defineEntity, p } from '@mikro-orm/core';

const TradeNoteSchema = defineEntity({
  name: 'TradeNoteRow',
  tableName: 'trade_note',
  properties: {
    id: p.string().primary(),
    accountId: p.string(),
    anchorId: p.string(),
    otherAnchorIds: p.json<readonly string[]>(),
    version: p.integer().version(),
    tags: p.json<readonly string[]>(),
    setup: p.string().nullable(),
    notes: p.string(),
    rating: p.integer().nullable(),
    stopPrice: p.decimal().nullable(),
    initialRisk: p.decimal().nullable(),
    updatedBy: p.string(),
    updatedAt: p.datetime(),
  },
});

/** What a person noted about a trade; it holds on to the transactions that opened it, the first one foremost. */
export class TradeNoteRow extends TradeNoteSchema.class {}
TradeNoteSchema.setClass(TradeNoteRow);
