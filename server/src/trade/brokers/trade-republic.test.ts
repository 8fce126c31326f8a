import { Decimal } from '../../platform/decimal.ts';
import { describe, expect, it } from 'vitest';
import {
  brief,
  cashOf,
  countsOf,
  expectEveryLineUsed,
  holdingsOf,
  parseShared,
} from '../../../test/broker-rows.ts';
import { itWithShared, sharedText } from '../../../../tools/testing/services.ts';
import { type BrokerTransaction, grossOf } from './broker-transaction.ts';
import { parseBrokerFile } from './registry.ts';

const HEADER =
  'datetime;date;account_type;category;type;asset_class;name;symbol;shares;price;amount;fee;tax;currency;' +
  'original_amount;original_currency;fx_rate;description;transaction_id;value_date';
const SAMPLE = `${HEADER}
2024-04-05T00:00:00.000000Z;;DEFAULT;CASH;FINAL_MATURITY;BOND;Bond;DE0001141794;20.21;;20.210000;;;EUR;;;;;a1;
2024-04-05T00:00:00.000000Z;;DEFAULT;CORPORATE_ACTION;REDEMPTION;BOND;Bond;DE0001141794;-20.21;1.0;;;;EUR;;;;;a2;
2024-05-05T10:00:01.123456Z;;DEFAULT;CORPORATE_ACTION;WARRANT_EXERCISE;DERIVATIVE;Short;DE000HS88LK3;-200;;;;;;;;;;a3;
2024-06-06T10:00:00Z;;DEFAULT;CASH;SOMETHING;;;;;;1.00;;;EUR;;;;;a4;
`;
const FOLDER = 'portfolio-performance/';

interface Item {
  kind: string;
  date: string;
  shares: number;
  amount: number;
  currency: string;
  gross: number;
  taxes: number;
}

/** The reference's words for what we call by the kinds of a transaction. */
const KINDS: Readonly<Record<string, string>> = {
  purchase: 'BUY',
  sale: 'SELL',
  removal: 'WITHDRAWAL',
  deposit: 'DEPOSIT',
  dividend: 'DIVIDEND',
};

describe('trade-republic', () => {
  it('joins the cash and the units of a repayment, and names an unknown type', () => {
    const { rows, skipped, errors } = parseBrokerFile(SAMPLE);
    expect(rows.map(brief)).toEqual([
      'SELL 2024-04-05 DE0001141794 20.21 cash 20.21 EUR',
      'SELL 2024-05-05T10:00:01.123Z DE000HS88LK3 200',
    ]);
    expect(skipped).toEqual([{ line: 3, reason: 'the units of the repayment in line 2' }]);
    expect(errors).toEqual([
      {
        line: 5,
        column: 'type',
        value: 'SOMETHING',
        reason: 'expected a type of Trade Republic such as BUY or DIVIDEND, was SOMETHING',
        severity: 'ERROR',
      },
    ]);
  });

  itWithShared('agrees with every published case', () => {
    // given
    const { trade_republic: cases } = JSON.parse(sharedText('reference/broker_import/SHARE.json')) as {
      trade_republic: { file: string; counts: Record<string, number>; items: Item[] }[];
    };
    for (const { file, counts, items } of cases) {
      // when
      const { rows, errors } = parseShared(FOLDER + file);
      // then
      const isTrade = ({ kind }: BrokerTransaction) => kind === 'BUY' || kind === 'SELL';
      expect(errors).toEqual([]);
      expect(rows.filter(isTrade)).toHaveLength(counts.BuySell);
      expect(rows.filter((row) => !isTrade(row))).toHaveLength(counts.AccountTransactions);
      expect(new Set(rows.map(({ isin, symbol }) => isin ?? symbol).filter(Boolean)).size).toBe(
        counts.Securities,
      );
      for (const item of items) {
        // Published amounts have no sign.
        const match = rows.find(
          (row) =>
            row.kind === KINDS[item.kind] &&
            row.hasTime === item.date.includes('T') &&
            new Date(row.occurredAtMs).toISOString().startsWith(item.date.slice(0, 23)),
        );
        expect({
          shares: Number(match?.quantity ?? 0),
          amount: Math.abs(Number(match?.amount)),
          currency: match?.currency,
          gross: grossOf(match!).abs().toNumber(),
          taxes: Number(match?.tax),
        }).toEqual({
          shares: item.shares,
          amount: item.amount,
          currency: item.currency,
          gross: item.gross,
          taxes: item.taxes,
        });
      }
    }
    expect(cases).toHaveLength(3);
  });

  itWithShared('reads five years of one account, every line of it', () => {
    const path = `${FOLDER}TransactionExport01.csv`;
    const { rows, skipped, errors } = parseShared(path);
    expect(errors).toEqual([]);
    expect(skipped).toHaveLength(4);
    expect(countsOf(rows)).toEqual({
      BUY: 164,
      DEPOSIT: 42,
      DIVIDEND: 15,
      INTEREST: 32,
      REWARD: 2,
      SELL: 21,
      SPLIT: 1,
      TAX: 19,
      WITHDRAWAL: 39,
    });
    expectEveryLineUsed(path, ';');
    expect(brief(rows[0])).toBe('DEPOSIT 2021-08-06 cash 350 EUR fee 2.45');
    // Sums of the columns amount, fee and tax by another program.
    expect(cashOf(rows)).toEqual({ EUR: '-971.53' });
    expect(Object.values(holdingsOf(rows)).filter((sum) => new Decimal(sum).isNegative())).toEqual([]);
  });

  itWithShared('takes out a dividend and its reversal, and keeps reversals of other files', () => {
    expect(parseShared(`${FOLDER}TransactionExport05.csv`).skipped).toEqual([
      { line: 2, reason: 'taken back by line 3' },
      { line: 3, reason: 'takes back line 2' },
    ]);
    const { rows } = parseShared(`${FOLDER}TransactionExport04.csv`);
    expect(cashOf(rows)).toEqual({ EUR: '5.4' });
    expect(rows[0]).toMatchObject({
      fxRate: { from: 'USD', to: 'EUR', rate: '0.860437' },
      original: { currency: 'USD', gross: '-37.5', withholding: '0' },
    });
  });
});
