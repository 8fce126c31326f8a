import type { Credentials } from '../platform/http/caller.ts';
import { LOCAL, NOBODY, type Viewer } from '../platform/viewer.ts';
import type { Sessions } from './sessions.ts';

/** Tells who somebody is: without logins everybody is the local user, which is why nobody else may reach a listener then. */
export class Authenticator {
  private readonly isLoginNeeded: boolean;
  private readonly sessions: Sessions;

  constructor(isLoginNeeded: boolean, sessions: Sessions) {
    this.isLoginNeeded = isLoginNeeded;
    this.sessions = sessions;
  }

  async authenticate({ session }: Credentials): Promise<Viewer> {
    if (!this.isLoginNeeded) return LOCAL;
    return (session && (await this.sessions.find(session))) || NOBODY;
  }
}
