/** The legs that a mask of the store means, read bit by bit from its digits: nothing of the product's own arithmetic. */
export function legsOf(mask: number): number[] {
  const digits = BigInt(mask).toString(2);
  return [...digits].flatMap((digit, index) => (digit === '1' ? [digits.length - 1 - index] : [])).reverse();
}
