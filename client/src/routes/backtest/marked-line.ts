/** The line of a problem in three parts, the wrong text in the middle, and where that text is in all of the source. */
export function markedLine(
  source: string,
  { line, column, length }: { readonly line: number; readonly column: number; readonly length: number },
): { before: string; text: string; after: string; start: number; end: number } {
  const lines = source.split('\n');
  const own = lines[line - 1] ?? '';
  const lineStart = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
  const [from, to] = [Math.min(column - 1, own.length), Math.min(column - 1 + length, own.length)];
  return {
    before: own.slice(0, from).trimStart(),
    text: own.slice(from, to),
    after: own.slice(to).trimEnd(),
    start: lineStart + from,
    end: lineStart + to,
  };
}
