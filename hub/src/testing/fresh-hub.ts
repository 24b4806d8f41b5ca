import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSm2KeyPair, sm2Sign } from '@lianpiao/shared/crypto/sm2';
import { sealingKey } from '@lianpiao/shared/crypto/sm4';
import { allLegs } from '@lianpiao/shared/domain/legs';
import { refuse } from '@lianpiao/shared/domain/outcome';
import type { Trip } from '@lianpiao/shared/domain/trip';
import { applyFact } from '@lianpiao/shared/link/facts';
import { EVENTS, type EventBody, type EventType } from '@lianpiao/shared/protocol/events';
import { MINOR } from '@lianpiao/shared/protocol/versions';
import type { Call, Caller } from '@lianpiao/shared/store/call';
import { DiskRoom } from '@lianpiao/shared/store/disk/disk-room';
import { keepAgreedMinor } from '@lianpiao/shared/store/peer-versions';
import { personVault } from '@lianpiao/shared/store/person-vault';
import { paperMaker } from '@lianpiao/shared/store/tickets/ticket-paper';
import { aChild, aPassenger, NOON } from '@lianpiao/shared/testing/builders';
import { Hono } from 'hono';
import { paymentRoutes } from '../api/payment-routes.ts';
import type { AskStation } from '../ask-station.ts';
import type { Hub } from '../hub.ts';
import type { MoneyHooks } from '../inventory/money-hooks.ts';
import { NO_MONEY } from '../inventory/no-money.ts';
import { projections } from '../inventory/projections.ts';
import { SeatRequests } from '../inventory/seat-requests.ts';
import { createOrder } from '../orders/create-order.ts';
import { holdSeats } from '../orders/hold-seats.ts';
import { sandboxClient } from '../payments/sandbox-client.ts';
import { SandboxProvider } from '../payments/sandbox-provider.ts';
import { openHubStore } from '../store/open-hub-store.ts';

export const HANGZHOU = '330100001';
export const WEB: Caller = { id: 'web-demo', channel: 'web', terminal: '001', clerk: null, shiftId: null };

let made = 0;
/** A call nobody made before. */
export function call(caller: Caller = WEB): Call {
  made += 1;
  return { caller, key: `key-${made}`, bodyHash: `body-${made}` };
}

/** A clock that stands at noon of 2026-11-21 until it is set. */
export function standingClock() {
  const clock = { at: NOON, now: () => clock.at };
  return clock;
}

/**
 * A hub with an empty database in a folder of its own, one enrolled station, month keys for 2026 and 2027, and the sandbox
 * provider over in-process HTTP. `station` says what the hub's questions to stations are answered with.
 */
