import { type Decimal, ZERO } from '../../platform/decimal.ts';
import { type LedgerEntry, lotEventOf } from '../ledger.ts';
import type { TransactionKind } from '../transaction-kinds.ts';

/** A row that could not stand without an import, and why. */
export interface Dependency {
  readonly entry: LedgerEntry;
  readonly because: string;
}

/** Kinds that mean nothing where no units are held. */
const NEED_UNITS: readonly TransactionKind[] = [
  'DIVIDEND',
  'SPLIT',
  'SPIN_OFF',
  'MERGER',
  'TICKER_CHANGE',
  'DELISTING',
  'RETURN_OF_CAPITAL',
  'STOCK_DIVIDEND',
];
const UNIT_DECIMALS = 18;

/**
 * The first row outside of an import that needs it: it closes a lot of the import, sells units that would not
 * be there, or is about such units. `entries` are what counts, in their order.
 */
export function dependencyOn(ids: ReadonlySet<string>, entries: readonly LedgerEntry[]): Dependency | null {
  const [all, rest] = [new Holdings(), new Holdings()];
  for (const entry of entries) {
    const isOwn = ids.has(entry.id);
    const isOrphan = NEED_UNITS.includes(entry.kind) && !all.of(entry).isZero() && rest.of(entry).isZero();
    if (!isOwn && isOrphan) return { entry, because: 'is about units that the import brought in' };
    all.apply(entry);
    if (isOwn) continue;
    rest.apply(entry);
    if (entry.lotIds.some((id) => ids.has(id)))
      return { entry, because: 'closes a lot that the import opened' };
    if (rest.of(entry).lessThan(0) && !all.of(entry).lessThan(0))
      return { entry, because: 'needs units that the import brought in' };
  }
  return null;
}

/** The units that each account holds, as transactions pass. */
class Holdings {
  private readonly held = new Map<string, Decimal>();

  /** What the account of an entry holds of its instrument. */
  of({ accountId, instrumentId }: LedgerEntry): Decimal {
    return this.get(accountId, instrumentId ?? '');
  }

  apply(entry: LedgerEntry): void {
    const event = lotEventOf(entry);
    if (!event) return;
    const { accountId, instrumentId } = event;
    const before = this.get(accountId, instrumentId);
    const add = (units: Decimal, account = accountId, instrument = instrumentId) =>
      this.held.set(`${account} ${instrument}`, this.get(account, instrument).plus(units));
    if (event.kind === 'TRADE' || event.kind === 'RECEIVE') add(event.quantity);
    if (event.kind === 'STOCK_DIVIDEND') add(before.isNegative() ? event.quantity.negated() : event.quantity);
    if (event.kind === 'CLOSE' || event.kind === 'EXCHANGE') add(before.negated());
    if (event.kind === 'DELIVER') {
      add(event.quantity.negated());
      if (event.toAccountId !== null) add(event.quantity, event.toAccountId);
    }
    if (event.kind === 'SPLIT' || event.kind === 'SPIN_OFF' || event.kind === 'EXCHANGE') {
      const after = before.times(event.units).div(event.per).toDecimalPlaces(UNIT_DECIMALS);
      if (event.kind === 'SPLIT') add(after.minus(before));
      else add(after, accountId, event.otherInstrumentId);
    }
  }

  private get(accountId: string, instrumentId: string): Decimal {
    return this.held.get(`${accountId} ${instrumentId}`) ?? ZERO;
  }
}
