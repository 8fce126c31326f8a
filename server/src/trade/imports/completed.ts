import type { NewTransaction } from '../transaction.store.ts';
import type { ImportTransactionsRequest } from './import-request.ts';
import type { ImportPlan } from './plan.ts';

/** Transactions ready to be stored, and those of them that count no more. */
export interface CompletedTransactions {
  readonly transactions: readonly NewTransaction[];
  readonly voids: readonly {
    readonly id: string;
    readonly reason: string;
    readonly replacementId: string | null;
  }[];
}

/** Gives the transactions of a plan their ids, and puts ids in the place of how the file refers to things. */
export function completed(
  { transactions, known }: ImportPlan,
  { actor }: Pick<ImportTransactionsRequest, 'actor'>,
  importId: string,
  instrumentIds: ReadonlyMap<string, string>,
  nextId: () => string,
): CompletedTransactions {
  const ids = new Map(known);
  const numbered = transactions.map((planned) => {
    const id = nextId();
    if (planned.draft.fileId) ids.set(planned.draft.fileId, id);
    return { ...planned, id };
  });
  const instrumentOf = (key: string | null | undefined) => (key ? instrumentIds.get(key)! : null);
  return {
    transactions: numbered.map(({ id, draft, accountId, counterAccountId, amount, currency }) => {
      const { kind, executedAt, quantity, price, fee, tax, units, perUnits, basisFraction, costBasis } =
        draft;
      const { acquiredAt, externalId, note, exchangeRate, otherAmount, otherCurrency } = draft;
      return {
        id,
        accountId,
        counterAccountId,
        kind,
        executedAt,
        amount,
        currency,
        createdBy: actor,
        importId,
        instrumentId: instrumentOf(draft.symbol),
        otherInstrumentId: instrumentOf(draft.otherSymbol),
        quantity,
        price,
        fee,
        tax,
        units,
        perUnits,
        basisFraction,
        costBasis,
        acquiredAt,
        exchangeRate,
        otherAmount,
        otherCurrency,
        lotIds: draft.lotIds?.map((lot) => ids.get(lot)!) ?? [],
        externalId,
        note,
      };
    }),
    voids: numbered.flatMap(({ id, draft: { voided } }) =>
      voided
        ? [{ id, reason: voided.reason, replacementId: ids.get(voided.replacementFileId ?? '') ?? null }]
        : [],
    ),
  };
}
