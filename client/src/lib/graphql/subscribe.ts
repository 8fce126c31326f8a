import { createClient } from 'graphql-ws';
import type { TypedDocumentString } from './generated/graphql.ts';
import { loadLogin } from '../access/login.svelte.ts';
import { documentIdOf, isUnknownDocument } from './request.ts';

const FORBIDDEN = 4403;
let client: ReturnType<typeof createClient> | undefined;

function socket(): ReturnType<typeof createClient> {
  const url = `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/graphql`;
  client ??= createClient({
    url,
    retryAttempts: Infinity,
    shouldRetry: (problem) => !isForbidden(problem),
    // The login has ended: what shows is for whoever logs in again.
    on: { closed: (event) => void (isForbidden(event) && loadLogin().catch(() => undefined)) },
  });
  return client;
}

const isForbidden = (event: unknown) => (event as { code?: number } | null)?.code === FORBIDDEN;

/** Receives a subscription's events until the returned function is called; a lost connection is made again. */
export function subscribe<Result, Variables extends Record<string, unknown>>(
  document: TypedDocumentString<Result, Variables>,
  variables: Variables,
  onEvent: (event: Result) => void,
  onEnd: (problem?: string) => void = () => undefined,
): () => void {
  let stop: () => void;
  const begin = (payload: { query: string; extensions?: { documentId: string } }) => {
    stop = socket().subscribe<Result>(
      { ...payload, variables },
      {
        next: ({ data, errors }) => {
          if (errors?.length) onEnd(errors[0].message);
          else if (data) onEvent(data);
        },
        error: (problem) => {
          const isUnknown = Array.isArray(problem) && isUnknownDocument(problem);
          if (isUnknown && payload.extensions) begin({ query: document.toString() });
          else onEnd('The live connection was lost.');
        },
        complete: () => onEnd(),
      },
    );
  };
  const documentId = documentIdOf(document);
  // The protocol wants a text, if an empty one.
  begin(documentId ? { query: '', extensions: { documentId } } : { query: document.toString() });
  return () => stop();
}
