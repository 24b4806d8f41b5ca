import { done } from '@lianpiao/shared/domain/outcome';
import type { RequestHandlers } from '@lianpiao/shared/link/request-book';
import { receivedPosition } from '@lianpiao/shared/link/stream-rows';
import { answerOnce } from '@lianpiao/shared/store/answers';
import { DiskRoom } from '@lianpiao/shared/store/disk/disk-room';
import { emit } from '@lianpiao/shared/store/streams';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { effects, emitFacts, HANGZHOU, LinkRig, ledger, SHAOXING, upTo } from '../scenarios/link-rig.ts';
import { LyingBroker } from './lying-broker.ts';

/** Rows of the failure matrix (docs/algorithms/station-link.md) that the link itself answers for. Each takes a few seconds. */
const soon = (check: () => unknown, timeout = 20_000) => vi.waitFor(check, { timeout, interval: 20 });
type Station = Awaited<ReturnType<LinkRig['station']>>;
const online = (station: Station) =>
  soon(() => expect(station.link.state()).toMatchObject({ online: true, stopped: null }));
const drained = (station: Station) => soon(() => expect(station.link.state().queued).toBe(0));

describe('the failure matrix, over one broker', () => {
  let rig: LinkRig;
  beforeEach(async () => {
    rig = await LinkRig.open();
  });
  afterEach(() => rig.close());

  it('row 1: broker killed, its memory lost: back within 10 s, nothing lost and nothing doubled', async () => {
    const { store } = await rig.hub();
    const station = await rig.station(HANGZHOU);
    await online(station);
    await emitFacts(station.store, 'hub', 'ev', 300);
    const replaced = rig.replaceBroker();
    await emitFacts(station.store, 'hub', 'ev', 300, 301);
    await emitFacts(station.store, 'hub', 'seat', 10);
    await replaced;
    await soon(() => expect(station.link.state()).toMatchObject({ online: true, stopped: null }), 10_000);
    await drained(station);
    await soon(async () => expect(await effects(store, 'ev')).toEqual(upTo('r', 600)));
    expect(await effects(store, 'seat')).toEqual(upTo('t', 10));
  });

  it('row 3: hub killed before COMMIT: sent again, one effect', async () => {
    const station = await rig.station(HANGZHOU);
    const killed = await rig.hubProcess('kill-before-commit');
    await emitFacts(station.store, 'hub', 'seat', 5);
    await killed.exited;
    const { store } = await rig.hub();
    expect(await effects(store, 'seat')).toEqual([]);
    await drained(station);
    expect(await effects(store, 'seat')).toEqual(upTo('t', 5));
  });

  it('row 4: hub killed after COMMIT and before its acknowledgement: what comes again is ignored and acknowledged', async () => {
    const station = await rig.station(HANGZHOU);
    const killed = await rig.hubProcess('kill-after-commit');
    await emitFacts(station.store, 'hub', 'seat', 5);
    await killed.exited;
    expect(station.link.state().queued).toBeGreaterThan(0);
    const { store } = await rig.hub();
    expect((await effects(store, 'seat')).length).toBeGreaterThan(0);
    await drained(station);
    expect(await effects(store, 'seat')).toEqual(upTo('t', 5));
  });

  it('row 8: hub disk full: nothing is confirmed that is not kept, the hub lives, the station queues, and all arrive once there is room', async () => {
    const station = await rig.station(HANGZHOU);
    const { child, exited, said } = await rig.hubProcess('run', 1500);
    await online(station);
    for (let first = 1; first <= 6000; first += 500) await emitFacts(station.store, 'hub', 'ev', 500, first);
    // Twice: what was not kept was sent again, and again there was no room.
    await soon(() => expect(said.filter((event) => event === 'link.not-kept').length).toBeGreaterThan(1));
    const { db, t } = station.store.read;
    const out = (await db.select().from(t.streamOut)).find(({ lane }) => lane === 'ev');
    expect(station.link.state().queued).toBeGreaterThan(0);
    expect(child.exitCode).toBeNull();
    child.kill('SIGKILL');
    await exited;
    const { store } = await rig.hub();
    expect((await receivedPosition(store.read, HANGZHOU, 'ev')).ack).toBeGreaterThanOrEqual(out!.acked);
    await soon(() => expect(station.link.state().queued).toBe(0), 60_000);
    await soon(async () => expect((await effects(store, 'ev')).sort()).toEqual(upTo('r', 6000).sort()), 60_000);
  });

  it('row 8: hub down to its reserve: it takes nothing and pauses the station by its window, and all arrive once there is room', async () => {
    const limits = { quotaBytes: 1e12, reserveBytes: 1 };
    const room = new DiskRoom(limits);
    const { store } = await rig.hub({ room });
    const station = await rig.station(HANGZHOU);
    await online(station);
    await emitFacts(station.store, 'hub', 'ev', 50);
    await soon(async () => expect(await effects(store, 'ev')).toHaveLength(50));
    await drained(station);

    limits.reserveBytes = Number.MAX_SAFE_INTEGER;
    expect((await room.look(store, rig.folder, 0)).short).toBe('disk.space-short');
    await emitFacts(station.store, 'hub', 'ev', 50, 51);
    await soon(() => expect(station.link.state().queued).toBe(50));
    // A word that goes both ways behind the paused lane: what was said before it has been heard.
    expect((await station.link.request('keys.person', {})).ok).toBe(false);
    expect((await receivedPosition(store.read, HANGZHOU, 'ev')).ack).toBe(50);
    expect(station.link.state().queued).toBe(50);

    limits.reserveBytes = 1;
    await room.look(store, rig.folder, 1);
    await drained(station);
    await soon(async () => expect(await effects(store, 'ev')).toEqual(upTo('r', 100)));
  });

  it('row 7: a station whose disk fills up tells the hub, which puts it before a person', async () => {
    const { store } = await rig.hub();
    const room = new DiskRoom({ quotaBytes: 1e12, reserveBytes: Number.MAX_SAFE_INTEGER });
    const station = await rig.station(HANGZHOU, { room });
    await room.look(station.store, rig.folder, 0);
    await soon(async () =>
      expect(await store.read.db.select().from(store.read.t.alarms)).toMatchObject([
        {
          code: 'disk.stops-sales',
          subject: HANGZHOU,
          detail: expect.stringMatching(/^disk.space-short queued 0 free/),
        },
      ]),
    );
  });

  it('row 20: an event that cannot be understood parks its aggregate on lane ev, and is replayed in order; lane seat stops and says so', async () => {
    const { store, close } = await rig.hub({ facts: () => ({}) });
    const station = await rig.station(HANGZHOU);
    await online(station);
    await emitFacts(station.store, 'hub', 'ev', 14);
    await emitFacts(station.store, 'hub', 'seat', 2);
    await soon(() => expect(station.link.state().queued).toBe(2));
    expect(await effects(store, 'ev')).toEqual([]);
    await close();

    const upgraded = await rig.hub({ facts: () => ledger() });
    await drained(station);
    expect(await effects(upgraded.store, 'seat')).toEqual(upTo('t', 2));
    const parked = await upgraded.hub.parked();
    expect(parked.map(({ waiting }) => waiting)).toEqual([1, 1, 1, 1, 1, 1, 1]);
    for (const { agg } of parked) await upgraded.hub.replay(HANGZHOU, agg);
    await upgraded.hub.projected();
    const order = (reason: string) => Number(reason.slice(1));
    const replayed = await effects(upgraded.store, 'ev');
    expect(replayed.toSorted((a, b) => order(a) - order(b))).toEqual(upTo('r', 14));
    for (let n = 1; n <= 7; n += 1) expect(replayed.indexOf(`r${n}`)).toBeLessThan(replayed.indexOf(`r${n + 7}`));
  });

  it('row 24: over 65,535 events queued: none of them waits in the MQTT client, and all arrive', async () => {
    const events = 70_000;
    const station = await rig.station(HANGZHOU);
    const tripId = `${HANGZHOU}-20251121-K101`;
    for (let first = 0; first < events; first += 1000) {
      await station.store.transaction(async (tx) => {
        for (let n = first + 1; n <= first + 1000; n += 1)
          await emit(
            tx,
            { peer: 'hub', type: 'trip.suspended', agg: tripId, fact: { tripId, at: 1, reason: `r${n}` } },
            Date.now(),
          );
      });
    }
    await soon(() => expect(station.link.state().queued).toBe(events));
    const { store, hub } = await rig.hub({ facts: () => ({ 'trip.suspended': async () => undefined }) });
    await soon(() => expect(station.link.state().queued).toBe(0), 60_000);
    const [{ ack } = { ack: 0 }] = await store.read.db.select().from(store.read.t.streamIn);
    expect(ack).toBe(events);
    expect(hub.refused).toEqual({});
  });
});

