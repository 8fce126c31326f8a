import type { IncomingMessage } from 'node:http';

const LOOPBACK_NAMES = ['localhost', '127.0.0.1', '[::1]'];

/** Names beside this machine's own under which it may be asked; null for any. */
export type AllowedHosts = readonly string[] | null;

/**
 * Why a request is turned away, or null. Without logins this machine's user is the only one, so a
 * request must be for one of this machine's own names, or for one that the installation was told it
 * has: a page elsewhere whose name its owner lets point here (DNS rebinding) is none of them. With
 * logins any name will do, because a browser keeps the session's cookie for the name it was given under.
 * A request that may change something must also come from a page of the same host, or from no page at all.
 */
export function originProblem(
  { headers, method }: Pick<IncomingMessage, 'headers' | 'method'>,
  allowedHosts: AllowedHosts = [],
): string | null {
  const host = urlOf(`http://${headers.host ?? ''}`);
  const names = [...LOOPBACK_NAMES, ...(allowedHosts ?? [])];
  if (!host || (allowedHosts && !names.includes(host.hostname))) {
    return `expected ${names.join(', ')} as the host, was ${headers.host ?? 'none'}`;
  }
  const isReading = (method === 'GET' || method === 'HEAD') && !headers.upgrade;
  if (isReading || !headers.origin || urlOf(headers.origin)?.host === host.host) return null;
  return `expected a page of ${headers.host}, was one of ${headers.origin}`;
}

function urlOf(text: string): URL | null {
  return URL.canParse(text) ? new URL(text) : null;
}
