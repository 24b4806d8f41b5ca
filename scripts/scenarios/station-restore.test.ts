import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Agent } from '@lianpiao/agent/agent';
import { giveSeats } from '@lianpiao/agent/seats/give-seats';
import { holdSeats } from '@lianpiao/agent/seats/hold-seats';
import { listUncertain } from '@lianpiao/agent/seats/list-uncertain';
import { releaseUncertain } from '@lianpiao/agent/seats/release-uncertain';
import { saleStop } from '@lianpiao/agent/selling/sale-stops';
import type { AgentStore } from '@lianpiao/agent/store/open-agent-store';
import { hubFacts } from '@lianpiao/agent/sync/hub-facts';
import { rebuildFacts } from '@lianpiao/agent/sync/rebuild-facts';
import { aSale } from '@lianpiao/agent/testing/a-sale';
import { CLERK, call } from '@lianpiao/agent/testing/fresh-agent';
import { sell } from '@lianpiao/agent/tickets/sell';
import { voidTicket } from '@lianpiao/agent/tickets/void-ticket';
import { importTrips } from '@lianpiao/agent/trips/import-trips';
import { disputedRows, forksKept } from '@lianpiao/hub/forks/list-forks';
import { pickSide } from '@lianpiao/hub/forks/pick-side';
import { settleDisputed } from '@lianpiao/hub/forks/settle-disputed';
import { leaseNumbers } from '@lianpiao/hub/stations/lease-numbers';
import type { HubStore } from '@lianpiao/hub/store/hub-store';
import { sealingKey } from '@lianpiao/shared/crypto/sm4';
import type { StationCode } from '@lianpiao/shared/domain/codes';
import { addDays, serviceDateOf } from '@lianpiao/shared/domain/service-day';
import { positionsOf } from '@lianpiao/shared/link/stream-rows';
import { DiskRoom } from '@lianpiao/shared/store/disk/disk-room';
import { personVault } from '@lianpiao/shared/store/person-vault';
import { emit } from '@lianpiao/shared/store/streams';
import { aPassenger, aTrip } from '@lianpiao/shared/testing/builders';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HANGZHOU, LinkRig } from './link-rig.ts';

let rig: LinkRig;
beforeEach(async () => {
  rig = await LinkRig.open();
});
afterEach(() => rig.close());

const soon = (check: () => unknown, timeout = 20_000) => vi.waitFor(check, { timeout, interval: 20 });
const now = () => Date.now();
const trip = aTrip({ seatCount: 8, serviceDate: addDays(serviceDateOf(now(), 'Asia/Shanghai'), 2) });
const ride = { tripId: trip.tripId, from: 0, to: 2 };
const OPERATOR = { id: 'operator', channel: 'other', terminal: '000', clerk: 'op', shiftId: null } as const;
const FILE = `${HANGZHOU}.db`;
const MARKER = 'elsewhere.run-marker';

let ids = 0;
function agentOn(store: AgentStore): Agent {
  const persons = personVault(Buffer.alloc(32, 7));
  const month = Number(trip.serviceDate.slice(0, 6));
  for (const keyNo of [month - 1, month, month + 1]) persons.load(sealingKey(keyNo, Buffer.alloc(32, 1)));
  const newId = () => `id-${ids++}`;
  return { store, persons, room: new DiskRoom(), newId, station: { code: HANGZHOU as StationCode, name: '杭州' } };
}

async function station() {
  const running = await rig.station(HANGZHOU, {
    file: FILE,
    marker: MARKER,
    facts: (store) => hubFacts(agentOn(store)),
    ownFacts: (store) => rebuildFacts(agentOn(store)),
  });
  return { ...running, agent: agentOn(running.store) };
}
const ranges = async ({ read }: AgentStore) =>
  (await read.db.select().from(read.t.numberRanges)).filter(({ terminal }) => terminal === CLERK.terminal);

