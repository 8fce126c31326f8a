import { Decimal } from '../../platform/decimal.ts';
import { describe, expect, it } from 'vitest';
import { brief, cashOf, countsOf, expectEveryLineUsed, parseShared } from '../../../test/broker-rows.ts';
import { itWithShared, sharedText } from '../../../../tools/testing/services.ts';
import { grossOf } from './broker-transaction.ts';
import { parseBrokerFile } from './registry.ts';

const FOLDER = 'portfolio-performance/testIBFlexStatementFile';
const TRADES = `"Buy/Sell","DateTime","Symbol","ISIN","Quantity","TradePrice","TradeMoney","CurrencyPrimary","IBCommission","IBCommissionCurrency","TransactionType","TransactionID","OrigTransactionID"
"SELL","20230522;093000","VT","US9220427424","-2","93.5","-187","USD","-1","CHF","ExchTrade","1",""
"SELL","20230522;093000","CHF.USD","","-8000","1.1173","-8938.4","USD","-1.79924","CHF","ExchTrade","2",""
"SELL (Ca.)","20230522;093000","VT","US9220427424","2","93.5","187","USD","1","CHF","TradeCancel","3","1"
"SELL (Ca.)","20230522;093000","VT","US9220427424","2","93.5","187","USD","1","CHF","TradeCancel","4","99"
`;
const XML = `<?xml version="1.0" encoding="UTF-8"?>
<FlexQueryResponse queryName="Q" type="AF">
<FlexStatements count="1">
<FlexStatement accountId="U1">
<Trades>
<Trade accountId="U1" currency="USD" assetCategory="OPT" symbol="AT&amp;T  250117C00020000" multiplier="100" tradeID="7" dateTime="20240105;103000" quantity="-1" tradePrice="0.5" proceeds="50" taxes="-0.1" ibCommission="-0.7" ibCommissionCurrency="EUR" buySell="SELL" transactionType="ExchTrade"/>
</Trades>
<CorporateActions>
<CorporateAction currency="USD" symbol="X" isin="US0000000001" description="X(US0000000001) SPLIT 2 FOR 1 (X)" dateTime="20240201;202500" quantity="10" proceeds="0"/>
<CorporateAction currency="USD" symbol="X" description="X SOMETHING ELSE" dateTime="20240201;202500" quantity="10" proceeds="0"/>
</CorporateActions>
<CashTransactions>
<CashTransaction currency="USD" symbol="X" description="X(US0000000001) CASH DIVIDEND 1.50 USD PER SHARE (Ordinary Dividend)" settleDate="20240301" amount="30" type="Dividends" transactionID="8"/>
<CashTransaction currency="USD" settleDate="20240301" amount="30" type="Dividends" levelOfDetail="SUMMARY"/>
</CashTransactions>
</FlexStatement></FlexStatements></FlexQueryResponse>
`;

