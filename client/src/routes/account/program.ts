const BROWSERS = [
  ['Edge', /Edg\//],
  ['Opera', /OPR\//],
  ['Chrome', /Chrom(e|ium)\//],
  ['Firefox', /Firefox\//],
  ['Safari', /Safari\//],
] as const;
const SYSTEMS = [
  ['Android', /Android/],
  ['iPhone or iPad', /iPhone|iPad/],
  ['Windows', /Windows/],
  ['macOS', /Mac OS X/],
  ['Linux', /Linux/],
] as const;

/** A browser and its system, of what it says of itself; that itself where it is another program. */
export function programOf(userAgent: string): string {
  const nameIn = (all: readonly (readonly [string, RegExp])[]) =>
    all.find(([, pattern]) => pattern.test(userAgent))?.[0];
  const [browser, system] = [nameIn(BROWSERS), nameIn(SYSTEMS)];
  if (browser) return system ? `${browser} on ${system}` : browser;
  return userAgent.slice(0, 40) || 'unknown';
}

const METHODS = { PASSWORD: 'Password', PASSKEY: 'Passkey', SINGLE_SIGN_ON: 'Single sign-on' } as const;
const FACTORS = { CODE: 'code', RECOVERY_CODE: 'recovery code', PASSKEY: 'passkey' } as const;

/** By what a session began, in words. */
export function methodText({
  method,
  secondFactor,
}: {
  method: keyof typeof METHODS;
  secondFactor?: keyof typeof FACTORS | null;
}): string {
  return METHODS[method] + (secondFactor ? ` and ${FACTORS[secondFactor]}` : '');
}
