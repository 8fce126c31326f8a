import { browserSupportsWebAuthn, startAuthentication, startRegistration } from '@simplewebauthn/browser';
import { PasskeyLoginDocument, StartPasskeyLoginDocument } from '#lib/graphql/generated/graphql.ts';
import { request } from '#lib/graphql/request.ts';

/** Why this browser cannot have a passkey for this page, in words; null where it can. */
export function passkeyHindrance(): string | null {
  if (/^[\d.]+$|^\[/.test(location.hostname))
    return 'Browsers keep passkeys for names, not for addresses: open this page under a name, such as localhost.';
  if (!isSecureContext)
    return 'Browsers keep passkeys only for pages that come by https, or from this machine as localhost.';
  return browserSupportsWebAuthn() ? null : 'This browser has no passkeys.';
}

/** Makes a passkey; the answer is for the server. */
export async function makePasskey(options: string): Promise<string> {
  return JSON.stringify(
    await inWords(startRegistration({ optionsJSON: JSON.parse(options) }), 'No passkey was made.'),
  );
}

/** Logs in by a passkey, alone or as the second half of a login; gives what went wrong, if anything. */
export async function enterByPasskey(challenge: string | null): Promise<string | null> {
  const { startPasskeyLogin: start } = await request(StartPasskeyLoginDocument, { challenge });
  if (!start.options) return start.errors[0].message;
  const answer = await inWords(
    startAuthentication({ optionsJSON: JSON.parse(start.options) }),
    'No passkey was shown.',
  );
  const { logInByPasskey } = await request(PasskeyLoginDocument, {
    input: { response: JSON.stringify(answer), challenge },
  });
  const [error] = logInByPasskey.errors;
  if (!error) return null;
  return error.code === 'LIMIT' ? error.message : 'This passkey is not known here any more.';
}

// Browsers say little about why, lest a page learn what passkeys there are.
async function inWords<Answer>(asked: Promise<Answer>, nothing: string): Promise<Answer> {
  try {
    return await asked;
  } catch (problem) {
    const { name } = problem as Error;
    if (name === 'InvalidStateError') throw new Error('This device has a passkey for this account already.');
    if (name === 'NotAllowedError' || name === 'AbortError') throw new Error(nothing);
    throw problem;
  }
}
