/** How many accounts a portfolio may have. */
export const ACCOUNTS_MAXIMUM = 100;
