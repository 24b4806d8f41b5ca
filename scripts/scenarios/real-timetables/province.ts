import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Agent } from '@lianpiao/agent/agent';
import type { AgentDesk } from '@lianpiao/agent/agent-desk';
import { expireHolds } from '@lianpiao/agent/seats/expire-holds';
import { type FirstCredentials, firstCredentials } from '@lianpiao/agent/shifts/first-credentials';
import { signIn } from '@lianpiao/agent/shifts/sign-in';
import { openAgentStore } from '@lianpiao/agent/store/open-agent-store';
import { hubFacts } from '@lianpiao/agent/sync/hub-facts';
import { hubRequests } from '@lianpiao/agent/sync/hub-requests';
import type { Hub } from '@lianpiao/hub/hub';
import { projections } from '@lianpiao/hub/inventory/projections';
import { SeatRequests } from '@lianpiao/hub/inventory/seat-requests';
import { TripSearch } from '@lianpiao/hub/inventory/trip-search';
import { keepBooks } from '@lianpiao/hub/ledger/keep-books';
import { openBooks } from '@lianpiao/hub/ledger/open-books';
import { stationRequests } from '@lianpiao/hub/orders/station-requests';
import { leaseNumbers } from '@lianpiao/hub/stations/lease-numbers';
import { openHubStore } from '@lianpiao/hub/store/open-hub-store';
import { createSm2KeyPair, sm2Sign } from '@lianpiao/shared/crypto/sm2';
import { sealingKey } from '@lianpiao/shared/crypto/sm4';
import type { StationCode } from '@lianpiao/shared/domain/codes';
import { SignInLimits } from '@lianpiao/shared/people/sign-in-limits';
import { MINOR } from '@lianpiao/shared/protocol/versions';
import type { Caller } from '@lianpiao/shared/store/call';
import { DiskRoom } from '@lianpiao/shared/store/disk/disk-room';
import { keepAgreedMinor } from '@lianpiao/shared/store/peer-versions';
import { personVault } from '@lianpiao/shared/store/person-vault';
import { emit } from '@lianpiao/shared/store/streams';
import { paperMaker } from '@lianpiao/shared/store/tickets/ticket-paper';
import { LinkPump, projectorOf } from './link-pump.ts';
import { openPayments } from './payments.ts';

/** 票源 that the hub gets of every trip. It asks for more when none is left. */
const ALLOTMENT = { line: '*', seats: 6, lowWater: 0 };
const MONTHS = [201405, 201406, 201407, 202611, 202612];

export type ProvinceStation = {
  readonly agent: Agent;
  readonly desk: AgentDesk;
  readonly clerk: Caller;
  readonly pump: { carry(): Promise<void> };
};
export type ProvinceHub = Hub & { readonly seats: SeatRequests };

/**
 * A hub with books and a payment provider, and stations, each with a database file of its own, in one process: every verb,
 * store and projection is the product's; only broker and HTTP are left out.
 */
