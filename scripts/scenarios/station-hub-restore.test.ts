import { copyFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Agent } from '@lianpiao/agent/agent';
import { giveSeats } from '@lianpiao/agent/seats/give-seats';
import { saleStop } from '@lianpiao/agent/selling/sale-stops';
import type { AgentStore } from '@lianpiao/agent/store/open-agent-store';
import { hubFacts } from '@lianpiao/agent/sync/hub-facts';
import { rebuildFacts } from '@lianpiao/agent/sync/rebuild-facts';
import { aSale } from '@lianpiao/agent/testing/a-sale';
import { call } from '@lianpiao/agent/testing/fresh-agent';
import { importTrips } from '@lianpiao/agent/trips/import-trips';
import type { Hub } from '@lianpiao/hub/hub';
import { NO_MONEY } from '@lianpiao/hub/inventory/no-money';
import { projections } from '@lianpiao/hub/inventory/projections';
import { SeatRequests } from '@lianpiao/hub/inventory/seat-requests';
import { holdSeats } from '@lianpiao/hub/orders/hold-seats';
import { lostFacts } from '@lianpiao/hub/restore/lost-facts';
import { releaseSeats, releaseStation } from '@lianpiao/hub/restore/release-withheld';
import { leaseNumbers } from '@lianpiao/hub/stations/lease-numbers';
import type { HubStore } from '@lianpiao/hub/store/hub-store';
import { systemClock } from '@lianpiao/shared/clock';
import { sealingKey } from '@lianpiao/shared/crypto/sm4';
import type { StationCode } from '@lianpiao/shared/domain/codes';
import { allLegs, type LegMask, meets, NO_LEGS } from '@lianpiao/shared/domain/legs';
import { refuse } from '@lianpiao/shared/domain/outcome';
import { addDays, serviceDateOf } from '@lianpiao/shared/domain/service-day';
import { positionsOf } from '@lianpiao/shared/link/stream-rows';
import { DiskRoom } from '@lianpiao/shared/store/disk/disk-room';
import { personVault } from '@lianpiao/shared/store/person-vault';
import { claimSeats } from '@lianpiao/shared/store/seats/claim-seats';
import { grantLegs } from '@lianpiao/shared/store/seats/grant-seats';
import { seatsOfTrip } from '@lianpiao/shared/store/seats/seat-rows';
import { sellHold } from '@lianpiao/shared/store/seats/sell-hold';
import type { Store } from '@lianpiao/shared/store/store';
import { emit } from '@lianpiao/shared/store/streams';
import type { SharedTables } from '@lianpiao/shared/store/tables/shared';
import { findTicket, insertTicket } from '@lianpiao/shared/store/tickets/ticket-rows';
import { aTrip } from '@lianpiao/shared/testing/builders';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HANGZHOU, LinkRig, SHAOXING } from './link-rig.ts';

let rig: LinkRig;
beforeEach(async () => {
  rig = await LinkRig.open();
});
afterEach(() => rig.close());

const soon = (check: () => unknown, timeout = 20_000) => vi.waitFor(check, { timeout, interval: 20 });
const now = () => Date.now();
const trip = aTrip({ seatCount: 6, serviceDate: addDays(serviceDateOf(now(), 'Asia/Shanghai'), 2) });
const { tripId } = trip;
const LEGS = allLegs(trip.stops.length);
const OPERATOR = { id: 'operator', channel: 'other', terminal: '000', clerk: 'op', shiftId: null } as const;

function vault() {
  const persons = personVault(Buffer.alloc(32, 7));
  const month = Number(trip.serviceDate.slice(0, 6));
  for (const keyNo of [month - 1, month, month + 1]) persons.load(sealingKey(keyNo, Buffer.alloc(32, 1)));
  return persons;
}

let ids = 0;
const newId = () => `id-${ids++}`;

async function hub(file = 'hub.db') {
  return rig.hub((store) => {
    const parts = { store, persons: vault(), clock: systemClock, newId, money: NO_MONEY } as unknown as Hub;
    return { facts: () => projections(parts), lostFacts: lostFacts(parts) };
  }, file);
}

function agentOn(store: AgentStore): Agent {
  return {
    store,
    room: new DiskRoom(),
    persons: vault(),
    newId,
    station: { code: HANGZHOU as StationCode, name: '杭州' },
  };
}

