// Every page reads live data in the browser; the server sends the shell.
export const ssr = false;
