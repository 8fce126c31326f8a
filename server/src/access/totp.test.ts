import { Secret } from 'otpauth';
import { describe, expect, it } from 'vitest';
import { newRecoveryCodes, newTotpSecret, recoveryCodeOf, stepOf, totpUri } from './totp.ts';

/** The key of RFC 6238, appendix B. */
const KEY = Secret.fromLatin1('12345678901234567890').base32;

describe('a code of an app', () => {
  it.each([
    [59, '287082'],
    [1_111_111_109, '081804'],
    [1_111_111_111, '050471'],
    [1_234_567_890, '005924'],
    [2_000_000_000, '279037'],
  ])('is at %d s what RFC 6238 says', (seconds, code) => {
    expect(stepOf(code, KEY, seconds * 1000)).toBe(Math.floor(seconds / 30));
  });

  it.each([
    [-2, null],
    [-1, 2],
    [0, 2],
    [1, 2],
    [2, null],
  ])('is good %d steps after its own: %s', (steps, step) => {
    // 359152 is the code of the step from 60 to 90 s, the one with number 2 (RFC 4226, appendix D).
    expect(stepOf('359152', KEY, 75_000 + steps * 30_000)).toBe(step);
  });

  it.each(['', '28708', '2870822', '28708a', '１２３４５６'])('is nothing like %j', (code) => {
    expect(stepOf(code, KEY, 59_000)).toBeNull();
  });

  it('may be typed in two halves', () => {
    expect(stepOf(' 287 082 ', KEY, 59_000)).toBe(1);
  });
});

it('has a secret of 160 bits, which an address tells to the app', () => {
  const secret = newTotpSecret();
  expect(secret).toMatch(/^[A-Z2-7]{32}$/);
  expect(totpUri(secret, 'ada@example.org')).toBe(
    `otpauth://totp/AI%20Trading:ada%40example.org?issuer=AI%20Trading&secret=${secret}&algorithm=SHA1&digits=6&period=30`,
  );
});

it('makes ten recovery codes that differ and can be typed in any form', () => {
  const codes = newRecoveryCodes();
  expect(new Set(codes).size).toBe(10);
  for (const code of codes) {
    expect(code).toMatch(/^([A-Z2-7]{4}-){3}[A-Z2-7]{4}$/);
    expect(recoveryCodeOf(` ${code.toLowerCase().replaceAll('-', ' ')}`)).toBe(code);
  }
  expect(recoveryCodeOf('123456')).toBeNull();
  expect(recoveryCodeOf('ABCD-EFGH-IJKL-MNO1')).toBeNull();
});