describe('ibkr flex', () => {
  it('reads trades as CSV: exchanges in two legs, fees in a third currency, cancellations', () => {
    const { format, rows, skipped, errors } = parseBrokerFile(TRADES);
    expect(format?.id).toBe('ibkr-flex-trades');
    expect(rows.map(brief)).toEqual([
      'CURRENCY_EXCHANGE 2023-05-22T13:30:00Z cash -8001.79924 CHF fee 1.79924',
      'CURRENCY_EXCHANGE 2023-05-22T13:30:00Z cash 8938.4 USD',
    ]);
    expect(rows[0].fxRate).toEqual({ from: 'CHF', to: 'USD', rate: '1.1173' });
    expect(skipped).toEqual([
      { line: 2, reason: 'cancelled by line 4' },
      { line: 4, reason: 'cancels line 2' },
    ]);
    expect(errors.map(({ line, reason }) => [line, reason])).toEqual([
      [5, 'expected a cancellation of a trade in the same file, was TradeCancel'],
    ]);
  });

  it('reads XML: contracts, entities, splits, dividends per share, and leaves sums out', () => {
    const { format, rows, skipped, errors } = parseBrokerFile(XML);
    expect(format?.id).toBe('ibkr-flex-xml');
    expect(rows.map(brief)).toEqual([
      'SELL 2024-01-05T15:30:00Z AT&T  250117C00020000 1 @ 50 USD cash 49.9 USD tax 0.1',
      'FEE 2024-01-05T15:30:00Z AT&T  250117C00020000 cash -0.7 EUR fee 0.7',
      'SPLIT 2024-02-01 X US0000000001 10',
      'DIVIDEND 2024-03-01 X US0000000001 20 @ 1.5 USD cash 30 USD',
    ]);
    expect(rows[1].group).toBe('7');
    expect(skipped).toEqual([{ line: 14, reason: 'a sum of other rows' }]);
    expect(errors.map(({ line, column }) => [line, column])).toEqual([[10, 'Description']]);
  });

  itWithShared('agrees with every published case', () => {
    const { ib_flex: cases } = JSON.parse(sharedText('reference/broker_import/SHARE.json')) as {
      ib_flex: { file: string; counts: Record<string, number>; items: Record<string, never>[] }[];
    };
    for (const { file, counts, items } of cases) {
      const { rows, errors } = parseShared(`portfolio-performance/${file}`);
      expect(errors).toEqual([]);
      const trades = rows.filter(({ kind }) => kind === 'BUY' || kind === 'SELL');
      const exchanges = rows.filter(({ kind }) => kind === 'CURRENCY_EXCHANGE');
      expect(trades).toHaveLength(counts.BuySell);
      expect(rows).toHaveLength(trades.length + exchanges.length + counts.AccountTransactions);
      // A transfer of cash there is the two legs of an exchange here.
      expect(new Set(exchanges.map(({ group }) => group)).size).toBe(counts.AccountTransfers ?? 0);
      expect(new Set(rows.map(({ isin }) => isin).filter(Boolean)).size).toBe(counts.Securities);
      for (const { kind, date, shares, amount, currency, gross, taxes } of items) {
        if (kind === 'outboundCash') continue;
        const match = rows.find(
          (row) =>
            row.kind === String(kind).toUpperCase() &&
            new Date(row.occurredAtMs).toISOString().startsWith(date) &&
            Number(row.quantity ?? 0) === shares,
        )!;
        // Published amounts have no sign, and a fee is an amount without costs.
        expect(new Decimal(match.amount).abs().toNumber()).toBe(amount);
        expect(grossOf(match).plus(match.fee).abs().toNumber()).toBe(gross);
        expect([match.currency, Number(match.tax)]).toEqual([currency, taxes]);
      }
    }
    expect(cases).toHaveLength(2);
  });

  itWithShared('agrees with the cash report of a month in two currencies', () => {
    const { rows, errors } = parseShared(`${FOLDER}14.xml`);
    expect(errors).toEqual([]);
    const cash = cashOf(rows);
    expect(new Decimal('0.521566563').plus(cash.CHF).toFixed()).toBe('5.875184563');
    expect(new Decimal('56.320322578').plus(cash.USD).toFixed()).toBe('88.829543578');
  });

  itWithShared('reads a year with options, a tender, a reverse split and a merger', () => {
    const { rows, errors } = parseShared(`${FOLDER}01.xml`);
    expect(errors).toEqual([]);
    expect(countsOf(rows)).toEqual({
      BUY: 14,
      FEE: 4,
      INTEREST: 2,
      MERGER: 1,
      SPLIT: 2,
      TAX: 1,
      TICKER_CHANGE: 2,
    });
    expect(rows.filter(({ kind }) => ['SPLIT', 'MERGER', 'TICKER_CHANGE'].includes(kind)).map(brief)).toEqual(
      [
        'TICKER_CHANGE 2013-03-05 UUU CA91701P1053 -12000',
        'TICKER_CHANGE 2013-03-05 UUU.TEN2 CA91701P1TN3 12000',
        'SPLIT 2013-06-17 GCM CA38501D5010 480',
        'SPLIT 2013-06-17 GCM.OLD CA38501D2041 -12000',
        'MERGER 2013-10-23 UUU.TEN2 CA91701P1TN3 -12000 cash 34320 CAD',
      ],
    );
  });

  itWithShared('reads the other statements without a problem', () => {
    for (const [number, count] of [
      ['02', 13],
      ['05', 4],
      ['06', 4],
      ['25', 4],
    ] as const) {
      const { rows, skipped, errors } = parseShared(`${FOLDER}${number}.xml`);
      expect([number, rows.length, skipped, errors]).toEqual([number, count, [], []]);
    }
  });

  itWithShared('reads trades and dividends as CSV', () => {
    const trades = parseShared('export-to-ghostfolio/ibkr-trades-export.csv');
    expect(countsOf(trades.rows)).toEqual({ BUY: 8 });
    expect(cashOf(trades.rows)).toEqual({ CHF: '-1983.9', USD: '-31583.529' });
    // The query left out which currency was sold.
    expect(trades.errors.map(({ line, column }) => [line, column])).toEqual([
      [10, 'ISIN'],
      [11, 'ISIN'],
      [12, 'ISIN'],
    ]);
    expectEveryLineUsed('export-to-ghostfolio/ibkr-trades-export.csv', ',');
    const cash = parseShared('export-to-ghostfolio/ibkr-dividends-export.csv');
    expect(countsOf(cash.rows)).toEqual({ DIVIDEND: 6, RETURN_OF_CAPITAL: 1, TAX: 4 });
    expect(cashOf(cash.rows)).toEqual({ CHF: '32.08', JPY: '455', USD: '334.61' });
    expect(cash.errors).toEqual([]);
    expect(parseShared('ghostfolio/vti-buy-on-ibkr.csv').rows.map(brief)).toEqual([
      'BUY 2023-04-03T13:58:53Z VTI US9229087690 17 @ 204.3473 USD cash -3474.9041 USD fee 1',
    ]);
  });
});

