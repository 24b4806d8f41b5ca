import { done } from '@lianpiao/shared/domain/outcome';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { emitFacts, HANGZHOU, LinkRig } from '../scenarios/link-rig.ts';
import { drainBacklog } from './drain-backlog.ts';
import { GOOD_LINE, ThrottledLine } from './throttled-line.ts';

/** Rows of the failure matrix that need minutes: lines that are slow, or dead without saying so. */
const soon = (check: () => unknown, timeout: number) => vi.waitFor(check, { timeout, interval: 20 });

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
    const { seconds, asked, p50, p99 } = await drainBacklog(rig, line);
    console.log(`drained in ${seconds.toFixed(1)} s; ${asked} seat requests, p50 ${p50} ms, p99 ${p99} ms`);
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
