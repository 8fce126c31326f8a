import fc from 'fast-check';
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseShared } from '../../../test/broker-rows.ts';
import { itWithShared, sharedFile, sharedText } from '../../../../tools/testing/services.ts';
import { BROKER_FORMATS, type BrokerFile, parseBrokerFile } from './registry.ts';

const VANGUARD = `Date,Details,Amount,Balance
08/03/2022,Regular Deposit,150,150
`;

type Counter = (file: BrokerFile) => number;

/** Published counts are of what that converter takes over of a file; ours are told of the rows in the same way. */
const COUNTED: Readonly<Record<string, Counter>> = {
  // Fees of orders are rows of their own here, and part of the order there.
  degiro: ({ rows }) =>
    rows.filter(({ kind, isin }) => ['BUY', 'SELL', 'DIVIDEND'].includes(kind) || (kind === 'FEE' && !isin))
      .length,
  'ibkr-trades': ({ rows }) => rows.length,
  // Conversions and moves are left out there.
  coinbase: ({ rows }) =>
    rows.filter(({ kind, group }) => !group && (kind === 'BUY' || kind === 'REWARD')).length,
  'revolut-invest': ofKinds('BUY', 'SELL', 'DIVIDEND', 'FEE', 'SPLIT'),
  // A swap of nothing is skipped here, and a line without a date is an error.
  xtb: (file) =>
    ofKinds('BUY', 'SELL', 'DIVIDEND', 'SPIN_OFF', 'ADJUSTMENT', 'INTEREST')(file) +
    file.rows.filter(({ tax }) => tax !== '0').length +
    file.skipped.length +
    file.errors.length,
  swissquote: ofKinds('BUY', 'SELL', 'DIVIDEND', 'FEE'),
  // Coins are left out there.
  delta: ({ rows }) => rows.filter(({ symbol }) => symbol === 'AAPL').length,
  cointracking: ofKinds('BUY', 'SELL', 'REWARD'),
  rabobank: ofKinds('BUY', 'SELL', 'DIVIDEND', 'FEE', 'INTEREST'),
  etoro: ({ rows }) => rows.length,
  freetrade: ofKinds('BUY', 'SELL', 'DIVIDEND', 'REWARD', 'INTEREST'),
};
/** Counts that cannot be told of the file alone. */
const DIFFERENT: Readonly<Record<string, { published: number; count: Counter; ours: number }>> = {
  // Four lines are under the header of another version: errors here, and some of them rows there.
  trading212: { published: 11, count: ({ rows }) => rows.length, ours: 9 },
  // Rows of securities that its search by name did not find are missing there.
  schwab: { published: 107, count: ({ rows }) => rows.length, ours: 119 },
  parqet: { published: 26, count: ({ rows }) => rows.length, ours: 27 },
};

function ofKinds(...kinds: string[]): Counter {
  return ({ rows }) => rows.filter(({ kind }) => kinds.includes(kind)).length;
}

describe('parseBrokerFile', () => {
  it('says what was expected where no format is recognised', () => {
    for (const [text, header] of [
      ['', 'an empty file'],
      ['a,b\n1,2\n', 'a,b'],
    ]) {
      const { format, rows, errors } = parseBrokerFile(text);
      expect([format, rows]).toEqual([null, []]);
      expect(errors[0].reason).toBe(`expected the header of a known broker's export, was ${header}`);
    }
  });

  it('reads any delimiter, a byte order mark and other line ends', () => {
    for (const text of [
      VANGUARD,
      `\uFEFF${VANGUARD.replaceAll('\n', '\r\n')}`,
      VANGUARD.replaceAll(',', ';'),
      VANGUARD.replaceAll(',', '\t'),
      VANGUARD.replaceAll(/([^,\n]+)/g, '"$1"'),
    ]) {
      const { format, rows, errors } = parseBrokerFile(text);
      expect([format?.id, rows.length, rows[0]?.line, errors]).toEqual(['vanguard-uk', 1, 2, []]);
    }
  });

  it('keeps the lines before a quote that is never closed', () => {
    const { rows, errors } = parseBrokerFile(`${VANGUARD}09/03/2022,"Regular Deposit,150,300\n`);
    expect(rows).toHaveLength(1);
    expect(errors.map(({ line, reason }) => [line, reason])).toEqual([
      [3, 'expected a closing quote after the one in line 3, was the end of the file'],
    ]);
  });

  it('gives rows of fewer or more cells than the header as errors or rows, never as an exception', () => {
    const headers = [VANGUARD.split('\n')[0], 'Symbol,Type,Quantity,Price,Value,Fees,Date'];
    fc.assert(
      fc.property(
        fc.constantFrom(...headers),
        fc.string({ unit: 'binary', maxLength: 200 }),
        (header, body) => {
          const { format, rows, skipped, errors } = parseBrokerFile(`${header}\n${body}`);
          expect(format).not.toBeNull();
          expect([...rows, ...skipped, ...errors].every(({ line }) => line >= 2)).toBe(true);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('has names and ids that tell the formats apart', () => {
    expect(new Set(BROKER_FORMATS.map(({ id }) => id)).size).toBe(BROKER_FORMATS.length);
    expect(new Set(BROKER_FORMATS.map(({ name }) => name)).size).toBe(BROKER_FORMATS.length);
  });

  itWithShared('has the published number of rows, or another for a reason', () => {
    const { export_to_ghostfolio: published } = JSON.parse(
      sharedText('reference/broker_import/SHARE.json'),
    ) as { export_to_ghostfolio: { activities: Record<string, number> } };
    for (const [name, count] of Object.entries(published.activities)) {
      const file = parseShared(`export-to-ghostfolio/${name}-export.csv`);
      const different = DIFFERENT[name];
      if (different)
        expect([name, count, different.count(file)]).toEqual([name, different.published, different.ours]);
      else expect([name, COUNTED[name](file)]).toEqual([name, count]);
    }
    expect(Object.keys(published.activities)).toHaveLength(14);
  });

  itWithShared('reads of every file what is there, wherever it breaks off', () => {
    const folder = sharedFile('data/broker_exports/');
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
      /\.(csv|xml)$/.test(name),
    );
    expect(files.length).toBeGreaterThan(40);
    for (const name of files) {
      const text = sharedText(`data/broker_exports/${name}`).slice(0, 20_000);
      for (let part = 1; part <= 24; part += 1)
        expect(() => parseBrokerFile(text.slice(0, (text.length * part) / 24)), name).not.toThrow();
    }
  });

  itWithShared('recognises no file by two formats', () => {
    for (const path of ['export-to-ghostfolio/degiro-export.csv', 'rotki/coinbasepro.csv']) {
      const header = sharedText(`data/broker_exports/${path}`).split(/\r?\n/)[0].split(',');
      expect(BROKER_FORMATS.filter((format) => format.recognise(header))).toHaveLength(1);
    }
  });
});
