/** Every kind of transaction with what it means. */
export const TRANSACTION_KINDS = {
  BUY: 'Units bought; opens or adds to a long position, or closes a short one.',
  SELL: 'Units sold; closes a long position, and what goes beyond opens a short one.',
  SHORT: 'Units sold that are not held.',
  COVER: 'Units bought back that were sold short.',
  DIVIDEND: 'Cash from units held, with the tax withheld; negative where it was paid on a short position.',
  INTEREST: 'Interest received; negative where it was paid.',
  FEE: 'A fee beside those of fills; negative for a refund.',
  TAX: 'A tax beside those withheld; negative for a refund.',
  DEPOSIT: 'Cash brought in.',
  WITHDRAWAL: 'Cash taken out.',
  CONVERSION: 'Cash of one currency that is exchanged for cash of another.',
  TRANSFER_IN:
    'Cash or units from elsewhere; units bring their cost and their date. Units below 0 bring a short position.',
  TRANSFER_OUT:
    'Cash or units to elsewhere, or to another account of the portfolio with cost and dates. Units below 0 move a short position.',
  SPLIT: 'Units become more or fewer, such as 4 for 1 or 1 for 10.',
  SPIN_OFF: 'Units of another instrument for units held, with a part of their cost.',
  MERGER: 'Units are exchanged for those of another instrument, for cash, or for both.',
  TICKER_CHANGE: 'The same units under another symbol.',
  DELISTING: 'Units end, with what was paid for them, if anything.',
  RETURN_OF_CAPITAL: 'Cash that lowers the cost of units; what goes beyond the cost is a gain.',
  STOCK_DIVIDEND: 'More units at no cost: the cost spreads over all.',
  OPENING_BALANCE: 'Cash or units that were there when the record begins.',
  ADJUSTMENT: 'A correction of cash or units that is a gain or a loss, not a flow.',
} as const;

/** What a transaction is. */
export type TransactionKind = keyof typeof TRANSACTION_KINDS;

/** What a transaction may carry beside kind, account, time and note. */
export type TransactionField =
  | 'symbol'
  | 'otherSymbol'
  | 'quantity'
  | 'price'
  | 'amount'
  | 'otherAmount'
  | 'otherCurrency'
  | 'fee'
  | 'tax'
  | 'units'
  | 'perUnits'
  | 'basisFraction'
  | 'costBasis'
  | 'acquiredAt'
  | 'counterAccountId'
  | 'lotIds'
  | 'reinvestedUnits'
  | 'reinvestedPrice';

/** What a form of a kind needs and may have; a kind with several forms takes the first whose needs are met. */
export interface KindForm {
  readonly needs: readonly TransactionField[];
  readonly may: readonly TransactionField[];
  /** Whether the named amount or quantity may be below 0. */
  readonly isSigned?: boolean;
}

const TRADE: KindForm = { needs: ['symbol', 'quantity', 'price'], may: ['fee', 'tax', 'lotIds'] };
const CASH_FLOW: KindForm = { needs: ['amount'], may: ['fee'] };
const COST: KindForm = { needs: ['amount'], may: ['symbol'], isSigned: true };

/** The forms of each kind. */
export const KIND_FORMS: Readonly<Record<TransactionKind, readonly KindForm[]>> = {
  BUY: [TRADE],
  SELL: [TRADE],
  SHORT: [TRADE],
  COVER: [TRADE],
  DIVIDEND: [
    {
      needs: ['symbol', 'amount'],
      may: ['tax', 'fee', 'reinvestedUnits', 'reinvestedPrice'],
      isSigned: true,
    },
  ],
  INTEREST: [{ needs: ['amount'], may: ['symbol', 'tax', 'fee'], isSigned: true }],
  FEE: [COST],
  TAX: [COST],
  DEPOSIT: [CASH_FLOW],
  WITHDRAWAL: [CASH_FLOW],
  CONVERSION: [{ needs: ['amount', 'otherAmount', 'otherCurrency'], may: ['fee'] }],
  TRANSFER_IN: [
    {
      needs: ['symbol', 'quantity'],
      may: ['costBasis', 'acquiredAt', 'price', 'fee'],
      isSigned: true,
    },
    { needs: ['amount'], may: ['fee'] },
  ],
  TRANSFER_OUT: [
    {
      needs: ['symbol', 'quantity'],
      may: ['price', 'fee', 'counterAccountId', 'lotIds'],
      isSigned: true,
    },
    { needs: ['amount'], may: ['fee', 'counterAccountId'] },
  ],
  SPLIT: [{ needs: ['symbol', 'units'], may: ['perUnits'] }],
  SPIN_OFF: [{ needs: ['symbol', 'otherSymbol', 'units', 'basisFraction'], may: ['perUnits'] }],
  MERGER: [
    {
      needs: ['symbol', 'otherSymbol', 'units'],
      may: ['perUnits', 'amount', 'fee', 'tax'],
      isSigned: true,
    },
    { needs: ['symbol', 'amount'], may: ['fee', 'tax'], isSigned: true },
  ],
  TICKER_CHANGE: [{ needs: ['symbol', 'otherSymbol'], may: [] }],
  DELISTING: [{ needs: ['symbol'], may: ['amount', 'fee', 'tax'], isSigned: true }],
  RETURN_OF_CAPITAL: [{ needs: ['symbol', 'amount'], may: ['tax', 'fee'], isSigned: true }],
  STOCK_DIVIDEND: [{ needs: ['symbol', 'quantity'], may: ['tax'] }],
  OPENING_BALANCE: [
    {
      needs: ['symbol', 'quantity', 'costBasis'],
      may: ['acquiredAt', 'price'],
      isSigned: true,
    },
    { needs: ['amount'], may: [], isSigned: true },
  ],
  ADJUSTMENT: [
    { needs: ['symbol', 'quantity'], may: ['costBasis', 'price'], isSigned: true },
    { needs: ['amount'], may: [], isSigned: true },
  ],
};

/** Kinds that a fill stands behind, and which way it goes. */
export const FILL_SIDES: Partial<Readonly<Record<TransactionKind, 'BUY' | 'SELL'>>> = {
  BUY: 'BUY',
  COVER: 'BUY',
  SELL: 'SELL',
  SHORT: 'SELL',
};

/** Kinds that bring money in or take it out, so that they are no gain. */
export const FLOW_KINDS: readonly TransactionKind[] = [
  'DEPOSIT',
  'WITHDRAWAL',
  'TRANSFER_IN',
  'TRANSFER_OUT',
  'OPENING_BALANCE',
];
