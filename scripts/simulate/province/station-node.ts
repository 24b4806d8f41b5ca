import type { Agent } from '@lianpiao/agent/agent';
import type { AgentDesk } from '@lianpiao/agent/agent-desk';
import { closeBoarding } from '@lianpiao/agent/boarding/close-boarding';
import { driveExchanges } from '@lianpiao/agent/exchange/drive-exchange';
import { passHomes } from '@lianpiao/agent/gates/pass-homes';
import { expireHolds } from '@lianpiao/agent/seats/expire-holds';
import { SeatRecalls } from '@lianpiao/agent/seats/seat-recalls';
import { openAgentStore } from '@lianpiao/agent/store/open-agent-store';
import { hubFacts } from '@lianpiao/agent/sync/hub-facts';
import { hubRequests } from '@lianpiao/agent/sync/hub-requests';
import { LinkLoop } from '@lianpiao/agent/sync/link-loop';
import { proveContinuity } from '@lianpiao/agent/sync/prove-continuity';
import { rebuildFacts } from '@lianpiao/agent/sync/rebuild-facts';
import { RunMarker } from '@lianpiao/agent/sync/run-marker';
import { StationClock } from '@lianpiao/agent/time/station-clock';
import { resumeClock, watchClock } from '@lianpiao/agent/time/watch-clock';
import { serveStandingOrders } from '@lianpiao/agent/trips/serve-standing-orders';
import type { MachineClock } from '@lianpiao/shared/clock';
import type { StationCode } from '@lianpiao/shared/domain/codes';
import type { Caller } from '@lianpiao/shared/store/call';
import { DiskRoom } from '@lianpiao/shared/store/disk/disk-room';
import { randomUUID } from '../world/seeded-crypto.ts';
import type { Journal } from './journal.ts';
import { BROKERS, macKeysOf, markerOf, paper, TLS, vault } from './names.ts';
import { startLoop } from './start-loop.ts';

export type Station = {
  readonly agent: Agent;
  readonly desk: AgentDesk;
  readonly link: LinkLoop;
  readonly recalls: SeatRecalls;
  /** An orderly end, as by a service manager. */
  readonly close: () => Promise<void>;
};

/** A machine with a station's database. */
export type Machine = {
  readonly name: string;
  readonly station: string;
  readonly installId: string;
  /** The station's own clock. */
  readonly clock: MachineClock;
};

export const CLERK: Caller = {
  id: 'counter-001',
  channel: 'counter',
  terminal: '001',
  clerk: 'u1',
  shiftId: 'shift-1',
};

const HOLDS_MS = 1_000;
const ORDERS_MS = 1_000;
const BOARDING_MS = 5_000;
const CLOCK_MS = 1_000;
const EXCHANGES_MS = 2_000;

/** What `agent/src/start-agent.ts` starts, without HTTP, devices and source. */
export async function startStation(file: string, machine: Machine, journal: Journal): Promise<Station> {
  const { name, station, installId } = machine;
  const log = journal.logOf(name);
  const marker = new RunMarker(markerOf(file), (cause) => log.failed('marker.not-written', cause));
  const clock = new StationClock(machine.clock);
  const store = await openAgentStore(
    file,
    (engine) => marker.committed(engine),
    () => clock.stamp(),
  );
  await resumeClock(store, clock);
  const { dbId } = await proveContinuity(store, marker.before, installId, clock.now());
  marker.keep({ dbId, installId }, store.read.engine);
  const agent: Agent = {
    store,
    persons: vault(),
    room: new DiskRoom(),
    station: { code: station as StationCode, name: station },
    newId: randomUUID,
  };
  const link = new LinkLoop({
    store,
    station,
    brokers: BROKERS,
    tls: TLS,
    keys: macKeysOf(station)!,
    installId,
    agentVersion: '0.1.0',
    clock,
    room: agent.room,
    log: (event, facts) => journal.heard(name, event, facts),
  });
  const desk: AgentDesk = { agent, link, clock, paper };
  await link.start(hubFacts(agent), hubRequests(desk), rebuildFacts(agent));
  const jobs = [
    startLoop('clock', CLOCK_MS, () => watchClock(store, clock), log),
    startLoop('holds', HOLDS_MS, () => expireHolds(agent, clock.now()), log),
    startLoop('boarding', BOARDING_MS, () => closeBoarding(agent, clock.now()), log),
    startLoop('homes', BOARDING_MS, () => passHomes(agent, clock.now()), log),
    startLoop('exchanges', EXCHANGES_MS, () => driveExchanges(desk, clock.now()), log),
    startLoop('standing-orders', ORDERS_MS, () => serveStandingOrders(agent, clock.now()), log),
  ];
  const close = async () => {
    await Promise.all(jobs.map((job) => job.stop()));
    await link.close();
    marker.close(store.read.engine);
    await store.close();
  };
  return { agent, desk, link, recalls: new SeatRecalls(desk), close };
}
