import { cutOffStops } from '@lianpiao/hub/cut-off/cut-off-stops';
import { returnIdleSeats } from '@lianpiao/hub/cut-off/return-idle-seats';
import { introduceGates } from '@lianpiao/hub/gates/introduce-gates';
import { serveShares } from '@lianpiao/hub/gates/serve-shares';
import { HUB, type Hub } from '@lianpiao/hub/hub';
import { LinkHub } from '@lianpiao/hub/ingest/link-hub';
import { projections } from '@lianpiao/hub/inventory/projections';
import { SeatRequests } from '@lianpiao/hub/inventory/seat-requests';
import { keepBooks } from '@lianpiao/hub/ledger/keep-books';
import { openBooks } from '@lianpiao/hub/ledger/open-books';
import { checkPayments } from '@lianpiao/hub/orders/check-payments';
import { expireOrders } from '@lianpiao/hub/orders/expire-orders';
import { sendRefunds } from '@lianpiao/hub/orders/send-refunds';
import { serveWaiting } from '@lianpiao/hub/orders/serve-waiting';
import { settleDues } from '@lianpiao/hub/orders/settle-dues';
import { stationRequests } from '@lianpiao/hub/orders/station-requests';
import type { PaymentProvider } from '@lianpiao/hub/payments/payment-provider';
import { publishSets } from '@lianpiao/hub/reference/publish-sets';
import { HubMarker } from '@lianpiao/hub/restore/hub-marker';
import { lostFacts } from '@lianpiao/hub/restore/lost-facts';
import { proveHub } from '@lianpiao/hub/restore/prove-hub';
import { readStatements } from '@lianpiao/hub/restore/read-statements';
import { bookJobs } from '@lianpiao/hub/settlement/book-jobs';
import { leaseNumbers } from '@lianpiao/hub/stations/lease-numbers';
import type { HubStore } from '@lianpiao/hub/store/hub-store';
import { openHubStore } from '@lianpiao/hub/store/open-hub-store';
import type { Clock } from '@lianpiao/shared/clock';
import type { Caller } from '@lianpiao/shared/store/call';
import { DiskRoom } from '@lianpiao/shared/store/disk/disk-room';
import { emit } from '@lianpiao/shared/store/streams';
import { randomUUID } from '../world/seeded-crypto.ts';
import type { Journal } from './journal.ts';
import { BROKERS, installIdOf, macKeysOf, markerOf, paper, STATIONS, TICKET_KEYS, TLS, vault } from './names.ts';
import { startLoop } from './start-loop.ts';

export type Centre = {
  readonly hub: Hub & { readonly seats: SeatRequests };
  readonly link: LinkHub;
  /** An orderly end, as by a service manager. */
  readonly close: () => Promise<void>;
};

export const WEB: Caller = { id: 'web-demo', channel: 'web', terminal: '001', clerk: null, shiftId: null };

const ORDERS_MS = 1_000;
const BOOKS_MS = 5_000;
const CUT_OFF_MS = 5_000;
const REFERENCE_MS = 5_000;
/** 票源 that the hub gets of every trip. It asks for more when one is left. */
const ALLOTMENT = { line: '*', seats: 2, lowWater: 1 };
const NO_KEYS = { forStation: () => Promise.reject(new Error('every party has the month keys')) };

/** What `hub/src/start-hub.ts` starts, without HTTP, certificates and search. */
export async function startCentre(
  file: string,
  clock: Clock,
  provider: PaymentProvider,
  journal: Journal,
  name: string,
): Promise<Centre> {
  const log = journal.logOf(name);
  const marker = new HubMarker(markerOf(file), (cause) => log.failed('marker.not-written', cause));
  const store = await openHubStore(file, (engine, grown) => marker.committed(engine, grown));
  marker.keep(await proveHub(store, marker.before, clock.now()), store.read.engine);
  await openBooks(store, clock.now());
  await admitStations(store, clock.now());
  const hub: Hub = {
    store,
    persons: vault(),
    room: new DiskRoom(),
    clock,
    newId: randomUUID,
    ask: (station, kind, body, key) => link.request(station, kind, body, key),
    money: keepBooks({ provider: provider.name }),
    paper,
    provider,
    log: (event, facts) => journal.heard(name, event, facts),
  };
  const facts = projections(hub);
  const seats = new SeatRequests(hub);
  const link = new LinkHub({
    store,
    brokers: BROKERS,
    tls: TLS,
    keysOf: macKeysOf,
    facts: () => facts,
    lostFacts: lostFacts(hub),
    answers: (station) => stationRequests(hub, NO_KEYS, station, undefined, seats),
    clock,
    room: hub.room,
    log: hub.log,
  });
  await link.start();
  const publish = async () => {
    for (const { set, version } of await publishSets(store, clock.now())) link.hint(set, version);
  };
  const jobs = [
    startLoop('payments', ORDERS_MS, () => checkPayments(hub, clock.now()), log),
    startLoop('orders', ORDERS_MS, () => expireOrders(hub, clock.now()), log),
    startLoop('cut-off', CUT_OFF_MS, () => cutOffStops(hub, clock.now()), log),
    startLoop('gates', CUT_OFF_MS, () => introduceGates(hub, clock.now()), log),
    startLoop('boarding-shares', CUT_OFF_MS, () => serveShares(hub, seats, clock.now()), log),
    startLoop('idle-seats', CUT_OFF_MS, () => returnIdleSeats(hub, clock.now()), log),
    startLoop('statements', ORDERS_MS, () => readStatements(hub, clock.now()), log),
    startLoop('refunds', ORDERS_MS, () => sendRefunds(hub, clock.now()), log),
    startLoop('waiting-requests', ORDERS_MS, () => serveWaiting(hub), log),
    startLoop('dues', ORDERS_MS, () => settleDues(hub, clock.now()), log),
    startLoop('reference', REFERENCE_MS, publish, log),
    ...bookJobs(store, clock).map(({ name, run }) => startLoop(name, BOOKS_MS, run, log)),
  ];
  const close = async () => {
    await Promise.all(jobs.map((job) => job.stop()));
    await link.close();
    await store.close();
    marker.close();
  };
  return { hub: { ...hub, seats }, link, close };
}

/** Stations of the network without certificates: row, ticket key, number ranges, standing order and share of trips that call there, once. */
function admitStations(store: HubStore, now: number): Promise<void> {
  return store.transaction(async (tx) => {
    const known = await tx.db.select().from(tx.t.stations);
    if (known.length > 0) return;
    const { ticketKeys, boardingShares } = tx.t;
    const key = { publicKey: TICKET_KEYS.publicKey, revoked: 0, certifiedAt: now };
    for (const [index, owner] of [HUB, ...STATIONS].entries())
      await tx.db.insert(ticketKeys).values({ ...key, keyNo: index + 1, owner });
    for (const code of STATIONS) {
      const words = { name: code, region: code.slice(0, 6), pinyin: '', address: '', installId: installIdOf(code) };
      const counts = { grade: 1, lease: 0, incarnation: 0, queued: 0, lagMs: 0 };
      await tx.db.insert(tx.t.stations).values({ code, state: 'enrolled', enrolledAt: now, ...words, ...counts });
      await tx.db.insert(tx.t.allotments).values({ station: code, ...ALLOTMENT });
      await tx.db.insert(boardingShares).values({ station: code, line: '*', seats: 1 });
      await leaseNumbers(tx, code, now);
      await emit(tx, { peer: code, type: 'allotment.set', agg: 'allotment-*', fact: ALLOTMENT }, now);
    }
  });
}
