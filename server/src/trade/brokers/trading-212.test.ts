import { describe, expect, it } from 'vitest';
import { brief, cashOf, countsOf, expectEveryLineUsed, parseShared } from '../../../test/broker-rows.ts';
import { itWithShared } from '../../../../tools/testing/services.ts';
import { parseBrokerFile } from './registry.ts';

const SAMPLE = `Action,Time (UTC),ISIN,Ticker,Name,Notes,ID,No. of shares,Price / share,Currency (Price / share),Exchange rate,Total,Currency (Total),Withholding tax,Currency (Withholding tax),Stamp duty reserve tax,Currency (Stamp duty reserve tax)
Stock split close,2025-03-24 07:24:24.095,CA46500E8678,ISOU,IsoEnergy,,E1,29.80478,2.070473,USD,1.0340,59.68,GBP,,,,
Stock split open,2025-03-24 07:24:24.104,CA46500E8678,ISOU,IsoEnergy,,E2,7.451195,8.281893,USD,1.0340,59.68,GBP,,,,
Market buy,2025-03-25 09:00:00,GB00BH4HKS39,VOD,"Vodafone ""Group""
Plc",,E3,100,70,GBX,1,70.35,GBP,,,0.35,GBP
Market buy,2025-03-25 09:00:00,GB00BH4HKS39,VOD,Vodafone,,E4,100,70,GBX,1,70.35,GBP,,,0.35,EUR
Nonsense,2025-03-25 09:00:00,,,,,E5,,,,,1,GBP,,,,
`;

describe('trading-212', () => {
  it('reads the newer columns, splits, duties and names over two lines', () => {
    const { format, rows, errors } = parseBrokerFile(SAMPLE);
    expect(format?.id).toBe('trading-212');
    expect(rows.map(brief)).toEqual([
      'SPLIT 2025-03-24T07:24:24.095Z ISOU CA46500E8678 -29.80478 @ 2.070473 USD',
      'SPLIT 2025-03-24T07:24:24.104Z ISOU CA46500E8678 7.451195 @ 8.281893 USD',
      'BUY 2025-03-25T09:00:00Z VOD GB00BH4HKS39 100 @ 70 GBX cash -70.35 GBP tax 0.35',
    ]);
    expect(rows[2].name).toBe('Vodafone "Group"\nPlc');
    expect(errors.map(({ line, column, reason }) => ({ line, column, reason }))).toEqual([
      {
        line: 6,
        column: 'Currency (Stamp duty reserve tax)',
        reason: 'expected the currency of the total, GBP, was EUR',
      },
      {
        line: 7,
        column: 'Action',
        reason: 'expected an action of Trading 212 such as Market buy, was Nonsense',
      },
    ]);
  });

  it('reads both legs of an exchange with the fee of the one that it is in', () => {
    const header =
      'Action,Time,ISIN,Ticker,ID,No. of shares,Price / share,Total,Currency (Total),Currency conversion from amount,Currency (Currency conversion from amount),Currency conversion to amount,Currency (Currency conversion to amount),Currency conversion fee,Currency (Currency conversion fee)';
    const row = (rest: string) => `Currency conversion,2025-03-25 09:00:00,,,C1,,,,,${rest}`;
    const read = (rest: string) => parseBrokerFile(`${header}\n${row(rest)}\n`);
    expect(read('100.15,EUR,108.20,USD,0.15,EUR').rows.map(brief)).toEqual([
      'CURRENCY_EXCHANGE 2025-03-25T09:00:00Z cash -100.15 EUR fee 0.15',
      'CURRENCY_EXCHANGE 2025-03-25T09:00:00Z cash 108.2 USD',
    ]);
    expect(read('100,EUR,,,,').errors[0].reason).toBe('expected a number, was empty');
    expect(read('100,EUR,108,USD,0.15,GBP').errors[0].reason).toBe(
      'expected the currency of a side, was GBP',
    );
  });

  itWithShared('reads a year of one account to the penny', () => {
    const path = 'capital-gains-calculator/trading212_2024.csv';
    const { rows, errors } = parseShared(path);
    expect(errors).toEqual([]);
    expect(rows.map(brief)).toEqual([
      'DEPOSIT 2024-01-01T00:15:20.149Z cash 3000 GBP',
      'BUY 2024-01-01T16:10:05.175Z FOO US0000000002 24 @ 124.01 USD cash -2381.35 GBP fee 4.71',
      'INTEREST 2024-01-01T11:05:03.126Z cash 0.04 GBP',
      'ADJUSTMENT 2024-01-04T13:12:49.174Z cash 0.75 GBP',
      'DIVIDEND 2024-03-23T18:35:26Z FOO US0000000002 24 @ 0.03 USD cash 0.11 GBP',
      'SELL 2024-04-29T13:20:03.075Z FOO US0000000002 24 @ 164.01 USD cash 3138.5 GBP fee 4.71',
      'WITHDRAWAL 2024-05-26T16:18:16.235Z cash -2000 GBP',
    ]);
    expect(rows[4].original).toEqual({ currency: 'USD', gross: null, withholding: '0.02' });
    expect(rows[1].fxRate).toEqual({ from: 'GBP', to: 'USD', rate: '1.25229' });
    expect(cashOf(rows)).toEqual({ GBP: '1758.05' });
    expectEveryLineUsed(path, ',');
  });

  itWithShared('reports the lines that were pasted under another header', () => {
    const path = 'export-to-ghostfolio/trading212-export.csv';
    const { rows, errors } = parseShared(path);
    expect(countsOf(rows)).toEqual({ BUY: 3, DEPOSIT: 1, DIVIDEND: 3, INTEREST: 1, SELL: 1 });
    expect(errors.map(({ line, column, value }) => [line, column, value])).toEqual([
      [11, 'Price / share', 'EOF27002856700'],
      [12, 'Price / share', 'EOF28806643918'],
      [13, 'Price / share', 'EOF29950772850'],
      [14, 'Price / share', 'EOF29950772853'],
    ]);
    expectEveryLineUsed(path, ',');
  });
});
