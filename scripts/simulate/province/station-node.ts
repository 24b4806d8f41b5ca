import type { Agent } from '@lianpiao/agent/agent';
import type { AgentDesk } from '@lianpiao/agent/agent-desk';
import { expireHolds } from '@lianpiao/agent/seats/expire-holds';
import { openAgentStore } from '@lianpiao/agent/store/open-agent-store';
import { hubFacts } from '@lianpiao/agent/sync/hub-facts';
import { hubRequests } from '@lianpiao/agent/sync/hub-requests';
import { LinkLoop } from '@lianpiao/agent/sync/link-loop';
import { rebuildFacts } from '@lianpiao/agent/sync/rebuild-facts';
import { StationClock } from '@lianpiao/agent/time/station-clock';
import { resumeClock, watchClock } from '@lianpiao/agent/time/watch-clock';
import { serveStandingOrders } from '@lianpiao/agent/trips/serve-standing-orders';
import type { MachineClock } from '@lianpiao/shared/clock';
import type { StationCode } from '@lianpiao/shared/domain/codes';
import { startJob } from '@lianpiao/shared/job-loop';
import type { Caller } from '@lianpiao/shared/store/call';
import { DiskRoom } from '@lianpiao/shared/store/disk/disk-room';
import { randomUUID } from '../world/seeded-crypto.ts';
import type { Journal } from './journal.ts';
import { BROKERS, installIdOf, macKeysOf, paper, TLS, vault } from './names.ts';

export type Station = { readonly agent: Agent; readonly desk: AgentDesk; readonly link: LinkLoop };

export const CLERK: Caller = {
  id: 'counter-001',
  channel: 'counter',
  terminal: '001',
  clerk: 'u1',
  shiftId: 'shift-1',
};

const HOLDS_MS = 1_000;
const ORDERS_MS = 1_000;
const CLOCK_MS = 1_000;

/** What `agent/src/start-agent.ts` starts, without HTTP, devices and source. `machine` is the station's own. */
export async function startStation(
  file: string,
  code: string,
  machine: MachineClock,
  journal: Journal,
): Promise<Station> {
  const clock = new StationClock(machine);
  const store = await openAgentStore(file, undefined, () => clock.stamp());
  await resumeClock(store, clock);
  const agent: Agent = {
    store,
    persons: vault(),
    room: new DiskRoom(),
    station: { code: code as StationCode, name: code },
    newId: randomUUID,
  };
  const link = new LinkLoop({
    store,
    station: code,
    brokers: BROKERS,
    tls: TLS,
    keys: macKeysOf(code)!,
    installId: installIdOf(code),
    agentVersion: '0.1.0',
    clock,
    room: agent.room,
    log: (event, facts) => journal.heard(code, event, facts),
  });
  const desk: AgentDesk = { agent, link, clock, paper };
  await link.start(hubFacts(agent), hubRequests(desk), rebuildFacts(agent));
  const log = journal.logOf(code);
  startJob('clock', CLOCK_MS, () => watchClock(store, clock), log);
  startJob('holds', HOLDS_MS, () => expireHolds(agent, clock.now()), log);
  startJob('standing-orders', ORDERS_MS, () => serveStandingOrders(agent, clock.now()), log);
  return { agent, desk, link };
}
