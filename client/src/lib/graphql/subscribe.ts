import { createClient } from 'graphql-ws';
import type { TypedDocumentString } from './generated/graphql.ts';

let client: ReturnType<typeof createClient> | undefined;

function socket(): ReturnType<typeof createClient> {
  const url = `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/graphql`;
  client ??= createClient({ url, retryAttempts: Infinity, shouldRetry: () => true });
  return client;
}

/** Receives a subscription's events until the returned function is called; a lost connection is made again. */
export function subscribe<Result, Variables extends Record<string, unknown>>(
  document: TypedDocumentString<Result, Variables>,
  variables: Variables,
  onEvent: (event: Result) => void,
  onEnd: (problem?: string) => void = () => undefined,
): () => void {
  return socket().subscribe<Result>(
    { query: document.toString(), variables },
    {
      next: ({ data, errors }) => {
        if (errors?.length) onEnd(errors[0].message);
        else if (data) onEvent(data);
      },
      error: () => onEnd('The live connection was lost.'),
      complete: () => onEnd(),
    },
  );
}
