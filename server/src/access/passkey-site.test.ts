import { expect, it } from 'vitest';
import { siteOf } from './passkey-site.ts';

it.each([
  ['https://trading.example', { rpId: 'trading.example', origin: 'https://trading.example' }],
  ['https://trading.example:8443', { rpId: 'trading.example', origin: 'https://trading.example:8443' }],
  ['https://trading.example:443', { rpId: 'trading.example', origin: 'https://trading.example' }],
  ['http://localhost:8050', { rpId: 'localhost', origin: 'http://localhost:8050' }],
])('the site of %s is known', (origin, site) => {
  expect(siteOf(origin)).toEqual(site);
});

it.each([
  ['http://127.0.0.1:8050', 'expected a site with a name, such as localhost, for a passkey, was 127.0.0.1'],
  ['https://[::1]', 'expected a site with a name, such as localhost, for a passkey, was [::1]'],
  [
    'http://trading.example',
    'expected a site by https for a passkey, was http://trading.example: TRUSTED_PROXIES names the proxy that has the certificate',
  ],
])('%s has no passkeys', (origin, message) => {
  expect(() => siteOf(origin)).toThrow(message);
});
