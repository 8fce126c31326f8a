/** The time now in UTC epoch milliseconds; passed in so that tests decide it. */
export type Clock = () => number;
