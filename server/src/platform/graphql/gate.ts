import { type ASTVisitor, GraphQLError, type ValidationContext, type ValidationRule } from 'graphql';

const LIMITS = { depth: 14, aliases: 20, fields: 500, directives: 10 } as const;

/** Bounds what one operation may ask for; the same rules hold for HTTP and for websockets. */
export const limitRules: readonly ValidationRule[] = [
  (context: ValidationContext): ASTVisitor => {
    const counts = { aliases: 0, fields: 0, directives: 0 };
    const count = (what: keyof typeof counts, node: object) => {
      counts[what] += 1;
      if (counts[what] === LIMITS[what] + 1) report(context, `expected at most ${LIMITS[what]} ${what} in an operation, was more`, node);
    };
    let depth = 0;
    const isIntrospection: boolean[] = [];
    return {
      Field: {
        enter(node) {
          depth += 1;
          isIntrospection.push(node.name.value.startsWith('__') || (isIntrospection.at(-1) ?? false));
          if (node.alias) count('aliases', node);
          count('fields', node);
          // The standard introspection query is deeper than any other needs to be.
          if (depth === LIMITS.depth + 1 && !isIntrospection.at(-1)) {
            report(context, `expected at most ${LIMITS.depth} levels of fields, was more`, node);
          }
        },
        leave() {
          depth -= 1;
          isIntrospection.pop();
        },
      },
      Directive: (node) => count('directives', node),
    };
  },
];

/** How many tokens a document may have. */
export const TOKENS_MAXIMUM = 4_000;

function report(context: ValidationContext, message: string, node: object): void {
  context.reportError(new GraphQLError(message, { nodes: [node as never], extensions: { code: 'LIMIT' } }));
}
