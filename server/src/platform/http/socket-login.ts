import type { IncomingMessage } from 'node:http';
import { NOBODY } from '../viewer.ts';
import { type Authenticate, type Caller, type Credentials, keyOf, type LoginParts } from './caller.ts';

const LOOK_AGAIN_MS = 10_000;

/** Who is at the other end of a websocket: asked again from time to time, because a login may end before its socket. */
export class SocketLogin {
  private readonly authenticate: Authenticate;
  private readonly credentials: Credentials;
  private lookedAtMs = performance.now();
  private hasEnded = false;
  readonly caller: Caller;

  private constructor(authenticate: Authenticate, credentials: Credentials, caller: Caller) {
    this.authenticate = authenticate;
    this.credentials = credentials;
    this.caller = caller;
  }

  static async begin(
    { authenticate, mayIntrospect, proxies }: LoginParts,
    request: IncomingMessage,
    credentials: Credentials,
  ): Promise<SocketLogin> {
    const { headers, socket } = request;
    const address = proxies?.addressOf(request) ?? socket.remoteAddress ?? '';
    const viewer = await authenticate(credentials);
    return new SocketLogin(authenticate, credentials, {
      viewer,
      key: keyOf(viewer, address),
      mayIntrospect,
      mayChange: false,
      address,
      userAgent: headers['user-agent'] ?? '',
      origin: headers.origin ?? '',
      // A session begins and ends over HTTP.
      setSession: () => undefined,
    });
  }

  /** Whether what was shown was not enough for a login. */
  get isRefused(): boolean {
    return this.caller.viewer === NOBODY && Boolean(this.credentials.session || this.credentials.bearer);
  }

  /** Whether the one who connected is still logged in, looked up now. */
  async holdsNow(): Promise<boolean> {
    this.lookedAtMs = -Infinity;
    return await this.holds();
  }

  /** Whether the one who connected is still logged in: known at once, but for a look from time to time. */
  holds(): boolean | Promise<boolean> {
    if (this.caller.viewer === NOBODY) return true;
    if (this.hasEnded || performance.now() - this.lookedAtMs <= LOOK_AGAIN_MS) return !this.hasEnded;
    return this.look();
  }

  private async look(): Promise<boolean> {
    this.lookedAtMs = performance.now();
    // Without the database nothing has ended yet: what is live goes on to tell how things stand.
    const { kind } = await this.authenticate(this.credentials).catch(() => this.caller.viewer);
    this.hasEnded = kind === 'NOBODY';
    return !this.hasEnded;
  }
}

/** The header in the first message of a socket, for clients that cannot set headers. */
export function authorizationOf(params: Readonly<Record<string, unknown>> | undefined): {
  authorization?: string;
} {
  const given = params?.authorization ?? params?.Authorization;
  return typeof given === 'string' ? { authorization: given } : {};
}
