import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Agent } from '@lianpiao/agent/agent';
import { holdSeats } from '@lianpiao/agent/seats/hold-seats';
import { call } from '@lianpiao/agent/testing/fresh-agent';
import { sell } from '@lianpiao/agent/tickets/sell';
import { importTrips } from '@lianpiao/agent/trips/import-trips';
import { sealingKey } from '@lianpiao/shared/crypto/sm4';
import type { StationCode } from '@lianpiao/shared/domain/codes';
import { DiskRoom } from '@lianpiao/shared/store/disk/disk-room';
import { personVault } from '@lianpiao/shared/store/person-vault';
import { aPassenger, aTrip, NOON } from '@lianpiao/shared/testing/builders';
import Sqlite from 'better-sqlite3';
import { HANGZHOU, LinkRig } from '../scenarios/link-rig.ts';
import type { BenchHubArgs } from './bench-hub.ts';
import { Child } from './child.ts';
import { letHoldMany } from './many-holds.ts';

const PER_SECOND = 100;
const SECONDS = 15;
const SALES = PER_SECOND * SECONDS;
/** Sales before the clock runs. */
const WARM_UP = 200;
const TRIPS = 50;
const LOOK_MS = 2;

type Latency = { readonly sales: number; readonly perSecond: number; readonly p50: number; readonly p99: number };

/**
 * The whole sell verb at a station, 100 times a second, and a hub with projections and books in a process of its own: the
 * time from the clerk's call until another process sees the ticket in the hub's database, in ms.
 */
export async function saleToHub(): Promise<Latency> {
  const rig = await LinkRig.open();
  const file = join(rig.folder, 'hub.db');
  const args: BenchHubArgs = { file, brokers: rig.brokers, tls: rig.hubTls, projecting: true, every: SALES };
  const hub = new Child('bench-hub.ts', args);
  await hub.heard();
  const station = await rig.station(HANGZHOU);
  const agent = await agentOver(station.store);
  const holds = await holdsFor(agent, WARM_UP + SALES);
  const seen = new Sqlite(file, { readonly: true });
  const count = seen.prepare('SELECT count(*) FROM tickets').pluck();
  const shown = async (tickets: number) => {
    while ((count.get() as number) < tickets) await sleep(LOOK_MS);
  };
  for (const [index, holdId] of holds.slice(0, WARM_UP).entries()) await sellOne(agent, holdId, index);
  await shown(WARM_UP);

  const soldAt: number[] = [];
  const shownAt: number[] = [];
  const looking = setInterval(() => {
    const tickets = (count.get() as number) - WARM_UP;
    while (shownAt.length < tickets) shownAt.push(performance.now());
  }, LOOK_MS);
  const startedAt = performance.now();
  for (let sale = 0; sale < SALES; sale += 1) {
    const due = startedAt + (sale * 1000) / PER_SECOND;
    await sleep(Math.max(0, due - performance.now()));
    soldAt.push(performance.now());
    await sellOne(agent, holds[WARM_UP + sale]!, WARM_UP + sale);
  }
  await shown(WARM_UP + SALES);
  await sleep(2 * LOOK_MS);
  clearInterval(looking);
  seen.close();
  await station.close();
  await hub.end();
  await rig.close();
  // Tickets are projected in the order in which they were sold.
  const took = shownAt.map((at, sale) => at - soldAt[sale]!).sort((a, b) => a - b);
  const at = (share: number) => Math.round(took[Math.floor(share * (took.length - 1))]!);
  return { sales: took.length, perSecond: PER_SECOND, p50: at(0.5), p99: at(0.99) };
}

/** The verbs of a station over a store. */
export async function agentOver(store: Agent['store']): Promise<Agent> {
  const persons = personVault(Buffer.alloc(32, 7));
  persons.load(sealingKey(202611, Buffer.alloc(32, 11)));
  await store.transaction((tx) =>
    tx.db.insert(tx.t.numberRanges).values({ terminal: '001', first: 0, next: 0, last: 9999 }),
  );
  let ids = 0;
  const newId = () => {
    ids += 1;
    return `id-${ids}`;
  };
  return {
    store,
    persons,
    room: new DiskRoom(),
    station: { code: HANGZHOU as StationCode, name: '杭州客运中心站' },
    newId,
  };
}

async function holdsFor(agent: Agent, count: number): Promise<string[]> {
  const trips = Array.from({ length: TRIPS }, (_, index) =>
    aTrip({ tripNo: `T${index}`, departs: 13 * 60 + index * 5 }),
  );
  await importTrips(agent, trips, NOON);
  await letHoldMany(agent);
  const holds: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const { tripId } = trips[index % TRIPS]!;
    const held = await holdSeats(agent, call(), { tripId, from: 0, to: 2, count: 1 }, NOON);
    if (!held.ok) throw new Error(held.refusal.code);
    holds.push(held.value.holdId);
  }
  return holds;
}

const DOCUMENTS = ['resident', 'temporaryResident'] as const;

async function sellOne(agent: Agent, holdId: string, index: number): Promise<void> {
  // Synthetic people; another kind of document makes another person of the same number.
  const who = { ...aPassenger(index % 1000), idType: DOCUMENTS[Math.floor(index / 1000)]!, fareType: 'full' as const };
  const input = { holdId, passengers: [who], payMethod: 'cash' as const, insuranceFenEach: 0, print: true };
  const sold = await sell(agent, call(), input, NOON);
  if (!sold.ok) throw new Error(sold.refusal.code);
}
