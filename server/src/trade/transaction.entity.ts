import { defineEntity, p } from '@mikro-orm/core';
import type { TransactionKind } from './transaction-kinds.ts';

const TransactionSchema = defineEntity({
  name: 'TransactionRow',
  tableName: 'transaction',
  properties: {
    id: p.string().primary(),
    accountId: p.string(),
    kind: p.string().$type<TransactionKind>(),
    fillId: p.string().nullable(),
    amount: p.decimal(),
    currency: p.string(),
    exchangeRate: p.decimal().nullable(),
    otherAmount: p.decimal().nullable(),
    otherCurrency: p.string().nullable(),
    executedAt: p.datetime(),
    createdAt: p.datetime(),
    instrumentId: p.string().nullable(),
    otherInstrumentId: p.string().nullable(),
    quantity: p.decimal().nullable(),
    price: p.decimal().nullable(),
    fee: p.decimal(),
    tax: p.decimal(),
    units: p.decimal().nullable(),
    perUnits: p.decimal().nullable(),
    basisFraction: p.decimal().nullable(),
    costBasis: p.decimal().nullable(),
    acquiredAt: p.datetime().nullable(),
    counterAccountId: p.string().nullable(),
    lotIds: p.json<readonly string[]>(),
    externalId: p.string().nullable(),
    note: p.string().nullable(),
    importId: p.string().nullable(),
    createdBy: p.string(),
  },
});

/** A row of the ledger that moves cash or holdings; it is never changed, only voided by another row. */
export class TransactionRow extends TransactionSchema.class {}
TransactionSchema.setClass(TransactionRow);

const TransactionVoidSchema = defineEntity({
  name: 'TransactionVoidRow',
  tableName: 'transaction_void',
  properties: {
    transactionId: p.string().primary(),
    replacementId: p.string().nullable(),
    reason: p.string(),
    createdBy: p.string(),
    createdAt: p.datetime(),
  },
});

/** Says that a transaction does not count any more, and which one stands in for it. */
export class TransactionVoidRow extends TransactionVoidSchema.class {}
TransactionVoidSchema.setClass(TransactionVoidRow);
