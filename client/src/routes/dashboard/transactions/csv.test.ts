import { expect, it } from 'vitest';
import { toCsv } from './csv.ts';

it('writes a header and a line a fill, quoting what needs it', () => {
  const fill = {
    executedAt: '2024-01-02T00:00:00.000Z',
    side: 'BUY',
    quantity: '1.5',
    price: '10',
    fee: '0',
    currency: 'USD',
    externalId: 'a,"b"',
    instrument: { symbol: 'X' },
  };
  expect(toCsv([fill])).toBe(
    'date,symbol,side,quantity,price,fee,currency,id\n2024-01-02T00:00:00.000Z,X,buy,1.5,10,0,USD,"a,""b"""\n',
  );
});
