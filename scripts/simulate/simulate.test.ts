import { randomInt } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { SeedResult } from './simulate-seed.ts';
import { type SeedsWish, simulateSeeds } from './simulate-seeds.ts';

async function resultsOf(wish: SeedsWish): Promise<SeedResult[]> {
  const results: SeedResult[] = [];
  await simulateSeeds(wish, (result) => results.push(result));
  return results.toSorted((a, b) => a.seed - b.seed);
}

describe('the simulator', () => {
  it('finds nothing wrong with the product in a few short runs, and has seen sales, refunds and crashes in them', async () => {
    const results = await resultsOf({ first: 1, seeds: 4, steps: 800, mutant: 'none' });
    expect(results.flatMap(({ seed, violations }) => violations.map((each) => ({ seed, ...each })))).toEqual([]);
    for (const wanted of ['counter tickets', 'channel tickets', 'refunds at home', 'crashes'])
      expect([wanted, results.some(({ counts }) => (counts[wanted] ?? 0) > 0)]).toEqual([wanted, true]);
  });

  it('finds nothing wrong in runs that nobody has seen before', async () => {
    const first = randomInt(1, 2 ** 31);
    const wish = { first, seeds: 4, steps: 1000, mutant: 'none' };
    console.log(`again: npm run simulate -- --seed ${first} --seeds ${wish.seeds} --steps ${wish.steps}`);
    expect(
      (await resultsOf(wish)).flatMap(({ seed, violations }) => violations.map((each) => ({ seed, ...each }))),
    ).toEqual([]);
  });

  it('replays a seed to the last line, whatever ran before it in the same process', async () => {
    const alone = await resultsOf({ first: 8, seeds: 1, steps: 300, mutant: 'none' });
    const behindOthers = await resultsOf({ first: 4, seeds: 5, steps: 300, mutant: 'none' });
    expect(behindOthers.at(-1)?.digest).toBe(alone[0]?.digest);
    expect(new Set(behindOthers.map(({ digest }) => digest)).size).toBe(5);
  });

  it.each([
    ['no-deduplication', 3000],
    ['claims-what-is-not-mine', 3000],
    ['takes-grants-back', 3000],
    ['copy-turned-away-aloud', 3000],
    ['ended-hold-sold', 3000],
    ['hold-ended-by-the-reader', 3000],
  ])('notices within 50 seeds that a rule is switched off: %s', async (mutant, steps) => {
    const results = await resultsOf({ first: 1, seeds: 50, steps, mutant, untilCaught: true });
    expect(results.some(({ violations }) => violations.length > 0)).toBe(true);
  });
});