async function station() {
  const facts = (store: AgentStore) => hubFacts(agentOn(store));
  const running = await rig.station(HANGZHOU, { facts, ownFacts: (store) => rebuildFacts(agentOn(store)) });
  return { ...running, agent: agentOn(running.store) };
}

type Station = Awaited<ReturnType<typeof station>>;

/** Everything has arrived, both ways, and both sides have written down that it has. */
async function delivered({ store }: { readonly store: HubStore }, there: Station) {
  await soon(async () => {
    const [ours, theirs] = [await positionsOf(store.read, HANGZHOU), await positionsOf(there.store.read, 'hub')];
    for (const lane of ['seat', 'ev'] as const) {
      expect(ours[lane].in.ack).toBe(theirs[lane].out.next - 1);
      expect(theirs[lane].out.acked).toBe(theirs[lane].out.next - 1);
      expect(theirs[lane].in.ack).toBe(ours[lane].out.next - 1);
      expect(ours[lane].out.acked).toBe(ours[lane].out.next - 1);
    }
  });
}

/** What a channel's sale leaves behind: a claimed seat, a ticket of the hub, and the word to the boarding station. */
async function hubSells(store: HubStore, ticketNo: string): Promise<string> {
  return store.transaction(async (tx) => {
    const hold = { holdId: newId(), tripId, from: 0, to: 2, count: 1, caller: 'web', expiresAt: now() + 1000 };
    const claimed = await claimSeats(tx, hold, now());
    if (!claimed.ok) throw new Error(claimed.refusal.code);
    await sellHold(tx, hold.holdId, now());
    const seat = claimed.value[0]!;
    const fare = { fareType: 'full', fareFen: 4000, insuranceFen: 0, payMethod: 'psp', channel: 'web' } as const;
    const sale = { seller: 'web', terminal: '001', clerk: null, shiftId: null, rules: 'r', soldAt: now() };
    const ride = { tripId, epoch: 1, seat, legs: LEGS, from: 0, to: 2, home: 'hub', printSeq: 0 };
    const ticket = { ticketNo, orderId: newId(), ...ride, ...fare, ...sale, bizDate: trip.serviceDate };
    await insertTicket(tx, ticket, null);
    await emit(tx, { peer: HANGZHOU, type: 'hub-ticket.sold', agg: tripId, fact: ticket }, now());
    return seat;
  });
}

/** The hub gives a free seat back to its station. */
async function hubGivesBack(store: HubStore): Promise<string> {
  return store.transaction(async (tx) => {
    const free = (await seatsOfTrip(tx, tripId)).find(({ mine, sold }) => mine === LEGS && sold === NO_LEGS)!;
    const grant = { transferId: newId(), tripId, epoch: 1, seat: free.seat, legs: LEGS, peer: HANGZHOU };
    await grantLegs(tx, grant, now());
    return free.seat;
  });
}

async function expectOneOwner(ours: HubStore, theirs: AgentStore): Promise<void> {
  const of = async (store: Store<SharedTables>) =>
    new Map((await seatsOfTrip(store.read, tripId)).map((seat) => [seat.seat, seat]));
  const [hubSeats, own] = [
    await of(ours as unknown as Store<SharedTables>),
    await of(theirs as unknown as Store<SharedTables>),
  ];
  for (const seat of trip.seats) {
    const [a, b] = [own.get(seat)!, hubSeats.get(seat)];
    const mine: LegMask = b?.mine ?? NO_LEGS;
    expect(meets(a.mine, mine)).toBe(false);
    expect(a.mine + mine).toBe(LEGS);
    expect(a.owed + (b?.owed ?? 0)).toBe(0);
  }
}

const withheld = async ({ read }: HubStore) =>
  (await read.db.select().from(read.t.withheldSeats)).map(({ seat, why }) => ({ seat, why }));

