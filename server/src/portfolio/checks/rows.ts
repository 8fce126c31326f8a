import type { LedgerEntry } from '../../trade/ledger.ts';
import { FILL_SIDES } from '../../trade/transaction-kinds.ts';
import { type CheckedLedger, dayOf, dayStart, type Finding, finding, namesOf, textOf } from './finding.ts';

/** What ends an instrument. */
const ENDS: readonly LedgerEntry['kind'][] = ['DELISTING', 'MERGER', 'TICKER_CHANGE'];

/** Transactions of one day that are equal in every figure, unless the broker's own identifiers tell them apart. */
export function duplicates(ledger: CheckedLedger): Finding[] {
  const { symbolOf, accountOf } = namesOf(ledger);
  return [...Map.groupBy(ledger.entries, figuresOf).values()].flatMap((equal) => {
    const groups = equal.length < 2 ? [] : [withoutOwnIds(equal, ledger)];
    return groups
      .filter((group) => group.length > 1)
      .map((group): Finding => {
        const [first, ...rest] = group;
        const symbol = first.instrumentId ? ` of ${symbolOf(first.instrumentId)}` : '';
        const isOneFile = new Set(group.map(({ id }) => ledger.origins.get(id)?.importId ?? id)).size === 1;
        return finding([first.id], {
          kind: 'DUPLICATE',
          // One file that has a row twice mostly means it.
          severity: isOneFile ? 'NOTICE' : 'WARNING',
          explanation: `The same ${first.kind.toLowerCase().replaceAll('_', ' ')}${symbol} is in ${accountOf(first.accountId)} ${group.length} times on ${dayOf(first.timeMs)}${isOneFile ? ', all from one file' : ''}.`,
          sinceMs: first.timeMs,
          untilMs: first.timeMs,
          accountId: first.accountId,
          instrumentId: first.instrumentId,
          entryIds: group.map(({ id }) => id),
          evidence: [
            { label: 'Times', value: String(group.length) },
            { label: 'Cash of each', value: `${textOf(first.amount)} ${first.currency}` },
          ],
          fixes: [
            {
              kind: 'VOID',
              label: rest.length === 1 ? 'Void the second one' : `Void the ${rest.length} later ones`,
              transactionIds: rest.map(({ id }) => id),
            },
          ],
        });
      });
  });
}

function figuresOf(entry: LedgerEntry): string {
  const { kind, accountId, counterAccountId, instrumentId, otherInstrumentId, timeMs } = entry;
  const { quantity, price, amount, fee, tax, units, perUnits, otherAmount, costBasis } = entry;
  const figures = [quantity, price, amount, fee, tax, units, perUnits, otherAmount, costBasis];
  return [
    kind,
    accountId,
    counterAccountId,
    instrumentId,
    otherInstrumentId,
    dayStart(timeMs),
    entry.currency,
    entry.otherCurrency,
    ...figures.map((one) => one?.toFixed() ?? ''),
  ].join(' ');
}

/** Of equal rows those that no identifier of their own tells apart from the first. */
function withoutOwnIds(equal: readonly LedgerEntry[], { origins }: CheckedLedger): LedgerEntry[] {
  const idOf = ({ id }: LedgerEntry) => origins.get(id)?.externalId ?? null;
  const first = equal.find((entry) => idOf(entry) !== null) ?? equal[0];
  return equal.filter((entry) => entry === first || idOf(entry) === null || idOf(entry) === idOf(first));
}

/** Trades of an instrument after it was delisted, merged or renamed; one finding for each end. */
export function fillsAfterEnd(ledger: CheckedLedger): Finding[] {
  const { symbolOf, accountOf } = namesOf(ledger);
  const byPlace = Map.groupBy(
    ledger.entries,
    ({ accountId, instrumentId }) => `${accountId} ${instrumentId}`,
  );
  return ledger.entries
    .filter(({ kind, instrumentId }) => ENDS.includes(kind) && instrumentId)
    .flatMap((end): Finding[] => {
      const late = byPlace
        .get(`${end.accountId} ${end.instrumentId}`)!
        .filter(({ kind, timeMs }) => FILL_SIDES[kind] && dayStart(timeMs) > dayStart(end.timeMs));
      if (late.length === 0) return [];
      const symbol = symbolOf(end.instrumentId!);
      const what = end.kind.toLowerCase().replaceAll('_', ' ');
      return [
        finding([end.id], {
          kind: 'FILL_AFTER_END',
          severity: 'WARNING',
          explanation: `${symbol} ended in ${accountOf(end.accountId)} by a ${what} on ${dayOf(end.timeMs)}, but was traded ${late.length === 1 ? 'once' : `${late.length} times`} after that, first on ${dayOf(late[0].timeMs)}. Either the ${what} or the trades are wrong, or the symbol was given to something else.`,
          sinceMs: late[0].timeMs,
          untilMs: late[late.length - 1].timeMs,
          accountId: end.accountId,
          instrumentId: end.instrumentId,
          entryIds: [end.id, ...late.map(({ id }) => id)],
          evidence: [{ label: 'Ended on', value: dayOf(end.timeMs) }],
          fixes: [
            { kind: 'VOID', label: `Void the ${what}`, transactionIds: [end.id] },
            {
              kind: 'VOID',
              label: late.length === 1 ? 'Void the trade' : `Void the ${late.length} trades`,
              transactionIds: late.map(({ id }) => id),
            },
          ],
        }),
      ];
    });
}

/** Transactions of an instrument dated before its opening balance in the same account, which should hold their result already. */
export function beforeOpening(ledger: CheckedLedger): Finding[] {
  const { symbolOf, accountOf } = namesOf(ledger);
  const byPlace = Map.groupBy(
    ledger.entries,
    ({ accountId, instrumentId }) => `${accountId} ${instrumentId}`,
  );
  return [...byPlace.values()].flatMap((own): Finding[] => {
    const opening = own.find(({ kind, instrumentId }) => kind === 'OPENING_BALANCE' && instrumentId);
    if (!opening) return [];
    const early = own.filter(
      ({ kind, timeMs }) => kind !== 'OPENING_BALANCE' && dayStart(timeMs) < dayStart(opening.timeMs),
    );
    if (early.length === 0) return [];
    const symbol = symbolOf(opening.instrumentId!);
    const count = early.length === 1 ? 'one transaction' : `${early.length} transactions`;
    return [
      finding([opening.id], {
        kind: 'BEFORE_OPENING',
        severity: 'WARNING',
        explanation: `${accountOf(opening.accountId)} has an opening balance of ${symbol} on ${dayOf(opening.timeMs)}, and ${count} before it, first on ${dayOf(early[0].timeMs)}. What these brought would be counted twice.`,
        sinceMs: early[0].timeMs,
        untilMs: opening.timeMs,
        accountId: opening.accountId,
        instrumentId: opening.instrumentId,
        entryIds: [...early.map(({ id }) => id), opening.id],
        evidence: [{ label: 'Opening balance on', value: dayOf(opening.timeMs) }],
        fixes: [
          { kind: 'VOID', label: 'Void the opening balance', transactionIds: [opening.id] },
          {
            kind: 'VOID',
            label:
              early.length === 1 ? 'Void the transaction before it' : `Void the ${early.length} before it`,
            transactionIds: early.map(({ id }) => id),
          },
        ],
      }),
    ];
  });
}
