import { type ClockReading, clockLevel, jumpBetween, offsetOf, stillHolds } from '@lianpiao/shared/domain/clock-rules';
import { statement } from '@lianpiao/shared/store/statement';
import type { Reader } from '@lianpiao/shared/store/store';
import { emit } from '@lianpiao/shared/store/streams';
import { HUB } from '../agent.ts';
import { resumeSelling } from '../selling/resume-selling.ts';
import { stopSelling } from '../selling/sale-stops.ts';
import type { AgentStore } from '../store/open-agent-store.ts';
import type { AgentTables } from '../store/tables.ts';
import type { StationClock } from './station-clock.ts';

/** A reading is written down when it differs from the one before by more, in ms. */
const NEWS_MS = 100;

/**
 * At the start: takes over what an earlier process knew of the hub's time, where the machine has run on and nobody has set
 * its clock. Else rules that depend on time refuse until the hub is heard.
 */
export async function resumeClock(store: AgentStore, clock: StationClock): Promise<void> {
  const before = await lastReading(store.read);
  if (before && before.leadMs !== null && stillHolds(before, clock.reading())) clock.resume(before.leadMs);
  await watchClock(store, clock);
  if (clock.synced) return;
  const since = clock.now();
  await store.transaction((tx) => stopSelling(tx, { cause: 'clock', code: 'clock.not-synced', detail: '', since }));
}

/**
 * Looks whether the wall clock was set or is wrong, and tells the hub once: the fact and the reading that it was seen on are
 * written together. Call every second.
 */
export async function watchClock(store: AgentStore, clock: StationClock): Promise<void> {
  const reading = clock.reading();
  const before = await lastReading(store.read);
  if (before && !isNews(before, reading)) return;
  const jump = jumpBetween(before, reading);
  const [at, wallAt] = [clock.now(), clock.wall()];
  await store.transaction(async (tx) => {
    const { clockReadings } = tx.t;
    await tx.db.delete(clockReadings);
    await tx.db.insert(clockReadings).values(reading);
    if (clock.synced) await resumeSelling(tx, 'clock');
    if (jump) await emit(tx, { peer: HUB, type: 'clock.jump', agg: 'clock', fact: { at, wallAt, ...jump } }, at);
  });
}

/** How wrong the machine's wall clock is, as it was seen last. */
export async function clockState(on: Reader<AgentTables>) {
  const reading = await lastReading(on);
  const offsetMs = reading ? offsetOf(reading) : null;
  return { offsetMs, level: offsetMs === null ? null : clockLevel(offsetMs) };
}

const readings = statement((db, t: AgentTables) => db.select().from(t.clockReadings));

async function lastReading(on: Reader<AgentTables>): Promise<ClockReading | undefined> {
  return (await readings(on, {}))[0];
}

function isNews(before: ClockReading, now: ClockReading): boolean {
  if (before.boot !== now.boot || (before.leadMs === null) !== (now.leadMs === null)) return true;
  const moved = [now.gapMs - before.gapMs, (now.leadMs ?? 0) - (before.leadMs ?? 0)];
  return moved.some((ms) => Math.abs(ms) > NEWS_MS);
}