/** What a station's day is made of. Idle hours of a database do not show in it. */
async function businessRows({ read }: AgentStore) {
  const { trips, tickets, orders, seats, transfers, outbox, departures } = read.t;
  const { tripId, seat, mine, owed, sold, freed } = seats;
  const owned = { tripId, seat, mine, owed, sold, freed };
  return {
    trips: await read.db.select().from(trips).orderBy(trips.tripId),
    tickets: await read.db.select().from(tickets).orderBy(tickets.ticketNo),
    orders: await read.db.select().from(orders).orderBy(orders.orderId),
    transfers: await read.db.select().from(transfers).orderBy(transfers.transferId),
    departures: await read.db.select().from(departures),
    // What the clocks showed beside a fact stays where it happened, and is lost with it.
    outbox: (await read.db.select().from(outbox).orderBy(outbox.lane, outbox.seq)).map((row) => ({
      ...row,
      wallAt: null,
      offsetMs: null,
      monoMs: null,
    })),
    seats: await read.db.select(owned).from(seats).orderBy(tripId, seat),
  };
}

/** The hub has everything that the station has written so far, and the station has written down that it has. */
async function delivered(hub: { readonly store: HubStore }, { store, link }: Awaited<ReturnType<typeof station>>) {
  const { next } = (await positionsOf(store.read, 'hub')).ev.out;
  await soon(async () => expect((await positionsOf(hub.store.read, HANGZHOU)).ev.in.ack).toBe(next - 1));
  await soon(async () => expect((await positionsOf(store.read, 'hub')).ev.out.acked).toBe(next - 1));
  await soon(() => expect(link.state()).toMatchObject({ online: true, queued: 0 }));
}

