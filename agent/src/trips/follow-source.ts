import type { Clock } from '@lianpiao/shared/clock';
import type { Agent } from '../agent.ts';
import type { AgentConfig } from '../config.ts';
import type { SetAside } from '../legacy/set-aside.ts';
import { openSource } from '../legacy/source-config.ts';
import type { StopDirectory } from '../legacy/stop-directory.ts';
import { SourceWatch } from '../legacy/watch-source.ts';
import { importTrips } from './import-trips.ts';
import { keepStops } from './keep-stops.ts';
import { forgetSeenTrips, noteSeenTrips, seenTrips } from './seen-trips.ts';

/** Watches the station's source and keeps its trips and what it could not deliver. Nothing is read before `look` or the loop. */
export async function followSource(
  agent: Agent,
  config: AgentConfig,
  folder: string,
  clock: Clock,
  directory: StopDirectory,
): Promise<SourceWatch> {
  const source = await openSource(config.source, { folder, station: agent.station.code, directory });
  return new SourceWatch({
    source,
    clock,
    windowDays: config.windowDays,
    zone: 'Asia/Shanghai',
    missingShareMax: config.missingShareMax,
    seen: () => seenTrips(agent, clock.now()),
    forget: (tripIds) => forgetSeenTrips(agent, tripIds),
    apply: async (trips, setAside) => {
      const now = clock.now();
      await keepSetAside(agent, source.name, setAside, now);
      await keepStops(agent, trips, directory);
      const { kept } = await importTrips(agent, trips, now);
      await noteSeenTrips(agent, trips, now);
      return { kept };
    },
  });
}

/** The rows that the last reading set aside, in place of those of the reading before. */
function keepSetAside(agent: Agent, source: string, rows: readonly SetAside[], now: number): Promise<void> {
  return agent.store.transaction(async (tx) => {
    const { setAside } = tx.t;
    await tx.db.delete(setAside);
    for (const { file, line, field, reason, text, raw } of rows) {
      await tx.db
        .insert(setAside)
        .values({ source, file, line: line ?? null, field: field ?? null, reason, text, raw: raw ?? null, at: now });
    }
  });
}
