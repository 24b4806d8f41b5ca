import { join } from 'node:path';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import type { AgentStore } from '@lianpiao/agent/store/open-agent-store';
import { eventsFrom } from '@lianpiao/shared/link/stream-rows';
import { encodeFrame } from '@lianpiao/shared/protocol/frame';
import { BATCH_EVENTS_MAX } from '@lianpiao/shared/protocol/stream-sender';
import { upTopic } from '@lianpiao/shared/protocol/topics';
import { MINOR } from '@lianpiao/shared/protocol/versions';
import { emitSales, madeUpSales } from '../scenarios/emit-sales.ts';
import { HANGZHOU, keysOf, LinkRig } from '../scenarios/link-rig.ts';
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
    const sales = madeUpSales(round * EVENTS, EVENTS);
    const startedAt = performance.now();
    await emitSales(station.store, sales, GROUP);
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
  const { plain, sealed } = await bytesPerEvent(station.store);
  console.log(
    `a ticket event in full batches, before TLS: ${plain.toFixed(1)} bytes, with its sealed passenger ${sealed.toFixed(1)}`,
  );
  await limit.end();
  await station.close();
  await hub.end();
  await rig.close();
  return { name: 'link', ours: median(ours), limit: median(bare), unit: 'events/s' };
}

/** Bytes on the line for one event of a full batch, MQTT's own head left out. */
async function bytesPerEvent(store: AgentStore): Promise<{ readonly plain: number; readonly sealed: number }> {
  const rows = (await eventsFrom(store.read, 'hub', 'ev', 1, 10 * BATCH_EVENTS_MAX)).map(
    ({ type, tv, at, agg, fact, hash, person, personHash }) => ({
      event: { type, tv, at, agg, fact },
      hash,
      person: { sealed: person!.toString('base64url'), hash: personHash! },
    }),
  );
  const bytes = { plain: 0, sealed: 0 };
  for (let first = 0; first < rows.length; first += BATCH_EVENTS_MAX) {
    const part = rows.slice(first, first + BATCH_EVENTS_MAX);
    const head = {
      v: MINOR,
      st: HANGZHOU,
      inc: 1,
      boot: '0123456789ab',
      ln: 1,
      at: Date.now(),
      off: 0,
      k: 'batch',
      lane: 'ev',
    };
    const join = { from: first + 1, prev: rows[first - 1]?.hash ?? '0'.repeat(64), hash: part.at(-1)!.hash };
    const lengthOf = (events: readonly object[]) => {
      const frame = encodeFrame(
        keysOf(HANGZHOU).signing(Date.now())!,
        upTopic(HANGZHOU, 'ev'),
        { ...head, ...join, events },
        MINOR,
      );
      if (!frame.ok) throw new Error(frame.refusal.code);
      return frame.value.length;
    };
    bytes.plain += lengthOf(part.map(({ event }) => event));
    bytes.sealed += lengthOf(part.map(({ event, person }) => ({ ...event, person })));
  }
  return { plain: bytes.plain / rows.length, sealed: bytes.sealed / rows.length };
}
