import { isIP } from 'node:net';
import { z } from 'zod';
import { invalid } from '../platform/graphql/errors.ts';

/** For whom a passkey is: the name of a site, and the origin of its pages. */
export interface Site {
  readonly rpId: string;
  readonly origin: string;
}

/** What a browser answers, with what it says of itself; nothing of it is believed before it is verified. */
export interface Answer {
  readonly id: string;
  readonly challenge: string;
  /** Whose the passkey says it is, where it does. */
  readonly userId: string | null;
  readonly response: unknown;
}

/** The site of a page: browsers have passkeys for names alone, and where nobody can listen in. */
export function siteOf(pageOrigin: string): Site {
  const { hostname: rpId, protocol, origin } = new URL(pageOrigin);
  const isLocal = rpId === 'localhost' || rpId.endsWith('.localhost');
  if (isIP(rpId.replaceAll(/[[\]]/g, '')) !== 0)
    throw invalid(`expected a site with a name, such as localhost, for a passkey, was ${rpId}`);
  if (protocol !== 'https:' && !isLocal)
    throw invalid(
      `expected a site by https for a passkey, was ${origin}: TRUSTED_PROXIES names the proxy that has the certificate`,
    );
  return { rpId, origin };
}

const clientData = z.object({ challenge: z.string() });
const answer = z.object({
  id: z.string().min(1).max(2000),
  response: z.looseObject({ clientDataJSON: z.string(), userHandle: z.string().optional() }),
});

/** Reads what a browser answers. */
export function answerOf(text: string): Answer {
  try {
    const response: unknown = JSON.parse(text);
    const { id, response: inner } = answer.parse(response);
    const data: unknown = JSON.parse(Buffer.from(inner.clientDataJSON, 'base64url').toString('utf8'));
    const { challenge } = clientData.parse(data);
    const userId = inner.userHandle ? Buffer.from(inner.userHandle, 'base64url').toString('utf8') : null;
    return { id, challenge, userId, response };
  } catch {
    throw invalid('expected the answer of a browser about a passkey, was another text', 'input', 'response');
  }
}
