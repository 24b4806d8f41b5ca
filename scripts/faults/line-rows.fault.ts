import { setTimeout as sleep } from 'node:timers/promises';
import { done } from '@lianpiao/shared/domain/outcome';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { emitSales } from '../scenarios/emit-sales.ts';
import { emitFacts, HANGZHOU, LinkRig } from '../scenarios/link-rig.ts';
import { GOOD_LINE, ThrottledLine } from './throttled-line.ts';

/** Rows of the failure matrix that need minutes: lines that are slow, or dead without saying so. */
const soon = (check: () => unknown, timeout: number) => vi.waitFor(check, { timeout, interval: 20 });
const UPLINK = { bitsPerSecond: 2_000_000, delayMs: 150 };

describe('the failure matrix, over a bad line', () => {
  let rig: LinkRig;
  let line: ThrottledLine;
  beforeEach(async () => {
    rig = await LinkRig.open();
    line = await ThrottledLine.to(rig.broker.port, GOOD_LINE);
  });
  afterEach(async () => {
    await line.close();
    await rig.close();
  });
  const aStation = () =>
    rig.station(HANGZHOU, {
      brokers: [`mqtts://127.0.0.1:${line.port}`],
      answers: { 'seat.request': async ({ count }) => done({ granted: count }) },
    });

  it('row 17: 8 h down, then 2 Mbps and 300 ms: 60,000 events in at most 60 s, seat requests p99 under 1 s meanwhile', async () => {
    const { hub } = await rig.hub({ facts: () => ({ 'ticket.sold': async () => undefined }) });
    const station = await aStation();
    await soon(() => expect(station.link.state().online).toBe(true), 20_000);
    line.fallSilent();
    line.cut();
    await emitSales(station.store, { first: 0, count: 60_000, group: 100 });
    line.setQuality(UPLINK);
    line.speakAgain();
    line.cut();
    await soon(() => expect(station.link.state().online).toBe(true), 30_000);
    const startedAt = performance.now();
    const took: number[] = [];
    const wish = { tripId: `${HANGZHOU}-20251121-K101`, from: 0, to: 1, count: 1 };
    while (station.link.state().queued > 0) {
      const askedAt = performance.now();
      const answer = await hub.request(HANGZHOU, 'seat.request', wish);
      took.push(answer.ok ? performance.now() - askedAt : Number.POSITIVE_INFINITY);
      await sleep(100);
    }
    const seconds = (performance.now() - startedAt) / 1000;
    took.sort((a, b) => a - b);
    const p99 = took[Math.ceil(took.length * 0.99) - 1]!;
    const p50 = took[Math.floor(took.length / 2)]!;
    console.log(
      `drained in ${seconds.toFixed(1)} s; ${took.length} seat requests, p50 ${p50.toFixed(0)} ms, p99 ${p99.toFixed(0)} ms`,
    );
    expect(seconds).toBeLessThanOrEqual(60);
    expect(p99).toBeLessThan(1000);
  });

  it('row 18: half-open TCP: noticed within 45 s on both sides, and all goes on when the line speaks again', async () => {
    const { hub } = await rig.hub();
    const station = await aStation();
    await soon(() => expect(station.link.state().online).toBe(true), 20_000);
    line.fallSilent();
    const silentAt = performance.now();
    await emitFacts(station.store, 'hub', 'ev', 10);
    await soon(() => expect([station.link.state().online, hub.freshness()[0]?.online]).toEqual([false, false]), 46_000);
    expect(performance.now() - silentAt).toBeLessThan(46_000);
    expect(station.link.state().queued).toBe(10);
    line.speakAgain();
    await soon(() => expect(station.link.state()).toMatchObject({ online: true, queued: 0 }), 90_000);
  });
});