/** A hub with four seats of a trip, its backup, and a station that it has leased numbers to. */
async function backedUp() {
  const first = await hub();
  const there = await station();
  await first.store.transaction((tx) => leaseNumbers(tx, HANGZHOU, now()));
  await importTrips(there.agent, [trip], now());
  await giveSeats(there.agent, call(), { tripId, from: 0, to: 2, count: 4 }, now());
  await delivered(first, there);
  await soon(async () => expect(await seatsOfTrip(first.store.read, tripId)).toHaveLength(4));
  await first.close();
  await copyFile(join(rig.folder, 'hub.db'), join(rig.folder, 'hub-backup.db'));
  return there;
}

async function restored() {
  for (const end of ['-wal', '-shm']) await rm(join(rig.folder, `hub.db${end}`), { force: true });
  await copyFile(join(rig.folder, 'hub-backup.db'), join(rig.folder, 'hub.db'));
  return hub();
}

describe('a hub that was restored', () => {
  it('row 14: sells nothing until its stations were heard, has again what they confirm, and every leg has one owner', async () => {
    const there = await backedUp();
    const lost = await hub();
    await soon(() => expect(there.link.state().online).toBe(true));
    const sold = await hubSells(lost.store, '33000090010010000000');
    await hubGivesBack(lost.store);
    await lost.store.transaction((tx) => leaseNumbers(tx, HANGZHOU, now(), true));
    await importTrips(there.agent, [aTrip({ tripNo: 'K107', serviceDate: trip.serviceDate })], now());
    await delivered(lost, there);
    await lost.close();
    await there.close();

    const back = await restored();
    expect(await withheld(back.store)).toEqual(
      (await seatsOfTrip(back.store.read, tripId)).map(({ seat }) => ({ seat, why: 'frozen' })),
    );
    await expect(hubSells(back.store, '33000090010010000001')).rejects.toThrow('seat.sold-out');
    const again = await station();
    await soon(() => expect(back.notes).toContainEqual({ event: 'hub.station-heard', station: HANGZHOU }));
    await delivered(back, again);
    expect(back.notes).toContainEqual(expect.objectContaining({ event: 'hub.facts-came-back' }));
    expect(await findTicket(back.store.read, '33000090010010000000')).toMatchObject({ seat: sold, state: 'sold' });
    await expectOneOwner(back.store, again.store);
    expect(await withheld(back.store)).toEqual([]);
    expect(await hubSells(back.store, '33000090010010000001')).not.toBe(sold);
    expect(await saleStop(again.store.read)).toBeNull();

    await back.store.transaction((tx) => leaseNumbers(tx, HANGZHOU, now(), true));
    const { numberLeases: leases } = back.store.read.t;
    const firsts = (await back.store.read.db.select().from(leases))
      .filter(({ station: of, terminal }) => of === HANGZHOU && terminal === '001')
      .map(({ first }) => first);
    // Ten ranges behind the last that the run marker knows.
    expect(firsts).toEqual([0, 10_000, 120_000]);
  });

  it('row 14: blocks and lists what it had not told anybody, until a person releases it', async () => {
    const there = await backedUp();
    await there.close();
    const lost = await hub();
    const sold = await hubSells(lost.store, '33000090010010000000');
    await lost.close();

    const back = await restored();
    const again = await station();
    await soon(() => expect(back.notes).toContainEqual({ event: 'hub.station-heard', station: HANGZHOU }));
    await delivered(back, again);
    const listed = await withheld(back.store);
    expect(listed).toHaveLength(4);
    expect(listed).toContainEqual({ seat: sold, why: 'uncertain' });
    await expect(hubSells(back.store, '33000090010010000001')).rejects.toThrow('seat.sold-out');
    const seats = listed.map(({ seat }) => seat).filter((seat) => seat !== sold);
    expect(await releaseSeats(back.store, OPERATOR, { tripId, seats }, now())).toMatchObject({ ok: true });
    expect(await releaseSeats(back.store, OPERATOR, { tripId, seats }, now())).toMatchObject({
      refusal: { code: 'seat.not-uncertain' },
    });
    expect(await hubSells(back.store, '33000090010010000001')).not.toBe(sold);
    expect(await withheld(back.store)).toEqual([{ seat: sold, why: 'uncertain' }]);
    await expectOneOwner(back.store, again.store);
  });

  it('row 14: keeps a trip frozen while one of its stations is missing, until an operator says that it will not come', async () => {
    const there = await backedUp();
    await there.close();
    const back = await restoredWithoutMarker();
    const caller = OPERATOR;
    const wish = { tripId, seats: ['06'] };
    expect(await releaseSeats(back.store, caller, wish, now())).toMatchObject({
      refusal: { code: 'restore.still-frozen', stations: HANGZHOU },
    });
    expect(await releaseStation(back.store, caller, SHAOXING, now())).toMatchObject({ ok: true });
    expect(await withheld(back.store)).toContainEqual({ seat: '06', why: 'frozen' });
    expect(await releaseStation(back.store, caller, HANGZHOU, now())).toMatchObject({ ok: true });
    expect(await releaseStation(back.store, caller, HANGZHOU, now())).toMatchObject({
      refusal: { code: 'restore.not-awaited' },
    });
    expect(await withheld(back.store)).toContainEqual({ seat: '06', why: 'uncertain' });
    expect(await releaseSeats(back.store, caller, wish, now())).toMatchObject({ ok: true });
    expect(await hubSells(back.store, '33000090010010000001')).toBe('06');
  });

  it('row 14: notices by a station that holds more, when its run marker was restored with it', async () => {
    const there = await backedUp();
    await copyFile(join(rig.folder, 'hub.db.run-marker'), join(rig.folder, 'backup.marker'));
    const lost = await hub();
    await soon(() => expect(there.link.state().online).toBe(true));
    const sold = await hubSells(lost.store, '33000090010010000000');
    await aSale(there.agent, { trip, now: now(), from: 0, to: 1 });
    await delivered(lost, there);
    await lost.close();
    await copyFile(join(rig.folder, 'backup.marker'), join(rig.folder, 'hub.db.run-marker'));

    const back = await restored();
    await soon(() => expect(back.notes).toContainEqual({ event: 'hub.station-heard', station: HANGZHOU }));
    await delivered(back, there);
    expect(back.notes).toContainEqual(expect.objectContaining({ event: 'hub.restored', hubIncarnation: 2 }));
    expect(await findTicket(back.store.read, '33000090010010000000')).toMatchObject({ seat: sold });
    expect((await withheld(back.store)).every(({ why }) => why === 'uncertain')).toBe(true);
    await expectOneOwner(back.store, there.store);
  });
});

