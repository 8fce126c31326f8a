import { defineEntity, p } from '@mikro-orm/core';

const AccountSchema = defineEntity({
  name: 'AccountRow',
  tableName: 'account',
  properties: { id: p.string().primary(), portfolioId: p.string(), name: p.string() },
});

/** A part of a portfolio with cash and lots of its own. */
export class AccountRow extends AccountSchema.class {}
AccountSchema.setClass(AccountRow);