export async function openProvince(stations: readonly string[], clock: { at: number; now(): number }) {
  const folder = mkdtempSync(join(tmpdir(), 'lianpiao-province-'));
  const keys = createSm2KeyPair();
  const signer = { keyNo: 1, sign: (text: string) => sm2Sign(text, keys) };
  const paper = paperMaker(signer, { name: '联网售票中心' }, (seller) => seller);
  const members = new Map<string, ProvinceStation>();
  const asked: Promise<unknown>[] = [];

  const hubStore = await openHubStore(join(folder, 'hub.sqlite'));
  const newId = numbered('hub');
  const payments = openPayments(clock, newId);
  const ask = async (station: string, kind: string, body: unknown, key = newId()) => {
    const { desk, pump } = members.get(station)!;
    const answer = await handlerOf(hubRequests(desk), kind)(overTheWire(body), key);
    await pump.carry();
    return overTheWire(answer);
  };
  const hub: Hub = {
    store: hubStore,
    persons: vault(1),
    room: new DiskRoom(),
    clock,
    newId,
    ask: ((...wish: Parameters<typeof ask>) => {
      const answer = ask(...wish);
      asked.push(answer);
      return answer;
    }) as Hub['ask'],
    money: keepBooks({ provider: payments.provider.name }),
    paper,
    provider: payments.provider,
    log: () => undefined,
  };
  payments.tell(hub);
  await openBooks(hubStore, clock.now());
  const facts = projections(hub);
  const hubProjector = projectorOf(hubStore, facts);

  for (const code of stations) {
    const store = await openAgentStore(join(folder, `${code}.sqlite`));
    const agent = {
      store,
      persons: vault(2),
      room: new DiskRoom(),
      station: { code: code as StationCode, name: code },
      newId: numbered(code),
    };
    const own = hubFacts(agent);
    const side = { store, peer: 'hub', facts: own, projector: projectorOf(store, own) };
    const pump = new LinkPump(code, side, { store: hubStore, peer: code, facts, projector: hubProjector });
    const request = async (kind: string, body: unknown, key = agent.newId()) => {
      let settled = false;
      const answer = handlerOf(stationRequests(hub, NO_KEYS, code), kind)(overTheWire(body), key).finally(() => {
        settled = true;
      });
      // What the hub waits for, from whatever station, travels while it is asked.
      while (!settled) {
        for (const member of members.values()) await member.pump.carry();
        await new Promise((turn) => setImmediate(turn));
      }
      return overTheWire(await answer);
    };
    const state = () => ({ online: true, lastWordAt: clock.now(), queued: 0, stopped: null });
    const desk = { agent, clock, paper, link: { request: request as AgentDesk['link']['request'], state } };
    await admit(hub, code, clock.now());
    await store.transaction((tx) => keepAgreedMinor(tx, 'hub', MINOR, clock.now()));
    await pump.carry();
    members.set(code, { agent, desk, pump, clerk: await clerkOf(agent, join(folder), clock.now()) });
  }
  const search = new TripSearch(hubStore);
  await search.load(clock.now());

  return {
    hub: { ...hub, seats: new SeatRequests(hub) },
    search,
    payments,
    /** `hub.sqlite`, and `CODE.sqlite` of each station. */
    folder,
    stations: members as ReadonlyMap<string, ProvinceStation>,
    /** Brings all facts across, those of requests that nobody waits for included. */
    carry: async () => {
      await Promise.all(asked.splice(0));
      for (const { pump } of members.values()) await pump.carry();
    },
    sweepHolds: () => Promise.all([...members.values()].map(({ agent }) => expireHolds(agent, clock.now()))),
    close: async () => {
      await Promise.all(
        [hubStore, ...[...members.values()].map(({ agent }) => agent.store)].map((store) => store.close()),
      );
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
export type Province = Awaited<ReturnType<typeof openProvince>>;

/** The hub hands out keys for personal data; here every party has them from the start. */
const NO_KEYS = { forStation: () => Promise.reject(new Error('every party has the month keys')) };

function vault(lookup: number) {
  const persons = personVault(Buffer.alloc(32, lookup));
  for (const month of MONTHS) persons.load(sealingKey(month, Buffer.alloc(32, month % 251)));
  return persons;
}

function numbered(party: string): () => string {
  let ids = 0;
  return () => {
    ids += 1;
    return `${party}-${ids}`;
  };
}

/** A station of the network without certificates: its row, its number ranges and its standing order. */
function admit({ store }: Hub, code: string, now: number): Promise<void> {
  return store.transaction(async (tx) => {
    const words = { name: code, region: code.slice(0, 6), pinyin: '', address: '' };
    const counts = { grade: 1, lease: 0, incarnation: 1, queued: 0, lagMs: 0 };
    await tx.db.insert(tx.t.stations).values({ code, state: 'enrolled', enrolledAt: now, ...words, ...counts });
    await tx.db.insert(tx.t.allotments).values({ station: code, ...ALLOTMENT });
    await keepAgreedMinor(tx, code, MINOR, now);
    await leaseNumbers(tx, code, now);
    await emit(tx, { peer: code, type: 'allotment.set', agg: 'allotment-*', fact: ALLOTMENT }, now);
  });
}

async function clerkOf(agent: Agent, folder: string, now: number): Promise<Caller> {
  await firstCredentials(agent, folder);
  const { clerk } = JSON.parse(readFileSync(join(folder, 'first-credentials.json'), 'utf8')) as FirstCredentials;
  const signed = await signIn(agent, new SignInLimits(), { ...clerk, counter: '001', address: '127.0.0.1' }, now);
  if (!signed.ok) throw new Error(signed.refusal.code);
  const { shiftId } = signed.value;
  return { id: 'counter-001', channel: 'counter', terminal: '001', clerk: clerk.user, shiftId };
}

function overTheWire<Value>(value: Value): Value {
  return JSON.parse(JSON.stringify(value)) as Value;
}

function handlerOf(handlers: object, kind: string): (body: unknown, id: string) => Promise<unknown> {
  return (handlers as Record<string, (body: unknown, id: string) => Promise<unknown>>)[kind]!;
}
