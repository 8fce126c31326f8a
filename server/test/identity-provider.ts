import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Provider } from 'oidc-provider';

export const CLIENT = { clientId: 'trading', clientSecret: 'a secret of the test' };
/** People at the provider; `email_verified` decides what their address is worth. */
const PEOPLE: Record<string, object> = {
  grace: { email: 'Grace@example.org', email_verified: true, name: 'Grace Hopper' },
  ada: { email: 'ada@example.org', email_verified: true, name: 'Ada at work' },
  mallory: { email: 'ada@example.org', email_verified: false },
};

/** An identity provider in this process, whose people need no password. */
export interface IdentityProvider {
  readonly issuer: string;
  /** Tells where its client lives; nobody can log in before. */
  serve(site: string): void;
  /** Who answers from now on, or nobody, who declines. */
  person: string | null;
  stop(): void;
}

export async function startIdentityProvider(): Promise<IdentityProvider> {
  let provider: Provider;
  const server = createServer((request, response) => {
    const answer = async () => {
      if (!request.url!.startsWith('/interaction/')) return provider.callback()(request, response);
      const { person } = identityProvider;
      if (person === null) return provider.interactionFinished(request, response, { error: 'access_denied' });
      const grant = new provider.Grant({ accountId: person, clientId: CLIENT.clientId });
      grant.addOIDCScope('openid email profile');
      const consent = { grantId: await grant.save() };
      return provider.interactionFinished(request, response, { login: { accountId: person }, consent });
    };
    answer().catch((problem: Error) => response.writeHead(500).end(problem.message));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://localhost:${(server.address() as AddressInfo).port}`;
  const identityProvider: IdentityProvider = {
    issuer,
    person: null,
    serve(site) {
      provider = new Provider(issuer, {
        clients: [
          {
            client_id: CLIENT.clientId,
            client_secret: CLIENT.clientSecret,
            redirect_uris: [`${site}/login/callback`],
            grant_types: ['authorization_code'],
            response_types: ['code'],
          },
        ],
        claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
        features: { devInteractions: { enabled: false } },
        interactions: { url: (_context: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
        pkce: { required: () => true },
        findAccount: (_context: unknown, id: string) => ({
          accountId: id,
          claims: async () => ({ sub: id, ...PEOPLE[id] }),
        }),
      });
    },
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
  return identityProvider;
}
