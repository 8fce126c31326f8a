import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { statisticDefinitions } from './registry.ts';

const PAGE = new URL('../../../../docs/concepts/backtest-conventions.md', import.meta.url);

describe('docs/concepts/backtest-conventions.md', () => {
  const rows = readFileSync(PAGE, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.split('|').map((cell) => cell.trim()));

  it('lists every statistic in report order, in the words of its definition', () => {
    const listed = rows.filter((cells) => cells.length === 6).map(([, ...cells]) => cells.slice(0, 4));
    expect(listed).toEqual(
      statisticDefinitions.map(({ name, label, unit, description }) => [
        `\`${name}\``,
        label,
        unit,
        description,
      ]),
    );
  });
});
