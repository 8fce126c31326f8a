import type { TypedDocumentString } from './generated/graphql.ts';

/** What the user can read of a request that did not work. */
export class RequestError extends Error {}

interface Answer<Result> {
  readonly data?: Result;
  readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: string } }[];
}

/** Sends a query or mutation to the API of the same origin. */
export async function request<Result, Variables>(
  document: TypedDocumentString<Result, Variables>,
  variables?: Variables,
): Promise<Result> {
  const documentId = documentIdOf(document);
  const full = { query: document.toString(), variables };
  let answer = await post<Result>(documentId ? { documentId, variables } : full);
  if (isUnknownDocument(answer.errors)) answer = await post<Result>(full);
  const { data, errors } = answer;
  if (errors?.some(({ extensions }) => extensions?.code === 'UNAUTHENTICATED')) {
    // The session has ended, or there was none: back here after the login.
    location.assign(`/login?next=${encodeURIComponent(location.pathname + location.search)}`);
    throw new RequestError('Log in to see this.');
  }
  if (errors?.length) throw new RequestError(errors.map(({ message }) => message).join(' '));
  return data!;
}

async function post<Result>(body: object): Promise<Answer<Result>> {
  const response = await fetch('/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  }).catch(() => {
    throw new RequestError('The server does not answer. Is it running?');
  });
  const answer = (await response.json().catch(() => null)) as Answer<Result> | null;
  if (!answer) throw new RequestError(`The server answered ${response.status} without a result.`);
  return answer;
}

/** By what the server knows a document of these pages. */
export function documentIdOf({
  __meta__,
}: {
  __meta__?: Record<string, unknown> | undefined;
}): string | undefined {
  return __meta__?.hash as string | undefined;
}

/** Whether the server is of another version than the page, so that it needs the text. */
export function isUnknownDocument(errors: Answer<unknown>['errors']): boolean {
  return errors?.[0]?.extensions?.code === 'PERSISTED_DOCUMENT_NOT_FOUND';
}

let keys = 0;

/** A new key for a mutation: sending it again does not do the work again. */
export function newIdempotencyKey(): string {
  keys += 1;
  const random = Array.from(crypto.getRandomValues(new Uint32Array(3)), (word) => word.toString(36)).join('');
  return `web-${random}-${keys}`;
}
