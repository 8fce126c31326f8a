import {
  type DocumentNode,
  getOperationAST,
  GraphQLError,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import type { AccessRule } from './access.ts';
import type { Documents } from './documents.ts';
import { checkLimits, COST_MAXIMUM } from './gate.ts';
import type { RateLimit } from './rate-limit.ts';
import { textProblem } from './texts.ts';

/** What an operation costs that was not even valid: reading it was work. */
const REJECTED_COST = 50;

/** Who asks, as far as the gate has to know. */
export interface Caller {
  /** Whom the cost is charged to. */
  readonly key: string;
  /** Whether he may read the schema. */
  readonly mayIntrospect: boolean;
  /** Whether he may change anything, the way he came. */
  readonly mayChange: boolean;
}

/** What is sent to be done, over any transport. */
export interface Asked {
  readonly query?: string | null;
  readonly documentId?: string;
  readonly operationName?: string | null;
  readonly variables?: Readonly<Record<string, unknown>> | null;
}

/** What an admitted operation costs, and what one may; sent as `extensions.cost`. */
export interface Cost {
  readonly requested: number;
  readonly maximum: number;
}

/** An admitted subscription. */
export interface Admitted {
  readonly document: DocumentNode;
  readonly cost: Cost;
}

type Variables = Asked['variables'];

/** The one gate of every transport: whether a caller may have an operation done now. */
export class Gate {
  readonly documents: Documents;
  private readonly schema: GraphQLSchema;
  private readonly rates: RateLimit | null;

  constructor(schema: GraphQLSchema, documents: Documents, rates: RateLimit | null) {
    this.schema = schema;
    this.documents = documents;
    this.rates = rates;
  }

  /** Why a caller is turned away before anything of his is read; null where he is not. */
  refusal({ key }: Caller): GraphQLError | null {
    const waitMs = this.rates?.waitMs(key) ?? 0;
    return waitMs > 0 ? this.tooMuch(waitMs) : null;
  }

  /** The text that was sent or that a persisted document has; an error where there is no such document. */
  textOf({ query, documentId }: Asked): string | GraphQLError {
    if (query || documentId === undefined) return query ?? '';
    return (
      this.documents.textOf(documentId) ??
      new GraphQLError(`expected the id of a persisted document, was ${documentId.slice(0, 80)}`, {
        extensions: { code: 'PERSISTED_DOCUMENT_NOT_FOUND' },
      })
    );
  }

  /** Admits a valid operation and takes its cost, or says why not. */
  async admit(
    caller: Caller,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    variables: Variables,
  ): Promise<Cost | GraphQLError> {
    const problem = textProblem(document, variables);
    if (problem) return problem;
    const checked = checkLimits(this.schema, document, operation, variables);
    if (checked instanceof GraphQLError) return checked;
    if (checked.isIntrospection && !caller.mayIntrospect) {
      return new GraphQLError('expected no questions about the schema: they are not answered here', {
        extensions: { code: 'INTROSPECTION_DISABLED' },
      });
    }
    if (!caller.mayChange && operation.operation === 'mutation' && !this.isOpen(operation)) {
      return new GraphQLError(
        'expected an operation that changes nothing, was a mutation: these pages are read only',
        {
          extensions: { code: 'READ_ONLY' },
        },
      );
    }
    const waitMs = (await this.rates?.spend(caller.key, Math.max(1, checked.cost))) ?? 0;
    return waitMs > 0 ? this.tooMuch(waitMs) : { requested: checked.cost, maximum: COST_MAXIMUM };
  }

  /** Charges for an operation that could not be read or was not valid. */
  async chargeRejected({ key }: Caller): Promise<void> {
    await this.rates?.spend(key, REJECTED_COST);
  }

  /** Reads, checks and admits a subscription; other operations have no place where this is asked. */
  async admitSubscription(caller: Caller, asked: Asked): Promise<Admitted | readonly GraphQLError[]> {
    const refusal = this.refusal(caller);
    if (refusal) return [refusal];
    const text = this.textOf(asked);
    const document = text instanceof GraphQLError ? [text] : this.documents.prepare(text);
    if ('length' in document) {
      await this.chargeRejected(caller);
      return document;
    }
    const operation = getOperationAST(document, asked.operationName);
    if (operation?.operation !== 'subscription') {
      await this.chargeRejected(caller);
      return [
        new GraphQLError('expected a subscription over the websocket; queries and mutations go by POST'),
      ];
    }
    const cost = await this.admit(caller, document, operation, asked.variables);
    return cost instanceof GraphQLError ? [cost] : { document, cost };
  }

  /** Whether a mutation is there for everybody, as that of logging in is. */
  private isOpen({ selectionSet }: OperationDefinitionNode): boolean {
    const fields = this.schema.getMutationType()?.getFields() ?? {};
    return selectionSet.selections.every(
      (one) =>
        one.kind === 'Field' &&
        (fields[one.name.value]?.extensions.access as AccessRule | undefined)?.who === 'PUBLIC',
    );
  }

  private tooMuch(waitMs: number): GraphQLError {
    const retryAfterSeconds = Math.ceil(waitMs / 1000);
    return new GraphQLError(
      `expected a cost of at most ${this.rates!.costPerMinute} in a minute, was more; try again in ${retryAfterSeconds} s`,
      { extensions: { code: 'RATE_LIMITED', retryAfterSeconds } },
    );
  }
}
