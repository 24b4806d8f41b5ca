import { done } from '@lianpiao/shared/domain/outcome';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { emitFacts, HANGZHOU, LinkRig, SHAOXING } from '../scenarios/link-rig.ts';
import { storm } from './storm.ts';
import { GOOD_LINE, ThrottledLine } from './throttled-line.ts';

/** Rows of the failure matrix about many stations, and about one that spoils it for the others. */
const soon = (check: () => unknown, timeout: number) => vi.waitFor(check, { timeout, interval: 20 });
const STATIONS = 500;

describe('the failure matrix, with many stations', () => {
  let rig: LinkRig;
  beforeEach(async () => {
    rig = await LinkRig.open();
  });
  afterEach(() => rig.close());

  it('row 19: a stalled subscriber is dropped, and the requests of others are answered with p99 under 1 s', async () => {
    const { hub, store, notes } = await rig.hub();
    const line = await ThrottledLine.to(rig.broker.port, GOOD_LINE);
    const answers = { 'seat.request': async ({ count }: { readonly count: number }) => done({ granted: count }) };
    const good = await rig.station(HANGZHOU, { answers });
    const stalled = await rig.station(SHAOXING, { brokers: [`mqtts://127.0.0.1:${line.port}`] });
    for (const { link } of [good, stalled]) await soon(() => expect(link.state().online).toBe(true), 20_000);
    line.stall();
    const wish = { tripId: `${HANGZHOU}-20251121-K101`, from: 0, to: 1, count: 1 };
    const took: number[] = [];
    for (let part = 0; part < 100; part += 1) {
      await emitFacts(store, SHAOXING, 'seat', 100, 1 + part * 100);
      const askedAt = performance.now();
      const answer = await hub.request(HANGZHOU, 'seat.request', wish);
      took.push(answer.ok ? performance.now() - askedAt : Number.POSITIVE_INFINITY);
    }
    took.sort((a, b) => a - b);
    console.log(`${took.length} requests beside it, the slowest ${took.at(-1)!.toFixed(0)} ms`);
    expect(took[Math.ceil(took.length * 0.99) - 1]!).toBeLessThan(1000);
    await soon(() => expect(stalled.notes.map(({ event }) => event)).toContain('link.disconnected'), 30_000);
    expect(notes.filter(({ event }) => event === 'link.disconnected')).toEqual([]);
    await line.close();
  });

  it('row 21: 500 agents reconnect at once: all are welcomed within 30 s', async () => {
    const { store, hub } = await rig.hub();
    const { welcomedMs } = await storm(rig, store, STATIONS, 30_000);
    console.log(`${STATIONS} stations welcomed ${(welcomedMs / 1000).toFixed(1)} s after the broker`);
    expect(welcomedMs).toBeLessThan(30_000);
    expect(hub.freshness()).toHaveLength(STATIONS);
  });
});
