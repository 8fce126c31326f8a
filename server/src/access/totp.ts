import { randomBytes } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';

const STEP_MS = 30_000;
/** A clock may be wrong by one step each way. */
const WINDOW_STEPS = 1;
const SECRET_BYTES = 20;
const ISSUER = 'AI Trading';
const RECOVERY_CODES = 10;
/** 80 bits: nobody guesses one, and no slow hash adds anything. */
const RECOVERY_BYTES = 10;

/** A new secret for an authenticator app, in base32. */
export function newTotpSecret(): string {
  return new Secret({ size: SECRET_BYTES }).base32;
}

/** What the QR code says that an app reads. */
export function totpUri(secret: string, email: string): string {
  return new TOTP({ issuer: ISSUER, label: email, secret: Secret.fromBase32(secret) }).toString();
}

/** The time step that a code of six digits is of, as RFC 6238 counts them; null where it is wrong or too old. */
export function stepOf(code: string, secret: string, nowMs: number): number | null {
  const token = code.replaceAll(/\s/g, '');
  if (!/^\d{6}$/.test(token)) return null;
  const delta = TOTP.validate({
    token,
    secret: Secret.fromBase32(secret),
    timestamp: nowMs,
    window: WINDOW_STEPS,
  });
  return delta === null ? null : Math.floor(nowMs / STEP_MS) + delta;
}

/** New codes for whoever has lost the app, such as `ABCD-EFGH-IJKL-MNOP`; each works once. */
export function newRecoveryCodes(): string[] {
  return Array.from({ length: RECOVERY_CODES }, () => {
    const { base32 } = new Secret({ buffer: new Uint8Array(randomBytes(RECOVERY_BYTES)).buffer });
    return base32.match(/.{4}/g)!.join('-');
  });
}

/** A recovery code as it was made, however it was typed; null for what cannot be one. */
export function recoveryCodeOf(text: string): string | null {
  const plain = text.toUpperCase().replaceAll(/[\s-]/g, '');
  return /^[A-Z2-7]{16}$/.test(plain) ? plain.match(/.{4}/g)!.join('-') : null;
}
