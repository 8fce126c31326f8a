import { expect, it } from 'vitest';
import { subjectsOf, tagsIn } from './tags.ts';

const instrument = (symbol: string) => ({ id: `ins_${symbol}`, symbol, name: `${symbol} plc` });

it('lists what is held or tagged once, and accounts after it', () => {
  const subjects = subjectsOf({
    accounts: { nodes: [{ id: 'acc_1', name: 'Main account' }] },
    positions: { nodes: [{ instrument: instrument('BBB') }, { instrument: instrument('AAA') }] },
    tags: [
      { tags: ['growth'], instrument: instrument('BBB'), account: null },
      { tags: ['sold'], instrument: instrument('CCC'), account: null },
      { tags: ['pension'], instrument: null, account: { id: 'acc_1' } },
    ],
  });
  expect(subjects).toEqual([
    { id: 'ins_AAA', symbol: 'AAA', name: 'AAA plc', tags: [] },
    { id: 'ins_BBB', symbol: 'BBB', name: 'BBB plc', tags: ['growth'] },
    { id: 'ins_CCC', symbol: 'CCC', name: 'CCC plc', tags: ['sold'] },
    { id: 'acc_1', symbol: null, name: 'Main account', tags: ['pension'] },
  ]);
});

it('reads tags between commas, each once', () => {
  expect(tagsIn(' growth, small caps,,growth , ')).toEqual(['growth', 'small caps']);
  expect(tagsIn('')).toEqual([]);
});
