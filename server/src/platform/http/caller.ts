import type { FastifyReply, FastifyRequest } from 'fastify';
import type { IncomingHttpHeaders } from 'node:http';
import type { Caller as GateCaller } from '../graphql/admission.ts';
import { addressKey } from '../graphql/rate-limit.ts';
import type { Viewer } from '../viewer.ts';
import type { TrustedProxies } from './trusted-proxies.ts';

/** The name of the cookie with a session's secret. */
export const SESSION_COOKIE = 'ai_trading_session';

/** Set by whoever passes requests on that may change nothing; it only ever takes rights away. */
export const READ_ONLY_HEADER = 'x-ai-trading-read-only';

/** What a request says of who sends it. */
export interface Credentials {
  /** The secret of a session, from its cookie. */
  readonly session?: string;
  /** An API token, from `Authorization: Bearer`. */
  readonly bearer?: string;
}

/** Tells who somebody is by what they show. */
export type Authenticate = (credentials: Credentials) => Promise<Viewer>;

/** How a listener knows who asks. */
export interface LoginParts {
  readonly authenticate: Authenticate;
  readonly sessionMaximumMs: number;
  /** Whether those who have logged in may read the schema. */
  readonly mayIntrospect: boolean;
  /** Whose word on where a request came from is taken; nobody's when left out. */
  readonly proxies?: TrustedProxies;
}

/** Who asks, and from where. */
export interface Caller extends GateCaller {
  readonly viewer: Viewer;
  readonly address: string;
  readonly userAgent: string;
  /** The origin of the pages, such as `https://trading.example`. */
  readonly origin: string;
  /** Gives the browser a cookie for a session, or takes it away. */
  setSession(secret: string | null): void;
}

/** What a request shows: a token wins over a cookie. */
export function credentialsOf({ authorization, cookie }: IncomingHttpHeaders): Credentials {
  const bearer = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
  if (bearer) return { bearer };
  const pairs = (cookie ?? '').split(';').map((pair) => pair.trim().split('='));
  return { session: pairs.find(([name]) => name === SESSION_COOKIE)?.[1] };
}

/** Whom what somebody asks is charged to: people each for themselves, strangers by their address. */
export function keyOf({ userId }: Viewer, address: string | undefined): string {
  return userId === null ? `address ${addressKey(address)}` : `user ${userId}`;
}

/** The caller of a request over HTTP. */
export function callerOf(
  request: FastifyRequest,
  reply: FastifyReply,
  { sessionMaximumMs, mayIntrospect }: LoginParts,
): Caller {
  const { viewer, ip: address } = request;
  const isSecure = request.protocol === 'https';
  return {
    viewer,
    key: keyOf(viewer, address),
    mayIntrospect,
    mayChange: !(READ_ONLY_HEADER in request.headers),
    address,
    userAgent: request.headers['user-agent'] ?? '',
    origin: `${request.protocol}://${request.headers.host ?? 'localhost'}`,
    setSession(secret) {
      const ageSeconds = secret === null ? 0 : Math.floor(sessionMaximumMs / 1000);
      const flags = `Path=/; Max-Age=${ageSeconds}; HttpOnly; SameSite=Lax${isSecure ? '; Secure' : ''}`;
      reply.header('set-cookie', `${SESSION_COOKIE}=${secret ?? ''}; ${flags}`);
    },
  };
}

declare module 'fastify' {
  interface FastifyRequest {
    viewer: Viewer;
  }
  interface FastifyContextConfig {
    /** Whether it answers those who have not logged in. */
    isPublic?: boolean;
  }
}
