import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { giveSeats } from '@lianpiao/agent/seats/give-seats';
import { call } from '@lianpiao/agent/testing/fresh-agent';
import { importTrips } from '@lianpiao/agent/trips/import-trips';
import { projections } from '@lianpiao/hub/inventory/projections';
import { keepBooks } from '@lianpiao/hub/ledger/keep-books';
import { receivedPosition } from '@lianpiao/shared/link/stream-rows';
import { personVault } from '@lianpiao/shared/store/person-vault';
import { aTrip, NOON } from '@lianpiao/shared/testing/builders';
import Sqlite from 'better-sqlite3';
import { connectAsync } from 'mqtt';
import { HANGZHOU, LinkRig, SHAOXING } from '../scenarios/link-rig.ts';
import type { BenchResult } from './result.ts';
import { median } from './sale.ts';
import { agentOver } from './sale-to-hub.ts';

const REQUESTS = 200;
/** Requests before the clock counts. */
const WARM_UP = 20;
const TRIPS = 20;

/**
 * The link is up and the station idle: from the hub's question for a seat until the station's grant is applied at the hub. The
 * limit is one question and answer by bare mqtt.js through the same broker, with one durable commit on each side.
 */
export async function seatRequestBench(): Promise<BenchResult> {
  const rig = await LinkRig.open();
  const ours = await askForSeats(rig);
  const bare = await askBarely(rig);
  await rig.close();
  console.log(`seat request to grant applied: p50 ${ours.toFixed(2)} ms; bare p50 ${bare.toFixed(2)} ms`);
  return { name: 'seat-request', ours, limit: bare, unit: 'ms', lessIsBetter: true };
}

async function askForSeats(rig: LinkRig): Promise<number> {
  const persons = personVault(Buffer.alloc(32, 7));
  const money = keepBooks({ provider: 'sandbox' });
  const facts = projections({ persons, money, clock: { now: () => NOON }, newId: randomUUID });
  const { hub, store } = await rig.hub({ facts: () => facts });
  let verbs: Awaited<ReturnType<typeof agentOver>> | undefined;
  const station = await rig.station(HANGZHOU, {
    answers: { 'seat.request': (body, id) => giveSeats(verbs!, { ...call(), key: id }, body, NOON) },
  });
  verbs = await agentOver(station.store);
  const trips = Array.from({ length: TRIPS }, (_, index) => aTrip({ tripNo: `S${index}` }));
  await importTrips(verbs, trips, NOON);
  while (!station.link.state().online || station.link.state().queued > 0) await nextTurn();

  const took: number[] = [];
  for (let request = 0; request < WARM_UP + REQUESTS; request += 1) {
    const { tripId } = trips[request % TRIPS]!;
    const { ack } = await receivedPosition(store.read, HANGZHOU, 'seat');
    const startedAt = performance.now();
    const answer = await hub.request(HANGZHOU, 'seat.request', { tripId, from: 0, to: 1, count: 1 });
    if (!answer.ok) throw new Error(answer.refusal.code);
    while ((await receivedPosition(store.read, HANGZHOU, 'seat')).ack === ack) await nextTurn();
    if (request >= WARM_UP) took.push(performance.now() - startedAt);
  }
  return median(took);
}

async function askBarely(rig: LinkRig): Promise<number> {
  const open = (name: string) => {
    const database = new Sqlite(join(rig.folder, name));
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = FULL');
    database.exec('CREATE TABLE grants (id INTEGER PRIMARY KEY, body TEXT) STRICT');
    return database.prepare('INSERT INTO grants (body) VALUES (?)');
  };
  const [here, there] = [open('bare-hub.db'), open('bare-station.db')];
  const [url] = rig.brokers;
  const options = { protocolVersion: 4 as const, reconnectPeriod: 0 };
  const asking = await connectAsync(url, { ...options, ...rig.hubTls, clientId: 'hub-bare' });
  const answering = await connectAsync(url, {
    ...options,
    ...(await rig.tlsOf(SHAOXING)),
    clientId: `ag-${SHAOXING}-bare-c`,
  });
  for (const client of [asking, answering])
    (client.stream as unknown as { setNoDelay(on: boolean): void }).setNoDelay(true);
  await asking.subscribeAsync('rt1/s/+/up/+', { qos: 1 });
  await answering.subscribeAsync(`rt1/s/${SHAOXING}/dn/req`, { qos: 1 });
  answering.on('message', (_topic, body) => {
    there.run(body.toString());
    answering.publish(`rt1/s/${SHAOXING}/up/req`, body, { qos: 1 });
  });

  const body = Buffer.alloc(250, 'x');
  const took: number[] = [];
  for (let request = 0; request < WARM_UP + REQUESTS; request += 1) {
    const startedAt = performance.now();
    const answered = new Promise<void>((heard) => asking.once('message', () => heard()));
    asking.publish(`rt1/s/${SHAOXING}/dn/req`, body, { qos: 1 });
    await answered;
    here.run(body.toString());
    if (request >= WARM_UP) took.push(performance.now() - startedAt);
  }
  asking.end(true);
  answering.end(true);
  return median(took);
}
