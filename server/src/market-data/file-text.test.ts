import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RunProblem } from '../run/run.worker.ts';
import { type CsvLine, csvLines, dialectOf } from './csv-lines.ts';
import { encodingOf, textOf } from './file-text.ts';

const TEXT = 'Datum;Schlußkurs €\n01.02.2024;1,5\n';
const utf16 = (text: string) => Buffer.from(text, 'utf16le');
const WINDOWS = Buffer.from(TEXT.replace('€', '\u0080'), 'latin1');

describe('the text of a file', () => {
  it.each([
    ['UTF-8', Buffer.from(TEXT)],
    ['UTF-8 with a mark', Buffer.from(`\uFEFF${TEXT}`)],
    ['UTF-16 with a mark', utf16(`\uFEFF${TEXT}`)],
    ['UTF-16 without one', utf16(TEXT)],
    ['UTF-16 the other way round', utf16(`\uFEFF${TEXT}`).swap16()],
    ['UTF-16 the other way round without a mark', utf16(TEXT).swap16()],
    ['that of the older files of Western banks', WINDOWS],
  ])('is read as %s', (_name, bytes) => {
    expect(textOf(bytes)).toBe(TEXT);
  });

  it('is read without what no database keeps', () => {
    expect(textOf(Buffer.from('Date,Close\u0000\n'))).toBe('Date,Close\n');
  });

  it('is UTF-8 where its beginning ends within a character', () => {
    const cut = Buffer.from(TEXT).subarray(0, Buffer.from(TEXT).indexOf('€') + 1);
    expect([encodingOf(cut), textOf(cut)]).toEqual(['utf-8', 'Datum;Schlußkurs ']);
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['letters alone', Buffer.from('abc')],
    ['zeros', Buffer.alloc(100)],
  ])('of %s is UTF-8', (_name, bytes) => {
    expect(encodingOf(bytes)).toBe('utf-8');
  });
});

describe('the lines of a CSV file', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ai-trading-lines-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  async function linesOf(content: string | Buffer): Promise<CsvLine[]> {
    const path = join(folder, 'file');
    writeFileSync(path, content);
    const lines: CsvLine[] = [];
    for await (const line of csvLines(path, await dialectOf(path))) lines.push(line);
    return lines;
  }

  it.each([
    ['UTF-8', Buffer.from(TEXT)],
    ['UTF-16', utf16(`\uFEFF${TEXT}`)],
    ['UTF-16 the other way round', utf16(`\uFEFF${TEXT}`).swap16()],
    ['Windows-1252', WINDOWS],
  ])('are read from %s', async (_name, content) => {
    expect(await linesOf(content)).toEqual([
      { cells: ['Datum', 'Schlußkurs €'], line: 1, bytes: content.length },
      { cells: ['01.02.2024', '1,5'], line: 2, bytes: content.length },
    ]);
  });

  it('are those alone that have something in their cells', async () => {
    const lines = await linesOf('Date,Close\r\n\r\n2024-01-02,1\r\n   \r\n,\r\n" ",\r\n2024-01-03,2\r\n');
    expect(lines.map(({ cells, line }) => [line, ...cells])).toEqual([
      [1, 'Date', 'Close'],
      [3, '2024-01-02', '1'],
      [7, '2024-01-03', '2'],
    ]);
  });

  it.each([
    [
      'a quote that is not closed',
      'Date,Close\n2024-01-02,1\n"2024-01-03,2\n',
      'expected a closing quote after the one in line 3, was the end of the file',
    ],
    [
      'a line of more than a mebibyte',
      `Date,Close\n2024-01-02,1\n"${'2024-01-03,2\n'.repeat(100_000)}`,
      /^expected lines of at most 1048576 characters, was more in line \d+: is a quote not closed\?$/,
    ],
  ])('end with a problem of the user at %s', async (_name, content, message) => {
    const problem: Error = await linesOf(content).then(
      () => expect.fail('expected a problem, was none'),
      (one) => one,
    );
    expect(problem).toBeInstanceOf(RunProblem);
    expect(problem.message).toMatch(message);
  });
});