describe('a station that was restored', () => {
  it('row 26: sells nothing, gets a new incarnation and new numbers, and keeps uncertain seats blocked', async () => {
    const hub = await rig.hub();
    await hub.store.transaction((tx) => leaseNumbers(tx, HANGZHOU, now()));
    const first = await station();
    await soon(async () => expect(await ranges(first.store)).toMatchObject([{ first: 0, next: 0 }]));
    await aSale(first.agent, { trip, now: now() });
    await delivered(hub, first);
    await first.close();
    await copyFile(join(rig.folder, FILE), join(rig.folder, 'backup.db'));

    // What the backup does not have: a sale that the hub never heard of, and a seat that the hub gave.
    await hub.close();
    const lost = await station();
    await aSale(lost.agent, { trip, now: now(), first: 1 });
    await lost.close();
    await copyFile(join(rig.folder, 'backup.db'), join(rig.folder, FILE));

    const restored = await station();
    expect(await saleStop(restored.store.read)).toMatchObject({ cause: 'continuity', code: 'station.database-older' });
    expect(await holdSeats(restored.agent, call(), { ...ride, count: 1 }, now())).toMatchObject({
      refusal: { code: 'station.may-not-sell', why: 'station.database-older' },
    });

    const back = await rig.hub();
    const fact = { transferId: 'from-the-hub', tripId: trip.tripId, epoch: 1, seat: '99', legs: 3 };
    await back.store.transaction((tx) =>
      emit(tx, { peer: HANGZHOU, type: 'seat.granted', agg: trip.tripId, fact }, now()),
    );
    await soon(async () => expect(await saleStop(restored.store.read)).toBeNull());
    expect(back.notes).toContainEqual(expect.objectContaining({ event: 'link.new-incarnation', incarnation: 2 }));
    expect(await ranges(restored.store)).toMatchObject([{ first: 10_000, next: 10_000 }]);

    const uncertain = await listUncertain(restored.agent);
    expect(uncertain.map(({ seat }) => seat)).toEqual(['02', '03', '04', '05', '06', '07', '08', '99']);
    expect(await holdSeats(restored.agent, call(), { ...ride, count: 1 }, now())).toMatchObject({ ok: false });
    const machine = { ...CLERK, clerk: null };
    const wish = { tripId: trip.tripId, seats: ['08'] };
    expect(await releaseUncertain(restored.agent, call(machine), wish, now())).toMatchObject({
      refusal: { code: 'auth.not-permitted' },
    });
    expect(await releaseUncertain(restored.agent, call(), wish, now())).toMatchObject({ ok: true });
    expect(await releaseUncertain(restored.agent, call(), wish, now())).toMatchObject({
      refusal: { code: 'seat.not-uncertain' },
    });
    const held = await holdSeats(restored.agent, call(), { ...ride, count: 1 }, now());
    if (!held.ok) throw new Error(held.refusal.code);
    expect(held.value.seats).toEqual(['08']);
    const passengers = [{ ...aPassenger(3), fareType: 'full' as const }];
    const sale = { passengers, payMethod: 'cash' as const, insuranceFenEach: 0, print: false };
    const sold = await sell(restored.agent, call(), { ...sale, holdId: held.value.holdId }, now());
    expect(sold).toMatchObject({ ok: true, value: { tickets: [{ ticketNo: `${HANGZHOU}10010010000` }] } });

    await restored.close();
    const restarted = await station();
    expect(await saleStop(restarted.store.read)).toBeNull();
    await soon(() => expect(restarted.link.state()).toMatchObject({ online: true, queued: 0 }));
    expect(await listUncertain(restarted.agent)).toHaveLength(7);
  });

  it('row 15: stops link and sales when two histories have grown from one copy, until a person picks the one that goes on', async () => {
    const hub = await rig.hub();
    await hub.store.transaction((tx) => leaseNumbers(tx, HANGZHOU, now()));
    const first = await station();
    await soon(async () => expect(await ranges(first.store)).toHaveLength(1));
    const early = await aSale(first.agent, { trip, now: now(), count: 2 });
    await delivered(hub, first);
    await first.close();
    await copyFile(join(rig.folder, FILE), join(rig.folder, 'backup.db'));
    await copyFile(join(rig.folder, MARKER), join(rig.folder, 'backup.marker'));
    const one = await station();
    const sold = await aSale(one.agent, { trip, now: now(), first: 3, count: 2 });
    await delivered(hub, one);
    const { tickets } = one.store.read.t;
    const picked = await one.store.read.db.select().from(tickets).orderBy(tickets.ticketNo);
    await one.close();
    await hub.close();
    await copyFile(join(rig.folder, 'backup.db'), join(rig.folder, FILE));
    await copyFile(join(rig.folder, 'backup.marker'), join(rig.folder, MARKER));

    // The other history: the same numbers and seats for other passengers, an old ticket voided, a seat given away, a trip.
    const other = await station();
    const voided = await voidTicket(other.agent, call(), early.tickets[1]!.ticketNo, now());
    expect(voided).toMatchObject({ ok: true });
    const twin = await aSale(other.agent, { trip, now: now(), first: 6, count: 3 });
    expect(twin.tickets.map(({ ticketNo }) => ticketNo)).toContain(sold.tickets[0]!.ticketNo);
    await giveSeats(other.agent, call(), { ...ride, count: 2 }, now());
    await importTrips(other.agent, [aTrip({ tripNo: 'K109', serviceDate: trip.serviceDate })], now());
    const again = await rig.hub();
    await soon(() => expect(other.link.state().stopped).toBe('link.streams-forked'));
    await soon(async () => expect(await saleStop(other.store.read)).toMatchObject({ code: 'link.streams-forked' }));
    await soon(() =>
      expect(again.hub.freshness()).toMatchObject([
        { station: HANGZHOU, online: false, stopped: 'link.streams-forked' },
      ]),
    );
    expect(await holdSeats(other.agent, call(), { ...ride, count: 1 }, now())).toMatchObject({
      refusal: { code: 'station.may-not-sell', why: 'link.streams-forked' },
    });
    await soon(async () => expect(await forksKept(again.store.read)).toMatchObject([{ state: 'open' }]));
    const { alarms } = again.store.read.t;
    expect(await again.store.read.db.select().from(alarms)).toMatchObject([
      { code: 'link.streams-forked', subject: HANGZHOU },
    ]);

    const pick = (keep: 'hub' | 'station') => pickSide(again.store, OPERATOR, HANGZHOU, keep, now());
    expect(await pick('station')).toMatchObject({ refusal: { code: 'fork.only-hub' } });
    expect(await pick('hub')).toMatchObject({ ok: true });
    expect(await pick('hub')).toMatchObject({ ok: true });
    await other.close();
    const back = await station();
    await soon(async () => expect(await saleStop(back.store.read)).toBeNull());
    const [fork] = await forksKept(again.store.read);
    expect(fork).toMatchObject({ state: 'over', common: { seat: 0 } });
    const rows = await disputedRows(again.store.read, fork!.id, { lane: 'ev', after: 0 });
    expect(rows.map(({ type }) => type)).toEqual([
      'ticket.voided',
      ...twin.tickets.map(() => 'ticket.sold'),
      'trip.published',
    ]);
    const given = await disputedRows(again.store.read, fork!.id, { lane: 'seat', after: 0 });
    expect(given.map(({ type }) => type)).toEqual(['seat.granted', 'seat.granted']);
    expect(rows[0]!.seq).toBe(fork!.common.ev! + 1);
    const settled = { fork: fork!.id, lane: 'ev', seq: rows[0]!.seq } as const;
    expect(await settleDisputed(again.store, OPERATOR, settled, 'paid back', now())).toMatchObject({ ok: true });
    expect(await settleDisputed(again.store, OPERATOR, settled, 'twice', now())).toMatchObject({
      refusal: { code: 'fork.not-disputed' },
    });

    // The station is what the picked history says, and no seat and no number goes twice.
    expect(await back.store.read.db.select().from(tickets).orderBy(tickets.ticketNo)).toEqual(picked);
    const uncertain = (await listUncertain(back.agent)).map(({ seat }) => seat);
    expect(uncertain).toHaveLength(8 - picked.length);
    for (const { seat } of picked) expect(uncertain).not.toContain(seat);
    expect(await holdSeats(back.agent, call(), { ...ride, count: 1 }, now())).toMatchObject({ ok: false });
    await releaseUncertain(back.agent, call(), { tripId: trip.tripId, seats: [uncertain[0]!] }, now());
    const next = await aSale(back.agent, { trip, now: now(), first: 20 });
    expect(next.tickets).toMatchObject([{ ticketNo: `${HANGZHOU}10010010000`, seat: uncertain[0]! }]);
    await delivered(again, back);
    const { transfers } = again.store.read.t;
    expect(await again.store.read.db.select().from(transfers)).toEqual([]);
  });

  it('row 13: gets back what it has lost, whatever its marker says, and then sells with new numbers, no seat twice', async () => {
    const hub = await rig.hub();
    await hub.store.transaction((tx) => leaseNumbers(tx, HANGZHOU, now()));
    const first = await station();
    await soon(async () => expect(await ranges(first.store)).toHaveLength(1));
    await aSale(first.agent, { trip, now: now() });
    await delivered(hub, first);
    await first.close();
    await copyFile(join(rig.folder, FILE), join(rig.folder, 'backup.db'));
    await copyFile(join(rig.folder, MARKER), join(rig.folder, 'backup.marker'));

    // Two days of work, all of which the hub has: a sale, a trip, two seats for the hub.
    const lost = await station();
    const more = aTrip({ tripNo: 'K106', serviceDate: trip.serviceDate, seatCount: 4 });
    await aSale(lost.agent, { trip: more, now: now(), first: 1, count: 2 });
    const sold = await aSale(lost.agent, { trip, now: now(), first: 3 });
    await giveSeats(lost.agent, call(), { ...ride, count: 2 }, now());
    await delivered(hub, lost);
    const before = await businessRows(lost.store);
    await lost.close();
    await copyFile(join(rig.folder, 'backup.db'), join(rig.folder, FILE));
    await copyFile(join(rig.folder, 'backup.marker'), join(rig.folder, MARKER));

    const restored = await station();
    await soon(() => expect(restored.notes).toContainEqual(expect.objectContaining({ event: 'station.rebuilt' })));
    await soon(async () => expect(await listUncertain(restored.agent)).not.toEqual([]));
    expect(await saleStop(restored.store.read)).toBeNull();
    expect(await businessRows(restored.store)).toEqual(before);
    expect(await ranges(restored.store)).toMatchObject([{ first: 10_000, next: 10_000 }]);
    expect(hub.notes).toContainEqual(expect.objectContaining({ event: 'link.new-incarnation', incarnation: 2 }));

    const uncertain = (await listUncertain(restored.agent)).filter(({ tripId }) => tripId === trip.tripId);
    expect(uncertain.map(({ seat }) => seat)).not.toContain(sold.tickets[0]!.seat);
    expect(uncertain).toHaveLength(4);
    await releaseUncertain(restored.agent, call(), { tripId: trip.tripId, seats: [uncertain[0]!.seat] }, now());
    const next = await aSale(restored.agent, { trip, now: now(), first: 9 });
    expect(next.tickets).toMatchObject([{ ticketNo: `${HANGZHOU}10010010000`, seat: uncertain[0]!.seat }]);
    await delivered(hub, restored);
  });
});
