import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/database/database.ts';
import type { Logger } from '../platform/logging/logger.ts';
import { LoginLimiter } from './limiter.ts';
import { LoginService } from './login.service.ts';
import { Passkeys } from './passkeys.ts';
import type { Sessions } from './sessions.ts';
import { SignIn } from './sign-in.ts';
import { type SignOnSettings, SingleSignOn } from './single-sign-on.ts';
import { TotpService } from './totp.service.ts';
import { Vault } from './vault.ts';

/** What decides how people log in. */
export interface LoginSettings {
  readonly isLoginNeeded: boolean;
  readonly redisUrl: string | null;
  readonly dataDirectory: string;
  readonly secretKey: string | null;
  readonly identityProvider: SignOnSettings | null;
}

/** Every way to log in; they share who is let in, and how often one may try. */
export function createLogins(
  { isLoginNeeded, redisUrl, dataDirectory, secretKey, identityProvider }: LoginSettings,
  database: Database,
  sessions: Sessions,
  logger: Logger,
  clock: Clock,
): { logins: LoginService; totp: TotpService; passkeys: Passkeys; singleSignOn: SingleSignOn } {
  const limiter = new LoginLimiter(redisUrl);
  const signIn = new SignIn(sessions, clock);
  const vault = new Vault(dataDirectory, secretKey);
  const logins = new LoginService(isLoginNeeded, database, sessions, signIn, limiter, clock);
  return {
    logins,
    totp: new TotpService(database, vault, logins, { sessions, signIn, limiter }, clock),
    passkeys: new Passkeys(database, logins, { signIn, limiter }, clock),
    singleSignOn: new SingleSignOn(database, identityProvider, logins, { signIn, limiter, logger }, clock),
  };
}
