import { join } from 'node:path';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import type { AgentStore } from '@lianpiao/agent/store/open-agent-store';
import { sealingKey } from '@lianpiao/shared/crypto/sm4';
import type { ServiceDate } from '@lianpiao/shared/domain/service-day';
import { tripIdOf } from '@lianpiao/shared/domain/trip';
import type { EventBody } from '@lianpiao/shared/protocol/events';
import { personVault } from '@lianpiao/shared/store/person-vault';
import { emit } from '@lianpiao/shared/store/streams';
import { aPassenger, NOON } from '@lianpiao/shared/testing/builders';
import { HANGZHOU, LinkRig } from '../scenarios/link-rig.ts';
import { BareLink } from './bare-link.ts';
import type { BenchHubArgs, BenchHubSays } from './bench-hub.ts';
import { Child } from './child.ts';
import type { BenchResult } from './result.ts';
import { median } from './sale.ts';
import { saleToHub } from './sale-to-hub.ts';

const EVENTS = 30_000;
/** Events of one transaction at the station, in both runs: sales of sixteen busy counters, which share a commit. */
const GROUP = 16;
const ROUNDS = 3;

/**
 * From the agent's commit to the hub's inbox, durable: events appended by `emit`, sent by `LinkLoop` through the broker
 * over TLS, kept by `LinkHub` in a process of its own. The limit is the same frames through the same broker by bare
 * mqtt.js, and the same rows in and out by bare prepared statements in transactions of the same size. The first round
 * warms up and does not count. Before it: how long a counter sale takes until the hub shows its ticket.
 */
export async function linkBench(): Promise<BenchResult> {
  const latency = await saleToHub();
  console.log(
    `counter sale to ticket at the hub, ${latency.sales} sales at ${latency.perSecond}/s: p50 ${latency.p50} ms, p99 ${latency.p99} ms`,
  );
  const ours: number[] = [];
  const bare: number[] = [];
  const rig = await LinkRig.open();
  const hubFile = join(rig.folder, 'hub.db');
  const args: BenchHubArgs = { file: hubFile, brokers: rig.brokers, tls: rig.hubTls, projecting: false, every: EVENTS };
  const hub = new Child('bench-hub.ts', args);
  await hub.heard();
  const stationFile = 'station.db';
  const station = await rig.station(HANGZHOU, { file: stationFile });
  while (!station.link.state().online) await nextTurn();
  const limit = await BareLink.open({ hubFile, stationFile: join(rig.folder, stationFile), group: GROUP });
  for (let round = 0; round <= ROUNDS; round += 1) {
    const kept = hub.heard<Exclude<BenchHubSays, 'ready'>>();
    const startedAt = performance.now();
    await sellTickets(station.store, round * EVENTS);
    const { batches, commits } = await kept;
    const rate = (EVENTS / (performance.now() - startedAt)) * 1000;
    while (station.link.state().queued > 0) await sleep(20);
    const bareRate = await limit.run(EVENTS, { batchLength: EVENTS / batches, batchesPerCommit: batches / commits });
    console.log(
      `round ${round}: link ${Math.round(rate)}/s, bare ${Math.round(bareRate)}/s; ${(EVENTS / batches).toFixed(0)} events a batch, ${(batches / commits).toFixed(1)} batches a commit`,
    );
    if (round === 0) continue;
    ours.push(rate);
    bare.push(bareRate);
  }
  await limit.end();
  await station.close();
  await hub.end();
  await rig.close();
  return { name: 'link', ours: median(ours), limit: median(bare), unit: 'events/s' };
}

export async function sellTickets(store: AgentStore, after: number): Promise<void> {
  const persons = personVault(Buffer.alloc(32, 7));
  persons.load(sealingKey(202611, Buffer.alloc(32, 11)));
  // Synthetic people, sealed before the clock runs: sealing belongs to the sale.
  const sealed = Array.from({ length: 1000 }, (_, index) => persons.seal(aPassenger(index), '20261121'));
  for (let first = after; first < after + EVENTS; first += GROUP) {
    await store.transaction(async (tx) => {
      for (let index = first; index < first + GROUP; index += 1) {
        const fact = ticketSold(index);
        await emit(
          tx,
          { peer: 'hub', type: 'ticket.sold', agg: fact.tripId, fact, person: sealed[index % 1000]! },
          NOON,
        );
      }
    });
    // Sales come from sockets: the link gets its turn between two of their commits.
    await nextTurn();
  }
}

function ticketSold(index: number): EventBody<'ticket.sold'> {
  return {
    ticketNo: `${HANGZHOU}1001${String(index).padStart(7, '0')}`,
    orderId: `0f8fad5b-d9cb-469f-a165-${String(index).padStart(12, '0')}`,
    tripId: tripIdOf(HANGZHOU, '20261121' as ServiceDate, `K${100 + (index % 300)}`),
    epoch: 1,
    seat: String((index % 45) + 1).padStart(2, '0'),
    legs: 3,
    from: 0,
    to: 2,
    fareType: 'full',
    fareFen: 4000 + (index % 10) * 50,
    insuranceFen: 0,
    payMethod: 'cash',
    channel: 'counter',
    seller: HANGZHOU,
    terminal: '001',
    clerk: 'u1',
    shiftId: 'shift-1',
    rules: '2025-1',
    soldAt: NOON + index,
    bizDate: '20261121',
    home: HANGZHOU,
    printSeq: 1,
  };
}