describe('ibkr transaction history', () => {
  const HISTORY = `Statement,Header,Field Name,Field Value
Statement,Data,Title,Transaction History
Summary,Header,Field Name,Field Value
Summary,Data,Base Currency,GBP
Transaction History,Header,Date,Account,Description,Transaction Type,Symbol,Quantity,Price,Gross Amount ,Commission,Net Amount
Transaction History,Data,2025-08-15,U***0,APPLE INC,Sell,AAPL,-2.0,200.00,300.0,-3.0,297.0
Transaction History,Data,2025-08-16,U***0,What,Unheard,-,-,-,1,-,1
`;

  it('takes amounts in the base currency and leaves the currency of a price open', () => {
    const { format, rows, errors } = parseBrokerFile(HISTORY);
    expect(format?.id).toBe('ibkr-transaction-history');
    expect(rows.map(brief)).toEqual(['SELL 2025-08-15 AAPL 2 @ 200 null cash 297 GBP fee 3']);
    expect(errors.map(({ line, column }) => [line, column])).toEqual([[7, 'Transaction Type']]);
    const [{ reason }] = parseBrokerFile(HISTORY.replace('Base Currency,GBP', 'Nothing,')).errors;
    expect(reason).toBe('expected a line "Summary,Data,Base Currency" with a code, was empty');
  });

  itWithShared('reads a history, every line of it', () => {
    const path = 'capital-gains-calculator/ibkr_basic.csv';
    const { rows, errors } = parseShared(path);
    expect(errors).toEqual([]);
    expect(countsOf(rows)).toEqual({
      ADJUSTMENT: 2,
      BUY: 1,
      DEPOSIT: 1,
      DIVIDEND: 2,
      INTEREST: 1,
      SELL: 1,
      TAX: 4,
    });
    expect(cashOf(rows)).toEqual({ GBP: '3027.3997362408735' });
    expect(brief(rows.at(-4)!)).toBe('TAX 2025-02-08 cash 3.9 GBP withheld -3.9');
    expectEveryLineUsed(path, ',', 10);
  });
});
