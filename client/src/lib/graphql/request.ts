import type { TypedDocumentString } from './generated/graphql.ts';

/** What the user can read of a request that did not work. */
export class RequestError extends Error {}

/** Sends a query or mutation to the API of the same origin. */
export async function request<Result, Variables>(
  document: TypedDocumentString<Result, Variables>,
  variables?: Variables,
): Promise<Result> {
  const response = await fetch('/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: document.toString(), variables }),
  }).catch(() => {
    throw new RequestError('The server does not answer. Is it running?');
  });
  const body = (await response.json().catch(() => null)) as {
    data?: Result;
    errors?: { message: string }[];
  } | null;
  if (!body) throw new RequestError(`The server answered ${response.status} without a result.`);
  if (body.errors?.length) throw new RequestError(body.errors.map(({ message }) => message).join(' '));
  return body.data!;
}

let keys = 0;

/** A new key for a mutation: sending it again does not do the work again. */
export function newIdempotencyKey(): string {
  keys += 1;
  const random = Array.from(crypto.getRandomValues(new Uint32Array(3)), (word) => word.toString(36)).join('');
  return `web-${random}-${keys}`;
}