export async function freshHub(
  station: AskStation = async () => refuse({ code: 'link.offline' }),
  money: MoneyHooks = NO_MONEY,
) {
  const folder = mkdtempSync(join(tmpdir(), 'lianpiao-hub-'));
  const store = await openHubStore(join(folder, 'hub.sqlite'));
  const clock = standingClock();
  const persons = personVault(Buffer.alloc(32, 7));
  for (const year of [2026, 2027]) {
    for (let month = 1; month <= 12; month += 1) persons.load(sealingKey(year * 100 + month, Buffer.alloc(32, month)));
  }
  let ids = 0;
  const newId = () => {
    ids += 1;
    return `id-${ids}`;
  };
  const http = new Hono();
  const send = async (url: string, init: RequestInit) => http.request(url, init);
  const secret = Buffer.alloc(32, 9);
  const psp = new SandboxProvider({
    secret,
    clock,
    send,
    notifyUrl: () => 'http://hub.test/psp/notify',
    newRef: () => `ref-${newId()}`,
  });
  const keys = createSm2KeyPair();
  const signer = { keyNo: 1, sign: (text: string) => sm2Sign(text, keys) };
  const hub: Hub = {
    store,
    persons,
    room: new DiskRoom(),
    clock,
    newId,
    ask: (...asked) => station(...asked),
    money,
    paper: paperMaker(signer, { name: '中心' }, (seller) => seller),
    provider: sandboxClient({ secret, send, url: () => 'http://hub.test' }),
    log: () => undefined,
  };
  paymentRoutes(http, hub, secret);
  http.route('/', psp.app);
  await enrolled(hub, HANGZHOU);
  return {
    ...hub,
    seats: new SeatRequests(hub),
    clock,
    psp,
    http,
    folder,
    end: async () => {
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export type FreshHub = Awaited<ReturnType<typeof freshHub>>;

/** Writes a station of the network, without keys, whose program is the newest. */
export async function enrolled({ store }: Pick<Hub, 'store'>, code: string): Promise<void> {
  await store.transaction(async (tx) => {
    const words = { name: `站${code}`, region: code.slice(0, 6), pinyin: '', address: '' };
    const counts = { grade: 1, lease: 0, incarnation: 0, queued: 0, lagMs: 0 };
    await tx.db.insert(tx.t.stations).values({ code, state: 'enrolled', enrolledAt: NOON, ...words, ...counts });
    await keepAgreedMinor(tx, code, MINOR, NOON);
  });
}

let seq = 0;
/** A station says a fact, and the hub applies it as the link does. */
export async function says<Type extends EventType>(
  hub: Hub,
  peer: string,
  type: Type,
  fact: EventBody<Type>,
  person: Uint8Array | null = null,
): Promise<void> {
  seq += 1;
  const raw = {
    peer,
    seq,
    type,
    tv: EVENTS[type].tv,
    at: hub.clock.now(),
    agg: 'agg',
    fact: JSON.stringify(fact),
    person,
    personHash: null,
  };
  await hub.store.transaction((tx) => applyFact(tx, projections(hub), raw));
}

/** Publishes a trip and gives the hub some of its seats over the whole way. */
export async function onSale(hub: Hub, trip: Trip, seats: number): Promise<void> {
  await says(hub, trip.origin, 'trip.published', {
    ...trip,
    stops: [...trip.stops],
    seats: [...trip.seats],
    fares: { ...trip.fares },
  });
  for (const seat of trip.seats.slice(trip.seats.length - seats)) await grants(hub, trip, seat);
}

export async function grants(hub: Hub, trip: Trip, seat: string): Promise<void> {
  const transferId = `${trip.tripId}-${seat}-${hub.newId()}`;
  const fact = { transferId, tripId: trip.tripId, epoch: trip.epoch, seat, legs: allLegs(trip.stops.length) };
  await says(hub, trip.origin, 'seat.granted', fact);
}

/** Holds seats of the whole ride and orders them for synthetic adults; the payment is still to be made. */
export async function anOrder(hub: FreshHub, trip: Trip, { count = 1, first = 0, children = 0 } = {}) {
  const now = hub.clock.now();
  const held = await holdSeats(hub, call(), { tripId: trip.tripId, from: 0, to: trip.stops.length - 1, count }, now);
  if (!held.ok) throw new Error(held.refusal.code);
  const passengers = [
    ...Array.from({ length: count }, (_, index) => ({ ...aPassenger(first + index), fareType: 'full' as const })),
    ...Array.from({ length: children }, (_, index) => aChild(first + index)),
  ];
  const contact = { name: '测试甲', phone: '13800000000' };
  const ordered = await createOrder(hub, call(), { holdId: held.value.holdId, passengers, contact }, now);
  if (!ordered.ok) throw new Error(ordered.refusal.code);
  return { ...ordered.value, held: held.value };
}

/** Presses a button on the provider's page. */
export async function pay(hub: FreshHub, payUrl: string, mode = 'pay'): Promise<Response> {
  const form = new URLSearchParams({ mode });
  return hub.http.request(payUrl, { method: 'POST', body: form });
}

/** Boarding stations have acknowledged everything on their seat lanes, and say that nobody rides on a ticket that has ended. */
export async function acknowledges(hub: Hub): Promise<void> {
  const ended = await hub.store.transaction(async (tx) => {
    const { streamOut } = tx.t;
    for (const { next } of await tx.db.select().from(streamOut)) await tx.db.update(streamOut).set({ acked: next - 1 });
    return tx.db.select().from(tx.t.toldEnds);
  });
  for (const { gate, fact } of ended) await says(hub, gate, 'ticket.freedSeen', { ...JSON.parse(fact), seat: 'free' });
}
