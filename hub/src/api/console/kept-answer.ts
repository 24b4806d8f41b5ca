/** Making an answer takes at most this share of the time (1 in …), however many ask for it. */
const SHARE = 50;

/**
 * An answer that is dear to make, kept for all who ask: at least `keepMs`, and longer where making it took long. Who asks
 * while it is made waits for the same one; one that could not be made is made again for the next who asks.
 */
export function keptAnswer<Answer>(
  keepMs: number,
  make: (now: number) => Promise<Answer>,
): (now: number) => Promise<Answer> {
  let kept: { readonly answer: Promise<Answer>; until: number } | undefined;
  return (now) => {
    if (kept && performance.now() < kept.until) return kept.answer;
    const begun = performance.now();
    const mine = { answer: make(now), until: Number.POSITIVE_INFINITY };
    kept = mine;
    mine.answer.then(
      () => {
        mine.until = begun + Math.max(keepMs, (performance.now() - begun) * SHARE);
      },
      () => {
        kept = undefined;
      },
    );
    return mine.answer;
  };
}
