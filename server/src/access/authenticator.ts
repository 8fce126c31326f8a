import type { Credentials } from '../platform/http/caller.ts';
import { LOCAL, NOBODY, type Viewer } from '../platform/viewer.ts';
import type { Sessions } from './sessions.ts';
import type { ApiTokens } from './tokens.ts';

/** Tells who somebody is: without logins everybody is the local user, which is why nobody else may reach a listener then. */
export class Authenticator {
  private readonly isLoginNeeded: boolean;
  private readonly sessions: Sessions;
  private readonly tokens: ApiTokens;

  constructor(isLoginNeeded: boolean, sessions: Sessions, tokens: ApiTokens) {
    this.isLoginNeeded = isLoginNeeded;
    this.sessions = sessions;
    this.tokens = tokens;
  }

  async authenticate({ session, bearer }: Credentials): Promise<Viewer> {
    if (!this.isLoginNeeded) return LOCAL;
    if (bearer) return (await this.tokens.find(bearer)) ?? NOBODY;
    return (session && (await this.sessions.find(session))) || NOBODY;
  }
}
