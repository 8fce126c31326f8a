import { expect, it } from 'vitest';
import { pageAfterLogin } from './pages.ts';

it.each([
  ['', '/'],
  ['next=/dashboard/risk?portfolio=1', '/dashboard/risk?portfolio=1'],
  ['next=https://evil.example', '/'],
  ['next=//evil.example', '/'],
  ['next=/\\evil.example', '/'],
  ['next=javascript:alert(1)', '/'],
])('after a login with %j, %s is shown', (search, page) => {
  expect(pageAfterLogin(new URLSearchParams(search))).toBe(page);
});
