import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
} from '@apollo/server/plugin/disabled';
import { type GraphQLFormattedError, GraphQLError, type GraphQLSchema } from 'graphql';
import { randomUUID } from 'node:crypto';
import type { Logger } from '../logging/logger.ts';
import { UserProblem } from '../graphql/errors.ts';
import { checkLimits, TOKENS_MAXIMUM, VALIDATION_ERRORS_MAXIMUM } from '../graphql/gate.ts';

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
  if (isOwn) return { ...formatted, extensions: { code: formatted.extensions?.code ?? 'BAD_USER_INPUT' } };
  const errorId = randomUUID();
  logger.error({ err: original, errorId }, 'an operation failed');
  return {
    message: `an error inside the product; the log has it as ${errorId}`,
    path: formatted.path,
    extensions: { code: 'INTERNAL_SERVER_ERROR', errorId },
  };
}

/** The GraphQL server for queries and mutations. */
export function createApollo<Context extends object>(
  schema: GraphQLSchema,
  logger: Logger,
  plugins: readonly ApolloServerPlugin<object>[] = [],
): ApolloServer<Context> {
  return new ApolloServer<Context>({
    schema,
    introspection: true,
    includeStacktraceInErrorResponses: false,
    parseOptions: { maxTokens: TOKENS_MAXIMUM },
    validationOptions: { maxErrors: VALIDATION_ERRORS_MAXIMUM },
    executionOptions: { maxCoercionErrors: VALIDATION_ERRORS_MAXIMUM },
    logger,
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      // Apollo's own page loads scripts from the network; the playground here does not.
      ApolloServerPluginLandingPageDisabled(),
      limits(schema),
      ...plugins,
    ],
    formatError: (formatted, error) => maskError(formatted, error, logger),
    stopOnTerminationSignals: false,
  });
}

/** The gate of queries and mutations. */
function limits(schema: GraphQLSchema): ApolloServerPlugin<object> {
  return {
    async requestDidStart() {
      return {
        async didResolveOperation({ document, operation, request }) {
          const problem = operation && checkLimits(schema, document, operation, request.variables);
          if (problem)
            throw Object.assign(problem, { extensions: { ...problem.extensions, http: { status: 400 } } });
        },
      };
    },
  };
}
