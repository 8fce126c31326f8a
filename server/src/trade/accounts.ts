/** How many accounts a portfolio may have: lists of them are given whole. */
export const ACCOUNTS_MAXIMUM = 100;
