import { type CsvError, parse } from 'csv-parse';
import { pipeline, Readable } from 'node:stream';
import { RunProblem } from '../run/run.worker.ts';
import { type CsvDialect, detectDialect } from './csv.ts';
import { headOf, piecesOf } from './file-text.ts';

const SAMPLE_BYTES = 64 * 1024;
/** A quote that is never closed makes one line of all that follows. */
const LINE_CHARACTERS_MAXIMUM = 1024 * 1024;

/** One line of a CSV file with its number in the file and how many bytes were read by then. */
export interface CsvLine {
  readonly cells: string[];
  readonly line: number;
  readonly bytes: number;
}

/** How a file is written, from its beginning. */
export async function dialectOf(path: string): Promise<CsvDialect> {
  return detectDialect(await headOf(path, SAMPLE_BYTES));
}

/**
 * The lines of a file one after the other, in bounded memory; the first is the header. Those without anything in their
 * cells are left out. Throws a `RunProblem` where the file is no CSV.
 */
export async function* csvLines(path: string, { delimiter }: CsvDialect): AsyncGenerator<CsvLine> {
  const parser = parse({
    bom: true,
    delimiter,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    skip_records_with_empty_values: true,
    max_record_size: LINE_CHARACTERS_MAXIMUM,
    info: true,
  });
  let bytesRead = 0;
  const pieces = async function* () {
    for await (const { piece, bytes } of piecesOf(path)) {
      bytesRead = bytes;
      yield piece;
    }
  };
  // What goes wrong with the file reaches whoever reads the lines, by way of the parser.
  const lines = pipeline(Readable.from(pieces()), parser, () => undefined);
  try {
    for await (const { record, info } of lines) yield { cells: record, line: info.lines, bytes: bytesRead };
  } catch (problem) {
    throw problemOf(problem as CsvError) ?? problem;
  }
}

function problemOf({ code, lines }: CsvError): RunProblem | null {
  if (code === 'CSV_QUOTE_NOT_CLOSED')
    return new RunProblem(`expected a closing quote after the one in line ${lines}, was the end of the file`);
  if (code === 'CSV_MAX_RECORD_SIZE')
    return new RunProblem(
      `expected lines of at most ${LINE_CHARACTERS_MAXIMUM} characters, was more in line ${lines}: is a quote not closed?`,
    );
  return null;
}
