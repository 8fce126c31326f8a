import { describe, expect, it } from 'vitest';
import { markedLine } from './marked-line.ts';

const SOURCE = 'strategy "T"\n  enter long when clos > 1 \nstop';

describe('markedLine', () => {
  it('cuts the wrong text out of its line and finds it in the source', () => {
    const marked = markedLine(SOURCE, { line: 2, column: 19, length: 4 });
    expect(marked).toEqual({ before: 'enter long when ', text: 'clos', after: ' > 1', start: 31, end: 35 });
    expect(SOURCE.slice(marked.start, marked.end)).toBe('clos');
  });

  it('ends with the line, and is empty behind the text', () => {
    expect(markedLine(SOURCE, { line: 3, column: 5, length: 1 })).toMatchObject({
      text: '',
      start: 45,
      end: 45,
    });
    expect(markedLine(SOURCE, { line: 9, column: 1, length: 1 })).toMatchObject({ before: '', text: '' });
  });
});
