import { ApolloServer, type ApolloServerPlugin, HeaderMap } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
} from '@apollo/server/plugin/disabled';
import { type DocumentNode, GraphQLError, type GraphQLFormattedError, type GraphQLSchema } from 'graphql';
import type { FastifyReply } from 'fastify';
import { randomUUID } from 'node:crypto';
import type { Logger } from '../logging/logger.ts';
import { UserProblem } from '../graphql/errors.ts';
import type { Caller, Cost, Gate } from '../graphql/admission.ts';
import type { Documents } from '../graphql/documents.ts';
import { TOKENS_MAXIMUM, VALIDATION_ERRORS_MAXIMUM } from '../graphql/gate.ts';
import { shortened } from '../graphql/texts.ts';

/** Turns an error of an operation into what its caller may see: the user's problems as they are, bugs by an id that is in the log. */
export function maskError(
  formatted: GraphQLFormattedError,
  error: unknown,
  logger: Logger,
): GraphQLFormattedError {
  const original = error instanceof GraphQLError ? (error.originalError ?? error) : error;
  if (original instanceof UserProblem) {
    return {
      ...formatted,
      message: original.message,
      extensions: { code: 'BAD_USER_INPUT', userErrorCode: original.error.code },
    };
  }
  const isOwn = original instanceof GraphQLError || formatted.extensions?.code !== 'INTERNAL_SERVER_ERROR';
  if (isOwn) {
    const { code: told, retryAfterSeconds } = formatted.extensions ?? {};
    // What stands before all fields is wrong with the request.
    const isRequests = told === undefined || (told === 'INTERNAL_SERVER_ERROR' && !formatted.path);
    const code = isRequests ? 'BAD_USER_INPUT' : told;
    const wait = retryAfterSeconds === undefined ? {} : { retryAfterSeconds };
    return { ...formatted, message: shortened(formatted.message), extensions: { code, ...wait } };
  }
  const errorId = randomUUID();
  logger.error({ err: original, errorId }, 'an operation failed');
  return {
    message: `an error inside the product; the log has it as ${errorId}`,
    path: formatted.path,
    extensions: { code: 'INTERNAL_SERVER_ERROR', errorId },
  };
}

/** The GraphQL server for queries and mutations. */
export function createApollo<Context extends { readonly caller: Caller }>(
  schema: GraphQLSchema,
  gate: Gate,
  logger: Logger,
  plugins: readonly ApolloServerPlugin<object>[] = [],
): ApolloServer<Context> {
  return new ApolloServer<Context>({
    schema,
    // Who may read the schema is for the gate to say.
    introspection: true,
    includeStacktraceInErrorResponses: false,
    hideSchemaDetailsFromClientErrors: true,
    // Only documents of the product have ids; see Documents.
    persistedQueries: false,
    documentStore: storeOf(gate.documents),
    parseOptions: { maxTokens: TOKENS_MAXIMUM },
    validationOptions: { maxErrors: VALIDATION_ERRORS_MAXIMUM },
    executionOptions: { maxCoercionErrors: VALIDATION_ERRORS_MAXIMUM },
    logger,
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      // Apollo's own page loads scripts from the network; the playground here does not.
      ApolloServerPluginLandingPageDisabled(),
      gatekeeper(gate),
      ...plugins,
    ],
    formatError: (formatted, error) => maskError(formatted, error, logger),
    stopOnTerminationSignals: false,
  });
}

/** Apollo's view of the documents: it puts a hash of the schema before each key. */
function storeOf(documents: Documents) {
  const hashOf = (key: string) => key.slice(key.lastIndexOf(':') + 1);
  return {
    get: async (key: string) => documents.find(hashOf(key)),
    set: async (key: string, document: DocumentNode) => documents.keep(hashOf(key), document),
    delete: async () => undefined,
  };
}

/** The gate of queries and mutations. */
function gatekeeper(gate: Gate): ApolloServerPlugin<{ readonly caller: Caller }> {
  return {
    async requestDidStart({ contextValue: { caller } }) {
      let cost: Cost | null = null;
      return {
        async didResolveOperation({ document, operation, request }) {
          if (!operation) return;
          const admitted = await gate.admit(caller, document, operation, request.variables);
          if (admitted instanceof GraphQLError) throw withHttp(admitted);
          cost = admitted;
        },
        async didEncounterErrors({ operation }) {
          if (!operation) await gate.chargeRejected(caller);
        },
        async willSendResponse({ response: { body } }) {
          if (cost && body.kind === 'single') body.singleResult.extensions = { cost };
        },
      };
    },
  };
}

function statusOf({ extensions }: GraphQLError): number {
  return extensions.code === 'RATE_LIMITED' ? 429 : 400;
}

/** An error of the gate with what HTTP has for it. */
function withHttp(error: GraphQLError): GraphQLError {
  const { retryAfterSeconds } = error.extensions;
  const headers = new HeaderMap();
  if (retryAfterSeconds !== undefined) headers.set('retry-after', String(retryAfterSeconds));
  const extensions: Record<string, unknown> = {
    ...error.extensions,
    http: { status: statusOf(error), headers },
  };
  return new GraphQLError(error.message, { extensions });
}

/** Answers a request that the gate turned away before Apollo saw it. */
export function answerRefused(reply: FastifyReply, error: GraphQLError): FastifyReply {
  const { retryAfterSeconds } = error.extensions;
  if (retryAfterSeconds !== undefined) reply.header('retry-after', String(retryAfterSeconds));
  return reply.code(statusOf(error)).send({ errors: [error] });
}
