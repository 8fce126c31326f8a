import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { INNER_WORDS, SIGNS, STATEMENT_WORDS } from './keywords.ts';
import { parseStrategy } from './parser.ts';

const document = readFileSync(
  new URL('../../../docs/concepts/strategy-language.md', import.meta.url),
  'utf8',
);
const grammarText = /```ebnf\n([^`]+)```/.exec(document)![1];

/** What a rule stands for: words in a row, one of several, something that may be missing or repeated. */
type Form =
  | { readonly kind: 'terminal' | 'rule' | 'described'; readonly text: string }
  | { readonly kind: 'row' | 'choice'; readonly parts: readonly Form[] }
  | { readonly kind: 'optional' | 'repeated'; readonly form: Form };

/** Every way to write what the grammar only describes; numbers are all 2, so that a default lies in its range. */
const DESCRIBED: Readonly<Record<string, readonly string[]>> = {
  name: ['a', 'close', 'sma_2'],
  number: ['2', '2.0', '2e0'],
  time: ['09:30'],
  text: ['"SPY"', '""'],
  date: ['"2030-06-28"'],
  exchange: ['"NYSE"', '"CRYPTO"'],
  newline: ['\n'],
};
const [DEEPEST, REPEATED_MAXIMUM] = [12, 2];

/** Reads the extended Backus-Naur form. */
class GrammarReader {
  private position = 0;
  private readonly tokens: readonly string[];

  constructor(text: string) {
    this.tokens = text.match(/"[^"]*"|\?[^?]*\?|\w+|[^\s\w]/g)!;
  }

  rules(): ReadonlyMap<string, Form> {
    const rules = new Map<string, Form>();
    while (this.position < this.tokens.length) {
      const name = this.take();
      this.expect('=');
      rules.set(name, this.choice(name));
      this.expect(';');
    }
    return rules;
  }

  private choice(rule: string): Form {
    const parts = [this.row(rule)];
    while (this.accept('|')) parts.push(this.row(rule));
    return { kind: 'choice', parts };
  }

  private row(rule: string): Form {
    const parts = [this.item(rule)];
    while (this.accept(',')) parts.push(this.item(rule));
    return { kind: 'row', parts };
  }

  private item(rule: string): Form {
    if (this.accept('(')) return this.closed(this.choice(rule), ')');
    if (this.accept('[')) return { kind: 'optional', form: this.closed(this.choice(rule), ']') };
    if (this.accept('{')) return { kind: 'repeated', form: this.closed(this.choice(rule), '}') };
    const token = this.take();
    if (token.startsWith('"')) return { kind: 'terminal', text: token.slice(1, -1) };
    return token.startsWith('?') ? { kind: 'described', text: rule } : { kind: 'rule', text: token };
  }

  private closed(form: Form, end: string): Form {
    this.expect(end);
    return form;
  }

  private take(): string {
    return this.tokens[this.position++];
  }

  private accept(token: string): boolean {
    if (this.tokens[this.position] !== token) return false;
    this.position += 1;
    return true;
  }

  private expect(token: string): void {
    const found = this.take();
    if (found !== token) throw new Error(`expected ${token}, was ${found}`);
  }
}

const rules = new GrammarReader(grammarText).rules();

function terminals(form: Form): string[] {
  if (form.kind === 'terminal') return [form.text];
  if (form.kind === 'row' || form.kind === 'choice') return form.parts.flatMap(terminals);
  return form.kind === 'optional' || form.kind === 'repeated' ? terminals(form.form) : [];
}

/** Writes what a form stands for; `choose(n)` picks one of n. Deep inside, the first choice that needs no rule of expressions is taken. */
function write(form: Form, choose: (count: number) => number, depth: number): string {
  const isDeep = depth > DEEPEST;
  switch (form.kind) {
    case 'terminal':
      return ` ${form.text}`;
    case 'described': {
      const ways = DESCRIBED[form.text];
      return ` ${ways[choose(ways.length)]}`;
    }
    case 'rule':
      return write(rules.get(form.text)!, choose, depth + 1);
    case 'row':
      return form.parts.map((part) => write(part, choose, depth)).join('');
    case 'choice': {
      const shallow = form.parts.filter((part) => !isDeep || !mayNest(part));
      const parts = shallow.length > 0 ? shallow : form.parts;
      return write(parts[choose(parts.length)], choose, depth);
    }
    case 'optional':
      return isDeep || choose(2) === 0 ? '' : write(form.form, choose, depth);
    case 'repeated': {
      const count = isDeep ? 0 : choose(REPEATED_MAXIMUM + 1);
      return Array.from({ length: count }, () => write(form.form, choose, depth)).join('');
    }
  }
}

/** Whether a form begins with what can hold expressions without end. */
function mayNest(form: Form): boolean {
  if (form.kind === 'terminal') return ['(', '-', 'not'].includes(form.text);
  return form.kind === 'row' && mayNest(form.parts[0]);
}

describe('the grammar of the language', () => {
  it('has the words and signs of the parser, and no others', () => {
    const used = new Set([...rules.values()].flatMap(terminals));
    expect([...used].toSorted()).toEqual(
      [...new Set([...STATEMENT_WORDS, ...INNER_WORDS, ...SIGNS])].toSorted(),
    );
  });

  it('names no rule that it does not have, and has none that nothing names', () => {
    const named = new Set<string>(['program']);
    const visit = (form: Form): void => {
      if (form.kind === 'rule') named.add(form.text);
      else if (form.kind === 'row' || form.kind === 'choice') form.parts.forEach(visit);
      else if (form.kind === 'optional' || form.kind === 'repeated') visit(form.form);
    };
    for (const form of rules.values()) visit(form);
    expect([...named].toSorted()).toEqual([...rules.keys()].toSorted());
  });

  it.each(STATEMENT_WORDS)('gives statements of %s that the parser reads', (word) => {
    const { parts } = rules.get('statement') as Extract<Form, { readonly parts: unknown }>;
    const begins = (form: Form): boolean => terminalsAtStart(form).includes(word);
    const own = parts.filter(begins);
    expect(own.length).toBeGreaterThan(0);
    const property = fc.property(fc.constantFrom(...own), fc.infiniteStream(fc.nat()), (form, numbers) => {
      const choose = (count: number) => numbers.next().value % count;
      const line = write(form, choose, 0).trim();
      const { diagnostics } = parseStrategy(`benchmark "SPY"\n${line}\n`);
      // A default outside its range, a range upside down and a step below 0 are no matter of grammar.
      const told = diagnostics.filter(
        ({ expected }) => !/^the default of|^the least value before|^a step above 0/.test(expected),
      );
      expect(told, line).toEqual([]);
    });
    fc.assert(property, { numRuns: 100, seed: 5 });
  });
});

function terminalsAtStart(form: Form): string[] {
  if (form.kind === 'terminal') return [form.text];
  if (form.kind === 'choice') return form.parts.flatMap(terminalsAtStart);
  return form.kind === 'row' ? terminalsAtStart(form.parts[0]) : [];
}
