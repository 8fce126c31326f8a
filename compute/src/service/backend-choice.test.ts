import { describe, expect, it } from 'vitest';
import { choiceFromCache, combinedChoice } from './backend-choice.ts';
import { contentHash, resultHash } from './content-hash.ts';

describe('the choice of a run in parts', () => {
  it('is that of its parts where they agree', () => {
    const choice = { backend: 'wasm-bars', reason: 'it has stops' };
    expect(combinedChoice([choice, choice])).toEqual(choice);
  });

  it('names every backend and every reason once', () => {
    const choices = [
      { backend: 'wasm-bars', reason: 'it has stops' },
      { backend: 'cuda', reason: 'the work is worth the GPU' },
      { backend: 'wasm-bars', reason: 'no GPU took it' },
      { backend: 'wasm-bars', reason: 'it has stops' },
    ];
    const combined = {
      backend: 'cuda + wasm-bars',
      reason: 'cuda: the work is worth the GPU; wasm-bars: it has stops; no GPU took it',
    };
    expect(combinedChoice(choices)).toEqual(combined);
    expect(combinedChoice(choices.toReversed()).backend).toBe(combined.backend);
  });

  it('keeps its reason in the answer from the cache', () => {
    expect(choiceFromCache({ backend: 'reference', reason: 'it reads a model' })).toEqual({
      backend: 'reference',
      reason: 'it reads a model; the same run had been computed before',
    });
  });
});

describe('the hash of a result', () => {
  const request = contentHash({ seed: 1 });

  it('is the same for the same request and backend', () => {
    expect(resultHash(request, 'cuda')).toBe(resultHash(contentHash({ seed: 1 }), 'cuda'));
  });

  it('differs by request, by backend and by which backend did what', () => {
    const hashes = [
      resultHash(request, 'reference'),
      resultHash(request, 'wasm-events'),
      resultHash(contentHash({ seed: 2 }), 'reference'),
      resultHash(request, 'cuda + wasm-bars', [0, 10]),
      resultHash(request, 'cuda + wasm-bars', [0, 11]),
    ];
    expect(new Set(hashes).size).toBe(hashes.length);
  });
});
