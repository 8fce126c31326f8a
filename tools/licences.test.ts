import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isAllowed, licenceReport, packagesOf } from './licences.mjs';

const LOCK = {
  packages: {
    '': { name: 'root', license: 'MIT' },
    'node_modules/b': { version: '1.0.0', license: 'ISC' },
    'node_modules/a/node_modules/@x/c': { version: '2.0.0', license: '(MIT OR GPL-3.0)', dev: true },
    'node_modules/mine': { link: true },
  },
};

describe('licences', () => {
  it('lists packages wherever they lie, by name', () => {
    expect(packagesOf(LOCK)).toEqual([
      { name: '@x/c', version: '2.0.0', licence: '(MIT OR GPL-3.0)', isDevelopment: true },
      { name: 'b', version: '1.0.0', licence: 'ISC', isDevelopment: false },
    ]);
  });

  it.each([
    ['MIT', true],
    ['GPL-3.0', false],
    ['unknown', false],
    ['(MIT OR GPL-3.0)', true],
    ['(MIT AND GPL-3.0)', false],
    ['(MIT AND Zlib)', true],
  ])('takes %s: %s', (expression, allowed) => {
    expect(isAllowed(expression)).toBe(allowed);
  });

  it('names what may not be used', () => {
    const folder = mkdtempSync(join(tmpdir(), 'ai-trading-licences-'));
    const file = join(folder, 'package-lock.json');
    writeFileSync(file, JSON.stringify(LOCK));
    expect(licenceReport(file)).toEqual(['1 (MIT OR GPL-3.0)', '1 ISC']);
    const other = { packages: { 'node_modules/z': { version: '3.1.0', license: 'SSPL-1.0' } } };
    writeFileSync(file, JSON.stringify(other));
    expect(() => licenceReport(file)).toThrow(/was SSPL-1\.0 \(z 3\.1\.0\)$/);
    rmSync(folder, { recursive: true });
  });

  it('are all of the list for what this project needs', () => {
    expect(licenceReport(new URL('../package-lock.json', import.meta.url).pathname).length).toBeGreaterThan(
      5,
    );
  });
});