describe('the failure matrix, over a broker that lies', () => {
  let broker: LyingBroker;
  afterEach(() => broker.close());

  it.each([
    { row: 'row 2: PUBACK given, message dropped', lies: { loss: 0.3, duplication: 0, delayMsMax: 0 } },
    { row: 'row 9: everything delivered two or three times', lies: { loss: 0, duplication: 1, delayMsMax: 0 } },
    { row: 'row 10: reordered', lies: { loss: 0, duplication: 0, delayMsMax: 200 } },
  ])('$row: the same state as without', async ({ lies }) => {
    broker = await LyingBroker.between([HANGZHOU, SHAOXING], 20_261_121, lies);
    const { store, hub } = await broker.hub.hub();
    const caller = { id: 'hub', channel: 'web' as const, terminal: '000', clerk: null, shiftId: null };
    const answers: RequestHandlers = {
      'seat.request': ({ count }, key) =>
        answerOnce(stations[0].store, { caller, key, bodyHash: '' }, 'seat.request', 0, async (tx) => {
          await tx.db.insert(tx.t.audit).values({ at: 0, caller: 'hub', what: 'given', subject: key });
          return done({ granted: count });
        }),
    };
    const stations = [
      await broker.stations.station(HANGZHOU, { answers }),
      await broker.stations.station(SHAOXING),
    ] as const;
    await Promise.all(stations.map(online));
    for (let part = 0; part < 6; part += 1) {
      await Promise.all(
        stations.flatMap((station) => [
          emitFacts(station.store, 'hub', 'ev', 150, 1 + part * 150),
          emitFacts(station.store, 'hub', 'seat', 4, 1 + part * 4),
        ]),
      );
      await emitFacts(store, HANGZHOU, 'seat', 5, 1 + part * 5);
    }
    const wish = { tripId: `${HANGZHOU}-20251121-K101`, from: 0, to: 1, count: 3 };
    const asked = await hub.request(HANGZHOU, 'seat.request', wish, 'wish-1');
    expect(asked).toSatisfy((answer: typeof asked) => answer.ok || answer.refusal.code === 'link.no-answer');
    await Promise.all(stations.map((station) => soon(() => expect(station.link.state().queued).toBe(0), 60_000)));
    await hub.projected();
    const twice = (prefix: string, count: number) => [...upTo(prefix, count), ...upTo(prefix, count)].sort();
    expect((await effects(store, 'ev')).sort()).toEqual(twice('r', 900));
    expect((await effects(store, 'seat')).sort()).toEqual(twice('t', 24));
    await soon(async () => expect(await effects(stations[0].store, 'seat')).toEqual(upTo('t', 30)), 60_000);
    const given = await effects(stations[0].store, 'given');
    expect(given.length).toBeLessThanOrEqual(1);
    if (asked.ok) expect(given).toEqual(['wish-1']);
    const { lost, doubled } = broker.carried;
    expect(lost > 0).toBe(lies.loss > 0);
    expect(doubled > 0).toBe(lies.duplication > 0);
    expect([...stations[0].notes, ...stations[1].notes].filter(({ event }) => event === 'link.fenced')).toEqual([]);
  });
});