describe('a standby that was promoted', () => {
  it('row 28: the old hub stops selling at the first sign, also after a restart, and stations obey the new one only', async () => {
    const there = await backedUp();
    const old = await hub();
    await delivered(old, there);
    await copyFile(join(rig.folder, 'hub-backup.db'), join(rig.folder, 'standby.db'));
    const standby = await hub('standby.db');
    await soon(() => expect(standby.notes).toContainEqual({ event: 'hub.station-heard', station: HANGZHOU }));
    await soon(() => expect(old.notes).toContainEqual(expect.objectContaining({ event: 'hub.superseded' })));

    const selling = { ...old, seats: new SeatRequests({ store: old.store, ask: nobody, newId }) };
    const wish = { tripId, from: 0, to: 2, count: 1 };
    const refused = { refusal: { code: 'hub.may-not-sell', by: 2 } };
    expect(
      await holdSeats({ ...selling, room: new DiskRoom(), newId, log: () => undefined }, call(), wish, now()),
    ).toMatchObject(refused);
    await importTrips(there.agent, [aTrip({ tripNo: 'K108', serviceDate: trip.serviceDate })], now());
    await delivered(standby, there);
    expect((await withheld(standby.store)).every(({ why }) => why === 'uncertain')).toBe(true);
    expect(await withheld(standby.store)).toHaveLength(4);

    await old.close();
    const again = await hub();
    const restarted = { store: again.store, room: new DiskRoom(), seats: selling.seats, newId, log: () => undefined };
    expect(await holdSeats(restarted, call(), wish, now())).toMatchObject(refused);
    await soon(() => expect(there.link.refused).toMatchObject({ 'link.superseded-hub': expect.any(Number) }));
    expect(there.link.state()).toMatchObject({ online: true, stopped: null });
    expect(await saleStop(there.store.read)).toBeNull();
  });
});

const nobody = async () => refuse({ code: 'link.offline' } as const);

async function restoredWithoutMarker() {
  await rm(join(rig.folder, 'hub.db.run-marker'));
  return restored();
}
