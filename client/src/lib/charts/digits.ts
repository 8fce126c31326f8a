/** How many decimals a scale of prices of this size has: 2, more where they are quoted in less. */
export function priceDigits(price: number): number {
  const size = Math.abs(price);
  if (!(size > 0) || size >= 10) return 2;
  // Rates and cheap shares go by hundredths of a cent; what is below 1 has four digits that count.
  return size >= 1 ? 4 : Math.min(12, 3 - Math.floor(Math.log10(size)));
}

/** The same of amounts of money, which need no cents where they are large. */
export function amountDigits(amounts: ArrayLike<number>): number {
  let greatest = 0;
  for (let t = 0; t < amounts.length; t += 1) {
    const size = Math.abs(amounts[t]);
    if (size > greatest) greatest = size;
  }
  return greatest >= 100_000 ? 0 : greatest >= 1 ? 2 : priceDigits(greatest);
}
