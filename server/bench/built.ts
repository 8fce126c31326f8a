/** The server as it is built: as an installation runs it, without a loader that compiles. */
const built = <Module>(path: string) =>
  import(new URL(`../dist/${path}.js`, import.meta.url).href) as Promise<Module>;

export const { createSchema } = await built<typeof import('../src/schema.ts')>('schema');
export const { createContext } = await built<typeof import('../src/context.ts')>('context');
export const { Gate } = await built<typeof import('../src/platform/graphql/admission.ts')>(
  'platform/graphql/admission',
);
export const { Documents } = await built<typeof import('../src/platform/graphql/documents.ts')>(
  'platform/graphql/documents',
);
export const { RateLimit } = await built<typeof import('../src/platform/graphql/rate-limit.ts')>(
  'platform/graphql/rate-limit',
);
export const { createApollo } =
  await built<typeof import('../src/platform/http/graphql.ts')>('platform/http/graphql');
export const { createListener } =
  await built<typeof import('../src/platform/http/listener.ts')>('platform/http/listener');
export const { observeOperations } =
  await built<typeof import('../src/platform/http/operations.ts')>('platform/http/operations');
export const { Uploads } =
  await built<typeof import('../src/platform/http/uploads.ts')>('platform/http/uploads');
export const { SubscriptionSockets } =
  await built<typeof import('../src/platform/http/websocket.ts')>('platform/http/websocket');
export const { PubSub } =
  await built<typeof import('../src/platform/pub-sub/pub-sub.ts')>('platform/pub-sub/pub-sub');
