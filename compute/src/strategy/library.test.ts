import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { flatBars } from '../../../tools/testing/bars.ts';
import { instrumentStrategies } from '../../../tools/testing/strategies.ts';
import { evaluateSignals } from '../backends/reference/evaluate.ts';
import { compileStrategy } from './compile.ts';
import { libraryStrategies } from './library.ts';

const documentation = readFileSync(
  new URL('../../../docs/concepts/strategy-library.md', import.meta.url),
  'utf8',
);

describe('the library', () => {
  it('says of every strategy what it does and what its parameters are', () => {
    for (const { id, name, description, parameters, source } of libraryStrategies()) {
      expect(name.length, id).toBeGreaterThan(2);
      expect(description, id).toMatch(/^[A-Z].{30,}\.$/);
      for (const parameter of parameters) {
        expect(parameter.description, `${id}: ${parameter.name}`).toMatch(/^[A-Z].{5,}/);
        expect(parameter.maximum, `${id}: ${parameter.name}`).toBeGreaterThan(parameter.minimum);
      }
      expect(compileStrategy(source).ok, id).toBe(true);
    }
    expect(new Set(libraryStrategies().map(({ name }) => name)).size).toBe(libraryStrategies().length);
  });

  it('is listed in the documentation, with what each strategy does', () => {
    const listed = libraryStrategies().map(
      ({ id, name, description }) => `| ${name} | \`${id}\` | ${description} |`,
    );
    expect(documentation.match(/^\| .* \| `.*$/gm)).toEqual(listed);
  });

  it.each(instrumentStrategies().map((strategy) => [strategy.id, strategy] as const))(
    '%s decides nothing differently when later bars are unknown',
    (_id, { source }) => {
      const compiled = compileStrategy(source);
      if (!compiled.ok) throw new Error('expected a strategy that compiles');
      const price = fc.double({ min: 1, max: 200, noNaN: true });
      fc.assert(
        fc.property(fc.array(price, { minLength: 2, maxLength: 300 }), fc.nat(), (closes, cut) => {
          const known = 1 + (cut % closes.length);
          const all = evaluateSignals(compiled.strategy, {}, [{ symbol: 'A', bars: flatBars(closes) }]);
          const past = evaluateSignals(compiled.strategy, {}, [
            { symbol: 'A', bars: flatBars(closes.slice(0, known)) },
          ]);
          expect(past.enterLong).toEqual(all.enterLong.slice(0, known));
          expect(past.exitShort).toEqual(all.exitShort.slice(0, known));
          expect(past.stopDistance).toEqual(all.stopDistance?.slice(0, known) ?? null);
        }),
        { numRuns: 50 },
      );
    },
  );

  it('sma-cross enters on the bar of the cross', () => {
    const { source } = libraryStrategies().find(({ id }) => id === 'sma-cross')!;
    const compiled = compileStrategy(source);
    if (!compiled.ok) throw new Error('expected a strategy that compiles');
    const bars = flatBars([5, 4, 3, 2, 9, 9, 1, 1]);
    const signals = evaluateSignals(compiled.strategy, { fast: 1, slow: 2 }, [{ symbol: 'A', bars }]);
    expect([...signals.enterLong]).toEqual([0, 0, 0, 0, 1, 0, 0, 0]);
    expect([...signals.enterShort]).toEqual([0, 0, 0, 0, 0, 0, 1, 0]);
    expect(signals.warmUpBars).toBe(2);
  });
});
