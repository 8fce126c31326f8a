import { type LoginQuery, LoginDocument, LogOutDocument } from '#lib/graphql/generated/graphql.ts';
import { request } from '#lib/graphql/request.ts';

/** Whether one must log in, and who has; null until the server has told. */
export const login = $state<{ state: LoginQuery['login'] | null }>({ state: null });

/** Whether one must log in and has not. */
export function isStranger(): boolean {
  return login.state?.isLoginNeeded === true && !login.state.user;
}

/** Asks the server again, as after a login. */
export async function loadLogin(): Promise<LoginQuery['login']> {
  login.state = (await request(LoginDocument)).login;
  return login.state;
}

/** Ends the session and shows the start as strangers see it. */
export async function logOut(): Promise<void> {
  await request(LogOutDocument);
  // A new document holds nothing of what was on the pages before, nor a live connection.
  location.assign('/');
}
