import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Sqlite from 'better-sqlite3';
import { LinkRig } from '../scenarios/link-rig.ts';
import type { BenchHubArgs } from './bench-hub.ts';
import type { BenchStationsArgs } from './bench-stations.ts';
import { Child } from './child.ts';
import type { BenchResult } from './result.ts';

const STATIONS = 300;
const BUSY = 30;
const SALES = 2_000;
const GROUP = 16;
/** What a busy minute of a province needs: events in the hub's inbox, and applied to its tables. A second. */
const KEPT_WANTED = 8_000;
const PROJECTED_WANTED = 2_000;
const LOOK_MS = 20;

/**
 * 300 stations on line over TLS, of which 30 tell sales as fast as they can: events a second that are durable in the hub's
 * inbox. Broker, hub, the busy and the idle stations are a process each. Printed too: how fast the hub's projections and
 * books have applied all of them, counted from the same start.
 */
export async function provinceLinkBench(): Promise<BenchResult> {
  const rig = await LinkRig.open();
  const codes = Array.from({ length: STATIONS }, (_, index) => String(330_200_001 + index));
  const file = join(rig.folder, 'hub.db');
  const { brokers, hubTls: tls } = rig;
  const hub = new Child('bench-hub.ts', {
    file,
    brokers,
    tls,
    projecting: true,
    stations: codes,
  } satisfies BenchHubArgs);
  await hub.heard();
  const stations: BenchStationsArgs['stations'][number][] = [];
  for (const code of codes) stations.push({ code, tls: await rig.tlsOf(code) });
  const crowd = async (name: string, members: typeof stations) => {
    const args: BenchStationsArgs = { brokers, sales: SALES, group: GROUP, stations: members };
    // Certificates of many stations are more than a command line takes.
    const path = join(rig.folder, `${name}.json`);
    writeFileSync(path, JSON.stringify(args), { mode: 0o600 });
    const child = new Child('bench-stations.ts', path);
    await child.heard();
    return child;
  };
  const idle = await crowd('idle', stations.slice(BUSY));
  const busy = await crowd('busy', stations.slice(0, BUSY));

  const seen = new Sqlite(file, { readonly: true });
  const waiting = seen.prepare("SELECT count(*) FROM inbox WHERE state <> 'done'").pluck();
  const arrived = seen.prepare("SELECT coalesce(sum(ack), 0) FROM stream_in WHERE lane = 'ev'").pluck();
  const startedAt = performance.now();
  busy.send('tell');
  await busy.heard();
  const events = BUSY * (SALES + Math.ceil(SALES / 45));
  while ((arrived.get() as number) < events) await sleep(LOOK_MS);
  const kept = rate(events, startedAt);
  while ((waiting.get() as number) > 0) await sleep(LOOK_MS);
  const projected = rate(events, startedAt);
  console.log(
    `${events} events of ${BUSY} stations, ${STATIONS} on line: kept ${Math.round(kept)}/s, projected ${Math.round(projected)}/s of ${PROJECTED_WANTED}/s wanted`,
  );
  seen.close();
  for (const child of [busy, idle, hub]) await child.end();
  await rig.close();
  return { name: 'province-link', ours: kept, limit: KEPT_WANTED, unit: 'events/s' };
}

function rate(events: number, startedAt: number): number {
  return (events / (performance.now() - startedAt)) * 1000;
}
