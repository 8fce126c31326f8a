import { defineEntity, p } from '@mikro-orm/core';
import type { LotMethod } from '../trade/lots.ts';

const AccountSchema = defineEntity({
  name: 'AccountRow',
  tableName: 'account',
  properties: {
    id: p.string().primary(),
    portfolioId: p.string(),
    name: p.string(),
    lotMethod: p.string().$type<LotMethod>(),
    closedAt: p.datetime().nullable(),
  },
});

/** A part of a portfolio with cash and lots of its own. */
export class AccountRow extends AccountSchema.class {}
AccountSchema.setClass(AccountRow);
