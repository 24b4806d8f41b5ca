import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CHAIN_START } from './chain.ts';
import { ClockOffset } from './clock-offset.ts';
import { comparePositions } from './compare-positions.ts';
import { BEAT_MS, Liveness, OFFLINE_MS } from './liveness.ts';
import type { LanePosition, LanePositions } from './messages.ts';
import { HELLO_MS, type Lease, StationSession } from './session.ts';

const A = 'a'.repeat(64);
const B = 'b'.repeat(64);
const LEASE: Lease = { lease: 5, minor: 1, hubIncarnation: 1, hubBoot: 'hub1', incarnation: 1 };

const lane = (out: Partial<LanePosition['out']> = {}, received: Partial<LanePosition['in']> = {}): LanePosition => ({
  out: { first: 1, next: 1, acked: 0, ackedHash: CHAIN_START, headHash: CHAIN_START, ...out },
  in: { ack: 0, hash: CHAIN_START, ...received },
});
const lanes = (ev: LanePosition): LanePositions => ({ seat: lane(), ev });
const nothingKept = () => undefined;

describe('a session', () => {
  it('says hello when connected, again after a growing time, and not any more once welcomed', () => {
    const session = new StationSession();
    expect(session.helloDue(0)).toBe(false);
    session.connected();
    expect(session.helloDue(0)).toBe(true);
    session.saidHello(0);
    expect(session.helloDue(HELLO_MS - 1)).toBe(false);
    expect(session.helloDue(HELLO_MS)).toBe(true);
    session.saidHello(HELLO_MS);
    expect(session.helloDue(HELLO_MS * 2)).toBe(false);
    expect(session.welcomed(LEASE, HELLO_MS * 2)).toBe(true);
    expect(session.helloDue(HELLO_MS * 5)).toBe(false);
    expect(session.state).toBe('up');
  });

  it('takes a welcome once: a delayed or doubled one changes nothing', () => {
    const session = new StationSession();
    session.connected();
    session.welcomed(LEASE, 0);
    expect(session.welcomed(LEASE, 1)).toBe(false);
    expect(session.welcomed({ ...LEASE, lease: 4 }, 1)).toBe(false);
    expect(session.welcomed({ ...LEASE, lease: 6 }, 1)).toBe(true);
    session.disconnected();
    expect(session.welcomed({ ...LEASE, lease: 7 }, 2)).toBe(false);
    // Its line broke, it greets again, and a welcome of before comes late: what it tells was true then.
    session.connected();
    expect(session.isNew({ ...LEASE, lease: 6 })).toBe(false);
    expect(session.welcomed({ ...LEASE, lease: 7 }, 3)).toBe(true);
  });

  it('greets a new life of the hub at once, also just after a hello to the last one, and its own one not again', () => {
    const session = new StationSession();
    session.connected();
    session.saidHello(0);
    session.welcomed(LEASE, 10);
    session.hubBegan(LEASE.hubBoot, 20);
    expect(session.helloDue(20)).toBe(false);
    session.hubBegan('hub2', 30);
    expect(session.helloDue(30)).toBe(true);
    session.saidHello(30);
    session.hubBegan('hub2', 40);
    expect(session.helloDue(40)).toBe(false);
  });

  it('greets a hub anew that it has not heard for 45 s', () => {
    const session = new StationSession();
    session.connected();
    session.welcomed(LEASE, 0);
    expect(session.helloDue(OFFLINE_MS - 1)).toBe(false);
    expect(session.helloDue(OFFLINE_MS)).toBe(true);
    expect(session.state).toBe('greeting');
  });

  it('stays fenced with its reason until the hub welcomes it', () => {
    const session = new StationSession();
    session.connected();
    session.fenced('link.streams-forked', 0);
    session.disconnected();
    expect(session).toMatchObject({ state: 'fenced', fence: 'link.streams-forked' });
    expect(session.helloDue(10_000)).toBe(false);
    expect(session.helloDue(60_000)).toBe(true);
    session.welcomed(LEASE, 60_100);
    expect(session).toMatchObject({ state: 'up', fence: undefined });
  });
});

describe('the comparison of two copies', () => {
  it('goes on when the receiver holds a part of what the sender has', () => {
    const station = lanes(lane({ next: 6, acked: 3, ackedHash: A, headHash: B }));
    const hub = lanes(lane({}, { ack: 3, hash: A }));
    expect(comparePositions(station, hub, nothingKept)).toEqual({ fatal: undefined, fatals: [], notices: [] });
    expect(comparePositions(hub, station, nothingKept)).toEqual({ fatal: undefined, fatals: [], notices: [] });
  });

  it('stops when the receiver holds more than the sender has, seen from either side', () => {
    const station = lanes(lane({ next: 6, headHash: B }));
    const hub = lanes(lane({}, { ack: 9, hash: A }));
    expect(comparePositions(station, hub, nothingKept).fatal?.code).toBe('link.we-were-restored');
    expect(comparePositions(hub, station, nothingKept).fatal?.code).toBe('link.peer-restored');
  });

  it('stops when the hash differs at a common sequence number, kept rows included', () => {
    const station = lanes(lane({ next: 6, acked: 2, ackedHash: A, headHash: A }));
    const hub = lanes(lane({}, { ack: 5, hash: B }));
    expect(comparePositions(station, hub, nothingKept).fatal?.code).toBe('link.streams-forked');
    expect(comparePositions(hub, station, nothingKept).fatal?.code).toBe('link.streams-forked');
    const middle = lanes(lane({}, { ack: 4, hash: B }));
    expect(comparePositions(station, middle, () => A).fatal?.code).toBe('link.streams-forked');
    expect(comparePositions(station, middle, () => B).fatal).toBeUndefined();
  });

  it('sends again what a receiver confirmed once and lost, and says so', () => {
    const station = lanes(lane({ next: 6, acked: 5, ackedHash: A, headHash: A }));
    const hub = lanes(lane({}, { ack: 2, hash: B }));
    expect(comparePositions(station, hub, () => B)).toMatchObject({
      fatal: undefined,
      notices: [{ code: 'link.peer-lost-events' }],
    });
  });
});

describe('time', () => {
  it('counts a side as off line 45 s after its last word, and beats every 15 s', () => {
    const liveness = new Liveness();
    expect(liveness.offline(0)).toBe(true);
    liveness.heard(1000);
    liveness.beaten(1000);
    expect([liveness.offline(1000 + OFFLINE_MS - 1), liveness.offline(1000 + OFFLINE_MS)]).toEqual([false, true]);
    expect([liveness.beatDue(1000 + BEAT_MS - 1), liveness.beatDue(1000 + BEAT_MS)]).toEqual([false, true]);
  });

  it('errs by at most half of the shortest round trip', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -1e8, max: 1e8 }),
        fc.array(fc.tuple(fc.nat({ max: 900 }), fc.nat({ max: 900 })), { minLength: 1, maxLength: 12 }),
        (offset, trips) => {
          const clock = new ClockOffset();
          for (const [there, back] of trips) clock.exchanged(there + back, 2e12 + offset, 2e12 + back);
          const recent = trips.slice(-8);
          const shortest = Math.min(...recent.map(([there, back]) => there + back));
          expect(Math.abs(clock.ms! - offset)).toBeLessThanOrEqual(shortest / 2 + 1);
        },
      ),
    );
  });
});
