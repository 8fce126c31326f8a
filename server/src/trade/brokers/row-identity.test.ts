import { describe, expect, it } from 'vitest';
import { parseShared } from '../../../test/broker-rows.ts';
import { itWithShared, sharedText } from '../../../../tools/testing/services.ts';
import { parseBrokerFile } from './registry.ts';
import { fingerprintsOf } from './row-identity.ts';

const HEADER = 'Date,Details,Amount,Balance\n';
const FEE = '01/01/2024,Account fee charged,-25.0,100\n';
const DEPOSIT = '02/01/2024,Regular Deposit,150,250\n';

describe('fingerprintsOf', () => {
  it('keeps true duplicates apart and finds them again in a file that goes on', () => {
    // given
    const first = parseBrokerFile(HEADER + FEE + FEE).rows;
    const longer = parseBrokerFile(HEADER + DEPOSIT + FEE + FEE + FEE).rows;
    const known = new Set(fingerprintsOf(first));
    // then
    expect(known.size).toBe(2);
    expect(fingerprintsOf(longer).map((one) => known.has(one))).toEqual([false, true, true, false]);
  });

  it('tells rows apart that differ in an amount', () => {
    const [one, other] = [FEE, FEE.replace('-25.0', '-25.01')].map(
      (line) => parseBrokerFile(HEADER + line).rows,
    );
    expect(fingerprintsOf(one)).not.toEqual(fingerprintsOf(other));
  });

  itWithShared('are of one row each, and do not depend on the order of a file', () => {
    const { rows } = parseShared('rotki/binance_history.csv');
    expect(new Set(fingerprintsOf(rows)).size).toBe(rows.length);
    const [header, ...lines] = sharedText('data/broker_exports/capital-gains-calculator/freetrade.csv')
      .trim()
      .split('\n');
    const forward = fingerprintsOf(parseBrokerFile([header, ...lines].join('\n')).rows);
    const backward = fingerprintsOf(parseBrokerFile([header, ...lines.toReversed()].join('\n')).rows);
    expect(backward.toReversed()).toEqual(forward);
  });
});
