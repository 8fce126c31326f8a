import { AsyncLocalStorage } from 'node:async_hooks';

/** What an API token may do; a person who is logged in may do all of it. */
export const SCOPES = ['READ', 'TRADE_WRITE', 'BACKTEST_RUN', 'ADMIN'] as const;
export type Scope = (typeof SCOPES)[number];

/** For whom an operation is done. */
export interface Viewer {
  /** `LOCAL` where nobody logs in, `SYSTEM` for work that nobody asked for just now, `NOBODY` before a login. */
  readonly kind: 'LOCAL' | 'SYSTEM' | 'SESSION' | 'TOKEN' | 'NOBODY';
  readonly userId: string | null;
  /** What audit logs call them. */
  readonly name: string;
  readonly isAdmin: boolean;
  readonly scopes: ReadonlySet<Scope>;
  /** The session or token they came with. */
  readonly credentialId: string | null;
}

const ALL_SCOPES = new Set(SCOPES);
const base = { userId: null, isAdmin: true, scopes: ALL_SCOPES, credentialId: null } as const;

/** Who writes as long as there are no accounts. */
export const LOCAL_NAME = 'owner';
/** The one user of an installation without logins. */
export const LOCAL: Viewer = { ...base, kind: 'LOCAL', name: LOCAL_NAME };
/** The product itself: its workers, its commands and its start. */
export const SYSTEM: Viewer = { ...base, kind: 'SYSTEM', name: LOCAL_NAME };
/** Somebody who has not logged in. */
export const NOBODY: Viewer = {
  ...base,
  kind: 'NOBODY',
  name: 'nobody',
  isAdmin: false,
  scopes: new Set<Scope>(),
};

/** Somebody whose login cannot be looked up, because the database does not answer. */
export const UNKNOWN: Viewer = { ...NOBODY, name: 'unknown' };
/** What they are told. */
export const UNAVAILABLE = 'expected the database to tell who asks, was no answer: try again in a moment';

/** Somebody for whom the product looks at something while they are away. */
export function onBehalfOf(userId: string | null | undefined): Viewer {
  return !userId ? SYSTEM : { ...NOBODY, kind: 'SESSION', userId, name: userId };
}

const current = new AsyncLocalStorage<Viewer>();

/** For whom the present operation is done. Every way in from outside sets it. */
export function viewer(): Viewer {
  return current.getStore() ?? SYSTEM;
}

/** Does something for somebody. */
export function asViewer<Result>(who: Viewer, work: () => Result): Result {
  return current.run(who, work);
}

/** Whether everything in the installation is theirs. */
export function isUnrestricted({ kind }: Viewer): boolean {
  return kind === 'LOCAL' || kind === 'SYSTEM';
}

/** What audit logs call whoever the present operation is for. */
export function actorName(): string {
  return viewer().name;
}
