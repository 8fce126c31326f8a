import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { Vault } from './vault.ts';

const folder = mkdtempSync(join(tmpdir(), 'ai-trading-vault-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('opens what it sealed, in another process too, with a key that only its user can read', () => {
  const sealed = new Vault(join(folder, 'data'), null).seal('a secret', 'totp usr_1');
  expect(sealed).toMatch(/^v1\.[\w-]{48}$/);
  expect(sealed).not.toBe(new Vault(join(folder, 'data'), null).seal('a secret', 'totp usr_1'));
  expect(new Vault(join(folder, 'data'), null).open(sealed, 'totp usr_1')).toBe('a secret');
  expect(statSync(join(folder, 'data', 'secret.key')).mode & 0o777).toBe(0o600);
  expect(readFileSync(join(folder, 'data', 'secret.key'), 'utf8')).toMatch(/^[\w-]{43}\n$/);
});

it.each([
  ['for another purpose', (sealed: string) => [sealed, 'totp usr_2']],
  [
    'altered',
    (sealed: string) => [sealed.replace(/.(?=.{5}$)/, (one) => (one === 'A' ? 'B' : 'A')), 'totp usr_1'],
  ],
  ['shortened', (sealed: string) => [sealed.slice(0, 20), 'totp usr_1']],
  ['of another form', (sealed: string) => [sealed.replace('v1', 'v2'), 'totp usr_1']],
])('does not open what is %s', (_what, change) => {
  const vault = new Vault(folder, 'k'.repeat(32));
  const [sealed, purpose] = change(vault.seal('a secret!', 'totp usr_1'));
  expect(vault.open(sealed, purpose)).toBeNull();
});

it('does not open what another key has sealed', () => {
  const sealed = new Vault(folder, 'k'.repeat(32)).seal('a secret', 'x');
  expect(new Vault(folder, 'l'.repeat(32)).open(sealed, 'x')).toBeNull();
  expect(new Vault(folder, 'k'.repeat(32)).open(sealed, 'x')).toBe('a secret');
});

it('says what is wrong with a file that is no key', () => {
  const path = join(folder, 'secret.key');
  writeFileSync(path, 'short\n');
  expect(() => new Vault(folder, null).seal('a secret', 'x')).toThrow(
    `expected a key of 32 bytes in ${path}, was one of 3`,
  );
});
