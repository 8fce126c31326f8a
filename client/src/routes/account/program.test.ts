import { expect, it } from 'vitest';
import { methodText, programOf } from './program.ts';

it.each([
  [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0',
    'Edge on Windows',
  ],
  ['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', 'Firefox on Linux'],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1 (KHTML, like Gecko) Version/18.0 Safari/604.1',
    'Safari on iPhone or iPad',
  ],
  ['curl/8.5.0', 'curl/8.5.0'],
  ['', 'unknown'],
])('%j is called %s', (userAgent, program) => {
  expect(programOf(userAgent)).toBe(program);
});

it('says by what a session began', () => {
  expect(methodText({ method: 'PASSKEY', secondFactor: null })).toBe('Passkey');
  expect(methodText({ method: 'PASSWORD', secondFactor: 'RECOVERY_CODE' })).toBe(
    'Password and recovery code',
  );
});
