import { describe, expect, it } from 'vitest';
import { brief } from '../../../test/broker-rows.ts';
import { ZERO } from '../../platform/decimal.ts';
import { parseBrokerFile } from './registry.ts';

// The sections that Interactive Brokers documents, in its own words.
const STATEMENT = `Statement,Header,Field Name,Field Value
Statement,Data,BrokerName,Interactive Brokers LLC
Statement,Data,Title,Activity Statement
Statement,Data,Period,"January 1, 2024 - December 31, 2024"
Account Information,Header,Field Name,Field Value
Account Information,Data,Account,U1234567
Account Information,Data,Base Currency,USD
Cash Report,Header,Currency Summary,Currency,Total,Securities,Futures
Cash Report,Data,Starting Cash,Base Currency Summary,0,0,0
Cash Report,Data,Starting Cash,USD,0,0,0
Cash Report,Data,Ending Cash,EUR,993.5,993.5,0
Cash Report,Data,Ending Cash,USD,"8,120.05",8120.05,0
Cash Report,Data,Ending Settled Cash,USD,"8,120.05",8120.05,0
Open Positions,Header,DataDiscriminator,Asset Category,Currency,Symbol,Quantity
Open Positions,Data,Summary,Stocks,USD,AAPL,"1,000"
Trades,Header,DataDiscriminator,Asset Category,Currency,Symbol,Date/Time,Quantity,T. Price,C. Price,Proceeds,Comm/Fee,Basis,Realized P/L,MTM P/L,Code
Trades,Data,Order,Stocks,USD,AAPL,"2024-01-05, 10:30:00","1,000",1.255,1.26,-1255,-1,1256,0,5,O
Trades,Data,Trade,Stocks,USD,AAPL,"2024-01-05, 10:30:00","1,000",1.255,,-1255,-1,1256,0,,
Trades,SubTotal,,Stocks,USD,AAPL,,1000,,,-1255,-1,1256,0,5,
Trades,Data,Order,Equity and Index Options,USD,AAPL 19JAN24 190 C,"2024-01-08, 11:00:00",-1,2.5,2.4,250,-0.7,-249.3,0,10,O
Trades,Header,DataDiscriminator,Asset Category,Currency,Symbol,Date/Time,Quantity,T. Price,,Proceeds,Comm in USD,,,MTM in USD,Code
Trades,Data,Order,Forex,USD,EUR.USD,"2024-02-01, 09:30:15",1000,1.0865,,-1086.5,-2,,,0,
Trades,Total,,,USD,,,,,,,-3.7,,,,
Deposits & Withdrawals,Header,Currency,Settle Date,Description,Amount
Deposits & Withdrawals,Data,USD,2024-01-03,Electronic Fund Transfer,"10,000"
Deposits & Withdrawals,Data,Total,,,10000
Fees,Header,Subtitle,Currency,Date,Description,Amount
Fees,Data,Other Fees,EUR,2024-03-04,E*****67:Market data,-6.5
Fees,Data,Total,,,,-6.5
Dividends,Header,Currency,Date,Description,Amount
Dividends,Data,USD,2024-02-15,AAPL(US0378331005) Cash Dividend USD 0.24 per Share (Ordinary Dividend),240
Dividends,Data,Total,,,240
Withholding Tax,Header,Currency,Date,Description,Amount,Code
Withholding Tax,Data,USD,2024-02-15,AAPL(US0378331005) Cash Dividend USD 0.24 per Share - US Tax,-36,
Interest,Header,Currency,Date,Description,Amount
Interest,Data,USD,2024-03-05,USD Debit Interest for Feb-2024,-1.25
Corporate Actions,Header,Asset Category,Currency,Report Date,Date/Time,Description,Quantity,Proceeds,Value,Realized P/L,Code
Corporate Actions,Data,Stocks,USD,2024-06-10,"2024-06-07, 20:25:00","AAPL(US0378331005) Split 4 for 1 (AAPL, APPLE INC, US0378331005)","3,000",0,0,0,
Transfers,Header,Asset Category,Currency,Symbol,Date,Type,Direction,Xfer Company,Xfer Account,Qty,Xfer Price,Market Value,Realized P/L,Cash Amount,Code
Transfers,Data,Stocks,USD,MSFT,2024-04-02,ACATS,In,--,9876,10,--,4200.5,0,0,
Transfers,Data,Cash,USD,--,2024-04-02,ACATS,In,--,9876,--,--,0,0,12.5,
Financial Instrument Information,Header,Asset Category,Symbol,Description,Conid,Security ID,Listing Exch,Multiplier,Type,Code
Financial Instrument Information,Data,Stocks,AAPL,APPLE INC,265598,US0378331005,NASDAQ,1,COMMON,
Financial Instrument Information,Data,Stocks,"MSFT, MSFT.OLD",MICROSOFT CORP,272093,US5949181045,NASDAQ,1,COMMON,
Financial Instrument Information,Data,Equity and Index Options,AAPL 19JAN24 190 C,AAPL 19JAN24 190 C,1,,CBOE,100,,
`;

