import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { saleStop } from '@lianpiao/agent/selling/sale-stops';
import { done, refuse } from '@lianpiao/shared/domain/outcome';
import { openMqttSession } from '@lianpiao/shared/link/mqtt-session';
import { encodeFrame } from '@lianpiao/shared/protocol/frame';
import { upTopic } from '@lianpiao/shared/protocol/topics';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { effects, emitFacts, HANGZHOU, LinkRig, ledger, SHAOXING, upTo } from './link-rig.ts';

let rig: LinkRig;
beforeEach(async () => {
  rig = await LinkRig.open();
});
afterEach(() => rig.close());

const soon = (check: () => unknown, timeout = 20_000) => vi.waitFor(check, { timeout, interval: 20 });
type Station = Awaited<ReturnType<LinkRig['station']>>;
const online = (station: Station) =>
  soon(() => expect(station.link.state()).toMatchObject({ online: true, stopped: null }));
const drained = (station: Station) => soon(() => expect(station.link.state().queued).toBe(0));

describe('the station link over a broker with TLS', () => {
  it('brings facts of two stations and of the hub to one effect each, in order', async () => {
    const { hub, store } = await rig.hub();
    const stations = [await rig.station(HANGZHOU), await rig.station(SHAOXING)];
    await Promise.all(stations.map(online));
    await Promise.all([
      ...stations.map((station) => emitFacts(station.store, 'hub', 'ev', 500)),
      ...stations.map((station) => emitFacts(station.store, 'hub', 'seat', 20)),
      emitFacts(store, HANGZHOU, 'seat', 30),
    ]);
    await Promise.all(stations.map(drained));
    await soon(async () => expect(await effects(store, 'ev')).toHaveLength(1000));
    expect((await effects(store, 'ev')).sort()).toEqual([...upTo('r', 500), ...upTo('r', 500)].sort());
    await soon(async () => expect(await effects(stations[0]!.store, 'seat')).toEqual(upTo('t', 30)));
    expect(await effects(stations[1]!.store, 'seat')).toEqual([]);
    expect(
      hub
        .freshness()
        .map(({ station, online: up, stopped }) => ({ station, up, stopped }))
        .sort((a, b) => (a.station < b.station ? -1 : 1)),
    ).toEqual([
      { station: HANGZHOU, up: true, stopped: null },
      { station: SHAOXING, up: true, stopped: null },
    ]);
    expect(Math.abs(stations[0]!.clock.offsetMs!)).toBeLessThan(1000);
  });

  it('goes on with both ends after a hub was killed and came back while the station went on selling', async () => {
    const station = await rig.station(HANGZHOU);
    const first = await rig.hubProcess('run');
    await online(station);
    await emitFacts(station.store, 'hub', 'ev', 200);
    first.child.kill('SIGKILL');
    await first.exited;
    await emitFacts(station.store, 'hub', 'ev', 200, 201);
    const { store } = await rig.hub();
    await drained(station);
    await soon(async () => expect(await effects(store, 'ev')).toEqual(upTo('r', 400)));
  });

  it('row 22: a frame with a wrong MAC or an unknown key is dropped, counted and reported, and everything else goes on', async () => {
    const { hub, store, notes } = await rig.hub();
    const station = await rig.station(HANGZHOU);
    await online(station);
    const topic = upTopic(HANGZHOU, 'ev');
    const forged = encodeFrame({ keyNo: 1, secret: Buffer.alloc(32, 9) }, topic, { k: 'batch' });
    const unknown = encodeFrame({ keyNo: 7, secret: Buffer.alloc(32, 9) }, topic, { k: 'batch' });
    if (!forged.ok || !unknown.ok) throw new Error('not framed');
    let sent = 0;
    const intruder = openMqttSession({
      urls: rig.brokers as [string],
      tls: await rig.tlsOf(HANGZHOU),
      clientId: `ag-${HANGZHOU}-intruder-c`,
      subscriptions: [],
      onMessage: () => undefined,
      onUp: () => {
        for (const payload of [forged.value, unknown.value, Buffer.from('rubbish'), forged.value])
          if (intruder.publish(topic, payload)) sent += 1;
      },
      onDown: () => undefined,
      random: Math.random,
    });
    await soon(() => expect(sent).toBe(4));
    await emitFacts(station.store, 'hub', 'ev', 20);
    await soon(() =>
      expect(hub.refused).toMatchObject({ 'frame.wrong-mac': 2, 'frame.unknown-key': 1, 'frame.too-short': 1 }),
    );
    await intruder.close();
    await drained(station);
    await soon(async () => expect(await effects(store, 'ev')).toEqual(upTo('r', 20)));
    expect(notes).toContainEqual(
      expect.objectContaining({ event: 'frame.refused', code: 'frame.wrong-mac', keyNo: 1 }),
    );
  });

  it('answers questions both ways, refuses with the other side’s reason, and says at once when nobody is there', async () => {
    const tripId = `${HANGZHOU}-20251121-K101`;
    const ticketNo = '0'.repeat(20);
    const asked: string[] = [];
    const station = await rig.station(HANGZHOU, {
      answers: {
        'seat.request': async ({ count }, id) => {
          asked.push(id);
          return done({ granted: count });
        },
      },
    });
    expect(await station.link.request('ticket.view', { ticketNo })).toMatchObject({
      refusal: { code: 'link.offline' },
    });
    const { hub } = await rig.hub({
      answers: () => ({ 'ticket.view': async () => refuse({ code: 'ticket.unknown', ticketNo }) }),
    });
    await online(station);
    expect(await station.link.request('ticket.view', { ticketNo })).toMatchObject({
      refusal: { code: 'ticket.unknown' },
    });
    expect(await station.link.request('order.find', { pickupCode: '12345678' })).toMatchObject({
      refusal: { code: 'request.unknown-kind' },
    });
    const wish = { tripId, from: 0, to: 1, count: 3 };
    expect(await hub.request(HANGZHOU, 'seat.request', wish, 'wish-1')).toEqual({ ok: true, value: { granted: 3 } });
    expect(await hub.request(HANGZHOU, 'seat.request', wish, 'wish-1')).toEqual({ ok: true, value: { granted: 3 } });
    expect(await hub.request(HANGZHOU, 'seat.request', { ...wish, count: 4 }, 'wish-1')).toMatchObject({
      refusal: { code: 'call.key-reused' },
    });
    expect(asked).toEqual(['wish-1']);
    expect(await hub.request(SHAOXING, 'seat.request', wish)).toMatchObject({ refusal: { code: 'link.offline' } });
  });

  it('finds out what became of a question that got no answer', async () => {
    const ticketNo = '0'.repeat(20);
    const state = { answer: { ticketNo, refundFen: 100, feeFen: 0, payout: 'paid' as const } };
    const seen = new Set<string>();
    const { store } = await rig.hub({
      answers: () => ({
        'ticket.refund': (_body, id) => {
          if (id === 'wish-1') seen.add(id);
          return new Promise(() => undefined);
        },
        'intent.state': async ({ key }) =>
          seen.has(key)
            ? done({ state: 'yes' as const, answer: state.answer })
            : done({ state: 'never-seen' as const }),
      }),
    });
    const station = await rig.station(HANGZHOU);
    await online(station);
    const wish = { ticketNo, quoteId: 'q1', payer: HANGZHOU };
    const asked = [
      station.link.request('ticket.refund', wish, 'wish-1'),
      station.link.request('ticket.refund', wish, 'wish-2'),
    ];
    expect(await Promise.all(asked)).toMatchObject([
      { refusal: { code: 'link.no-answer' } },
      { refusal: { code: 'link.no-answer' } },
    ]);
    await soon(() => expect(station.notes.filter((note) => note.event === 'intent.resolved')).toHaveLength(2));
    expect(await station.link.request('ticket.refund', wish, 'wish-1')).toEqual({ ok: true, value: state.answer });
    expect(await station.link.request('ticket.refund', wish, 'wish-2')).toMatchObject({
      refusal: { code: 'link.wish-expired' },
    });
    expect(await effects(store, 'ev')).toEqual([]);
  });

  it('row 11: a copy on another machine may not sell, and the station is not disturbed', async () => {
    const { store, notes } = await rig.hub();
    const station = await rig.station(HANGZHOU);
    await online(station);
    await emitFacts(station.store, 'hub', 'ev', 3);
    await drained(station);
    await copyFile(join(rig.folder, `${HANGZHOU}.db`), join(rig.folder, 'copy.db'));
    const copy = await rig.station(HANGZHOU, { file: 'copy.db', installId: 'another-machine' });
    await soon(() => expect(copy.link.state().stopped).toBe('link.other-machine'));
    await soon(async () => expect(await saleStop(copy.store.read)).toMatchObject({ code: 'link.other-machine' }));
    expect(notes).toContainEqual(expect.objectContaining({ event: 'link.fenced', code: 'link.other-machine' }));

    expect(station.link.state()).toMatchObject({ online: true, stopped: null });
    expect(await saleStop(station.store.read)).toBeNull();
    await emitFacts(station.store, 'hub', 'ev', 3, 4);
    await drained(station);
    await soon(async () => expect(await effects(store, 'ev')).toEqual(upTo('r', 6)));
    await copy.close();
    const restarted = await rig.station(HANGZHOU, { file: 'copy.db', installId: 'another-machine' });
    expect(await saleStop(restarted.store.read)).toMatchObject({ code: 'link.other-machine' });
  });

  it('puts what a station wrote on an older copy behind what it had lost, and stops a copy that another machine runs', async () => {
    const { store, notes } = await rig.hub();
    const station = await rig.station(HANGZHOU);
    await online(station);
    await emitFacts(station.store, 'hub', 'ev', 3);
    await drained(station);
    await station.close();
    await copyFile(join(rig.folder, `${HANGZHOU}.db`), join(rig.folder, 'old.db'));
    const again = await rig.station(HANGZHOU);
    await emitFacts(again.store, 'hub', 'ev', 3, 4);
    await drained(again);
    await again.close();

    const restored = await rig.station(HANGZHOU, { file: 'old.db', ownFacts: () => ledger() });
    await emitFacts(restored.store, 'hub', 'ev', 1, 99);
    await soon(async () => expect(await effects(store, 'ev')).toEqual([...upTo('r', 6), 'r99']));
    expect(await effects(restored.store, 'ev')).toEqual(upTo('r', 6).slice(3));
    await restored.close();
    const clone = await rig.station(HANGZHOU, { installId: 'another-machine' });
    await soon(() => expect(clone.link.state().stopped).toBe('link.other-machine'));
    await soon(async () =>
      expect(await saleStop(clone.store.read)).toMatchObject({ cause: 'fence', code: 'link.other-machine' }),
    );
    const told = { event: 'link.fenced', station: HANGZHOU, code: 'link.other-machine', by: 'hub' };
    expect(notes).toContainEqual(expect.objectContaining(told));
    expect(await effects(store, 'ev')).toEqual([...upTo('r', 6), 'r99']);
  });
});
