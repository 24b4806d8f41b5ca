import { randomUUID } from 'node:crypto';
import { join, resolve } from 'node:path';
import { startBackups } from '@lianpiao/shared/backup-job';
import { clockFor } from '@lianpiao/shared/clock';
import { openSecretFile } from '@lianpiao/shared/crypto/secret-file';
import { Fault } from '@lianpiao/shared/fault';
import { listen } from '@lianpiao/shared/http/listen';
import { startJob } from '@lianpiao/shared/job-loop';
import type { Log } from '@lianpiao/shared/log';
import { PickupTries, STATION_TRIES } from '@lianpiao/shared/people/pickup-tries';
import { readConfig } from '@lianpiao/shared/read-config';
import type { Running } from '@lianpiao/shared/run-process';
import { DiskRoom } from '@lianpiao/shared/store/disk/disk-room';
import { personVault } from '@lianpiao/shared/store/person-vault';
import { pruneStreams } from '@lianpiao/shared/store/pruning/prune-streams';
import { StreamArchive } from '@lianpiao/shared/store/pruning/stream-archive';
import { paperMaker } from '@lianpiao/shared/store/tickets/ticket-paper';
import { hubApp } from './api/app.ts';
import { type HubConfig, hubConfig } from './config.ts';
import { cutOffStops } from './cut-off/cut-off-stops.ts';
import { returnIdleSeats } from './cut-off/return-idle-seats.ts';
import { firstCredentials } from './first-credentials.ts';
import { hearOldGates } from './gates/hear-word.ts';
import { introduceGates } from './gates/introduce-gates.ts';
import { serveShares } from './gates/serve-shares.ts';
import type { Hub } from './hub.ts';
import { LinkHub } from './ingest/link-hub.ts';
import { projections } from './inventory/projections.ts';
import { SeatRequests } from './inventory/seat-requests.ts';
import { TripSearch } from './inventory/trip-search.ts';
import { keepBooks } from './ledger/keep-books.ts';
import { openBooks } from './ledger/open-books.ts';
import { checkPayments } from './orders/check-payments.ts';
import { expireOrders } from './orders/expire-orders.ts';
import { sendRefunds } from './orders/send-refunds.ts';
import { serveWaiting } from './orders/serve-waiting.ts';
import { settleDues } from './orders/settle-dues.ts';
import { stationRequests } from './orders/station-requests.ts';
import { openSandbox } from './payments/open-sandbox.ts';
import { pruneSets } from './reference/prune-sets.ts';
import { publishSets } from './reference/publish-sets.ts';
import { HubMarker } from './restore/hub-marker.ts';
import { lostFacts } from './restore/lost-facts.ts';
import { proveHub } from './restore/prove-hub.ts';
import { readStatements } from './restore/read-statements.ts';
import { bookJobs } from './settlement/book-jobs.ts';
import { hubTicketKey } from './stations/hub-ticket-key.ts';
import { macKeyRequests } from './stations/mac-key-requests.ts';
import { MonthKeys } from './stations/month-keys.ts';
import { ensurePki } from './stations/private-ca.ts';
import { StationMacKeys } from './stations/station-mac-keys.ts';
import { openHubStore } from './store/open-hub-store.ts';
import { watchDisk } from './watch-disk.ts';

const ORDERS_MS = 500;
const CUT_OFF_MS = 5_000;
const GATES_MS = 2_000;
const SHARES_MS = 5_000;
const IDLE_SEATS_MS = 5_000;
const BOOKS_MS = 1_000;
const MONTH_KEYS_MS = 60_000;
const REFERENCE_MS = 5_000;
const PRUNE_MS = 3_600_000;
const ROOM_MS = 1_000;
const PRUNING_MS = 600_000;
/** Name of the hub on paper that it hands out. */
const NAME = '联网售票中心';

