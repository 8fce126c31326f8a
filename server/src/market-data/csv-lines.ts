import { parse } from 'csv-parse';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { type CsvDialect, detectDialect } from './csv.ts';

const SAMPLE_BYTES = 64 * 1024;

/** One line of a CSV file with its number in the file and how many bytes were read up to it. */
export interface CsvLine {
  readonly cells: string[];
  readonly line: number;
  readonly bytes: number;
}

/** How a file is written, from its beginning. */
export async function dialectOf(path: string): Promise<CsvDialect> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(SAMPLE_BYTES), 0, SAMPLE_BYTES, 0);
    return detectDialect(buffer.toString('utf8', 0, bytesRead).replace(/^\uFEFF/, ''));
  } finally {
    await file.close();
  }
}

/** The lines of a file one after the other, in bounded memory; the first is the header. */
export async function* csvLines(path: string, { delimiter }: CsvDialect): AsyncGenerator<CsvLine> {
  const parser = parse({
    bom: true,
    delimiter,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    info: true,
  });
  // What goes wrong with the file reaches whoever reads the lines, by way of the parser.
  const lines = pipeline(createReadStream(path), parser, () => undefined);
  for await (const { record, info } of lines) yield { cells: record, line: info.lines, bytes: info.bytes };
}