describe('ibkr activity statement', () => {
  it('reads every section that changes cash or units, and leaves totals and parts out', () => {
    const { format, rows, skipped, errors } = parseBrokerFile(STATEMENT);
    expect(format?.id).toBe('ibkr-activity-statement');
    expect(errors).toEqual([]);
    expect(rows.map(brief)).toEqual([
      'BUY 2024-01-05T15:30:00Z AAPL US0378331005 1000 @ 1.255 USD cash -1256 USD fee 1',
      'SELL 2024-01-08T16:00:00Z AAPL 19JAN24 190 C 1 @ 250 USD cash 249.3 USD fee 0.7',
      'CURRENCY_EXCHANGE 2024-02-01T14:30:15Z cash 1000 EUR',
      'CURRENCY_EXCHANGE 2024-02-01T14:30:15Z cash -1088.5 USD fee 2',
      'DEPOSIT 2024-01-03 cash 10000 USD',
      'FEE 2024-03-04 cash -6.5 EUR fee 6.5',
      'DIVIDEND 2024-02-15 AAPL US0378331005 1000 @ 0.24 USD cash 240 USD',
      'TAX 2024-02-15 AAPL US0378331005 cash -36 USD withheld 36',
      'INTEREST 2024-03-05 cash -1.25 USD',
      'SPLIT 2024-06-07 AAPL US0378331005 3000',
      'TRANSFER_IN 2024-04-02 MSFT US5949181045 10',
      'DEPOSIT 2024-04-02 cash 12.5 USD',
    ]);
    expect(rows[0].name).toBe('APPLE INC');
    const reasons = Map.groupBy(skipped, ({ reason }) => reason);
    expect(reasons.get('a part of an order')!.map(({ line }) => line)).toEqual([18]);
    expect(reasons.get('a sum of other rows')!.map(({ line }) => line)).toEqual([26, 29, 32]);
    expect(reasons.get('of the section Open Positions')!.map(({ line }) => line)).toEqual([15]);
  });

  it('tells the cash at both ends of its period', () => {
    const day = (text: string) => Date.parse(`${text}T00:00:00Z`);
    expect(parseBrokerFile(STATEMENT).balances).toEqual([
      { line: 10, occurredAtMs: day('2024-01-01') - 1, asset: 'USD', amount: '0' },
      { line: 11, occurredAtMs: day('2025-01-01') - 1, asset: 'EUR', amount: '993.5' },
      { line: 12, occurredAtMs: day('2025-01-01') - 1, asset: 'USD', amount: '8120.05' },
    ]);
  });

  it('has rows that come to the cash at its end, in each currency', () => {
    const { rows, balances } = parseBrokerFile(STATEMENT);
    const cash = (currency: string) =>
      rows.reduce((sum, row) => (row.currency === currency ? sum.plus(row.amount) : sum), ZERO).toFixed();
    const ends = balances!.slice(1).map(({ asset, amount }) => [asset, amount]);
    expect(ends).toEqual(['EUR', 'USD'].map((currency) => [currency, cash(currency)]));
  });

  it('names the place of what it cannot read by its own columns', () => {
    const broken = STATEMENT.replace('1000,1.0865', '1000,dear').replace(
      'Electronic Fund Transfer,"10,000"',
      'EFT,much',
    );
    expect(parseBrokerFile(broken).errors).toEqual([
      {
        line: 22,
        column: 'T. Price',
        value: 'dear',
        reason: 'expected a number, was dear',
        severity: 'ERROR',
      },
      { line: 25, column: 'Amount', value: 'much', reason: 'expected a number, was much', severity: 'ERROR' },
    ]);
  });
});