/** Starts the hub from its data folder: certificates, keys, database, books, link, search, orders' watchdogs, and the interfaces. */
export async function startHub(folder: string, log: Log): Promise<Running> {
  const config = readConfig(folder, hubConfig);
  refusePlayInProduction(config);
  const clock = clockFor(config.production);
  const pki = await ensurePki(join(folder, 'pki'), { hosts: config.brokerHosts, now: Date.now() });
  const masterKey = await openSecretFile(join(folder, 'master.key'));
  const marker = new HubMarker(config.runMarker ?? `${resolve(folder)}.run-marker`, (cause) =>
    log.failed('marker.not-written', cause),
  );
  const store = await openHubStore(join(folder, 'hub.sqlite'), (engine, grown) => marker.committed(engine, grown));
  marker.keep(await proveHub(store, marker.before, clock.now()), store.read.engine);
  const persons = personVault(await openSecretFile(join(folder, 'person-lookup.key')));
  const monthKeys = new MonthKeys(store, masterKey);
  await monthKeys.keep(persons, clock.now());
  await openBooks(store, clock.now());
  await firstCredentials(store, folder);
  const macKeys = new StationMacKeys(store, masterKey);
  await macKeys.loadAll();

  const sandbox = await openSandbox({ folder, clock, log });
  const hub: Hub = {
    store,
    persons,
    room: new DiskRoom(),
    clock,
    newId: randomUUID,
    ask: (station, kind, body, key) => link.request(station, kind, body, key),
    money: keepBooks({ provider: sandbox.provider.name }),
    paper: paperMaker(await hubTicketKey(store, masterKey, clock.now()), { name: NAME }, (seller) => seller),
    provider: sandbox.provider,
    log,
  };
  await watchDisk(hub, folder);
  const facts = projections(hub);
  const seats = new SeatRequests(hub);
  const pickupTries = new PickupTries(STATION_TRIES);
  const archive = new StreamArchive(join(folder, 'archive'));
  const link = new LinkHub({
    store,
    brokers: config.brokers as [string, ...string[]],
    tls: { ca: pki.caCertPem, cert: pki.hub.certPem, key: pki.hub.keyPem },
    keysOf: macKeys.of,
    facts: () => facts,
    lostFacts: lostFacts(hub),
    keyUsed: (station, keyNo) => {
      macKeys.used(station, keyNo, clock.now()).catch((cause: unknown) => log.failed('mac-key.not-kept', cause));
    },
    answers: (station) => ({
      ...stationRequests(hub, monthKeys, station, pickupTries, seats),
      ...macKeyRequests(store, macKeys, station, clock),
    }),
    clock,
    room: hub.room,
    archive,
    log,
  });
  const search = new TripSearch(store);
  await search.load(clock.now());
  await link.start();

  const publish = async () => {
    for (const { set, version } of await publishSets(store, clock.now())) link.hint(set, version);
  };
  const jobs = [
    startJob('payments', ORDERS_MS, () => checkPayments(hub, clock.now()), log),
    startJob('orders', ORDERS_MS, () => expireOrders(hub, clock.now()), log),
    startJob('cut-off', CUT_OFF_MS, () => cutOffStops(hub, clock.now()), log),
    startJob('gates', GATES_MS, () => introduceGates(hub, clock.now()), log),
    startJob('boarding-shares', SHARES_MS, () => serveShares(hub, seats, clock.now()), log),
    startJob('idle-seats', IDLE_SEATS_MS, () => returnIdleSeats(hub, clock.now()), log),
    startJob('waiting-requests', ORDERS_MS, () => serveWaiting(hub), log),
    startJob('statements', ORDERS_MS, () => readStatements(hub, clock.now()), log),
    startJob('refunds', ORDERS_MS, () => sendRefunds(hub, clock.now()), log),
    startJob('dues', ORDERS_MS, () => settleDues(hub, clock.now()), log),
    startJob('old-gates', ORDERS_MS, () => hearOldGates(hub, clock.now()), log),
    ...bookJobs(store, clock).map(({ name, run }) => startJob(name, BOOKS_MS, run, log)),
    startJob('reference', REFERENCE_MS, publish, log),
    startJob('reference-log', PRUNE_MS, () => pruneSets(store, clock.now()), log),
    startJob(
      'pruning',
      PRUNING_MS,
      async () => hub.room.noteUnsafe(!(await pruneStreams(store, archive, clock.now()))),
      log,
    ),
    startJob('disk', ROOM_MS, () => watchDisk(hub, folder), log),
    startJob('month-keys', MONTH_KEYS_MS, () => monthKeys.keep(persons, clock.now()), log),
  ];
  const cli = join(import.meta.dirname, 'cli.ts');
  if (config.backup) jobs.push(startBackups(cli, folder, config.backup, log));
  const enrolment = {
    store,
    pki,
    masterKey,
    brokers: config.brokers,
    enrolled: (station: string) => macKeys.load(station),
  };
  const uiFolder = join(import.meta.dirname, '..', 'console', 'dist');
  const { fetch, first } = hubApp({
    hub,
    link,
    search,
    enrolment,
    sandbox,
    uiFolder,
    log: (cause) => log.failed('request.failed', cause),
  });
  const server = await listen(fetch, config.http.host, config.http.port, first);
  sandbox.servedAt(server.address);
  return {
    address: server.address,
    close: async () => {
      await server.close();
      await Promise.all(jobs.map((job) => job.stop()));
      await link.close();
      await sandbox.close();
      await store.close();
      marker.close();
    },
  };
}

function refusePlayInProduction({ production, sandboxProvider }: HubConfig): void {
  if (!production || !sandboxProvider) return;
  const hint = '正式环境不能使用沙箱支付：请在 config.json 里设 sandboxProvider 为 false 并接入支付机构。';
  throw new Fault('payment.sandbox-in-production', 'the sandbox provider moves play money', { hint, retryable: false });
}
