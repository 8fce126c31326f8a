import { describe, expect, it } from 'vitest';
import { savedLists, saveList, symbolsIn } from './symbols.ts';

function storageOf(text: string | null) {
  let kept = text;
  return {
    getItem: () => kept,
    setItem: (_key: string, value: string) => {
      kept = value;
    },
  };
}

describe('symbols of a universe', () => {
  it('are read from a text in any shape, each once', () => {
    expect(symbolsIn(' aapl, MSFT;btc-usd\n\nAAPL\tBRK.B ')).toEqual(['AAPL', 'MSFT', 'BTC-USD', 'BRK.B']);
    expect(symbolsIn(' ,; ')).toEqual([]);
  });

  it('are saved under a name, replaced and forgotten', () => {
    const storage = storageOf(null);
    expect(savedLists(storage)).toEqual([]);
    saveList(storage, { name: 'Mine', symbols: ['A'] });
    saveList(storage, { name: 'Other', symbols: ['B'] });
    saveList(storage, { name: 'Mine', symbols: ['C', 'D'] });
    expect(savedLists(storage)).toEqual([
      { name: 'Other', symbols: ['B'] },
      { name: 'Mine', symbols: ['C', 'D'] },
    ]);
    expect(saveList(storage, { name: 'Other', symbols: [] })).toEqual([
      { name: 'Mine', symbols: ['C', 'D'] },
    ]);
  });

  it.each(['nonsense', '7', '[1, {"name": 2}]'])('are none where %s was saved', (text) => {
    expect(savedLists(storageOf(text))).toEqual([]);
  });
});
