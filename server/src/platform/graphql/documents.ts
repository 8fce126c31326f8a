import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  parse,
  specifiedRules,
  validate,
} from 'graphql';
import { TOKENS_MAXIMUM, VALIDATION_ERRORS_MAXIMUM } from './gate.ts';

/** How much text the documents that are kept may have together: syntax trees are many times as large. */
const CHARACTERS_MAXIMUM = 500_000;

/** Documents that belong to the product, by their ids: a client that sends an id has no need to send the text. */
export type PersistedDocuments = ReadonlyMap<string, string>;

/** Reads the documents of the web pages; none where the pages were not generated. */
export function readPersistedDocuments(file: string): PersistedDocuments {
  if (!existsSync(file)) return new Map();
  return new Map(Object.entries(JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>));
}

interface Kept {
  readonly document: DocumentNode;
  readonly length: number;
}

/**
 * Documents of one schema that were parsed and found valid, by the hash of their text, for every transport: what is
 * asked again is neither parsed nor validated again. Persisted ones stay; of others, the least recently asked go.
 */
export class Documents {
  private readonly schema: GraphQLSchema;
  private readonly persisted: PersistedDocuments;
  private readonly pinned = new Map<string, DocumentNode>();
  private readonly kept = new Map<string, Kept>();
  private length = 0;

  constructor(schema: GraphQLSchema, persisted: PersistedDocuments) {
    this.schema = schema;
    this.persisted = persisted;
  }

  /** The text of a persisted document. */
  textOf(id: string): string | undefined {
    return this.persisted.get(id);
  }

  /** The parsed document of a text, or what is wrong with it. */
  prepare(text: string): DocumentNode | readonly GraphQLError[] {
    const hash = createHash('sha256').update(text).digest('hex');
    const before = this.find(hash);
    if (before) return before;
    try {
      const document = parse(text, { maxTokens: TOKENS_MAXIMUM });
      const errors = validate(this.schema, document, specifiedRules, {
        maxErrors: VALIDATION_ERRORS_MAXIMUM,
        hideSuggestions: true,
      });
      if (errors.length > 0) return errors;
      this.keep(hash, document);
      return document;
    } catch (problem) {
      if (problem instanceof GraphQLError) return [problem];
      throw problem;
    }
  }

  /** A document that was found valid before. */
  find(hash: string): DocumentNode | undefined {
    const pinned = this.pinned.get(hash);
    if (pinned) return pinned;
    const kept = this.kept.get(hash);
    if (!kept) return undefined;
    // Last in the map is most recently asked.
    this.kept.delete(hash);
    this.kept.set(hash, kept);
    return kept.document;
  }

  /** Remembers a valid document. */
  keep(hash: string, document: DocumentNode): void {
    if (this.persisted.has(`sha256:${hash}`)) {
      this.pinned.set(hash, document);
      return;
    }
    const length = document.loc?.source.body.length ?? 0;
    this.forget(hash);
    this.kept.set(hash, { document, length });
    this.length += length;
    for (const oldest of this.kept.keys()) {
      if (this.length <= CHARACTERS_MAXIMUM) return;
      this.forget(oldest);
    }
  }

  private forget(hash: string): void {
    this.length -= this.kept.get(hash)?.length ?? 0;
    this.kept.delete(hash);
  }
}
