import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { storable } from '../platform/database/storable.ts';

/** How the text of a file is written. */
export type TextEncoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';

/** What tells how a file is written: its beginning, in which a text that is no UTF-8 shows itself. */
const SAMPLE_BYTES = 256 * 1024;

/**
 * How a file is written, from its beginning: by its byte order mark, as UTF-16 where every other byte is 0, as spreadsheets
 * write "Unicode text", and as the older files of Western banks where it is no UTF-8.
 */
export function encodingOf(bytes: Uint8Array): TextEncoding {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  const zeros = [0, 0];
  for (let at = 0; at < bytes.length; at += 1) if (bytes[at] === 0) zeros[at % 2] += 1;
  const many = bytes.length / 4;
  if (zeros[1] > many && zeros[0] === 0) return 'utf-16le';
  if (zeros[0] > many && zeros[1] === 0) return 'utf-16be';
  try {
    // The last character of a beginning may be cut.
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return 'utf-8';
  } catch {
    return 'windows-1252';
  }
}

/** The text of a whole file, or of its beginning, without a byte order mark and what no database keeps. */
export function textOf(bytes: Uint8Array): string {
  return storable(new TextDecoder(encodingOf(bytes)).decode(bytes, { stream: true }));
}

/** The text at the beginning of a file, of at most so many bytes. */
export async function headOf(path: string, bytesMaximum = SAMPLE_BYTES): Promise<string> {
  return textOf(await beginningOf(path, bytesMaximum));
}

/** A file in pieces, text or bytes of UTF-8, and how many of its bytes were read up to each. */
export async function* piecesOf(path: string): AsyncGenerator<{ piece: string | Buffer; bytes: number }> {
  const encoding = encodingOf(await beginningOf(path, SAMPLE_BYTES));
  const decoder = encoding === 'utf-8' ? null : new TextDecoder(encoding);
  let bytes = 0;
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    yield { piece: decoder ? decoder.decode(chunk, { stream: true }) : chunk, bytes };
  }
}

async function beginningOf(path: string, bytesMaximum: number): Promise<Uint8Array> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(bytesMaximum), 0, bytesMaximum, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
