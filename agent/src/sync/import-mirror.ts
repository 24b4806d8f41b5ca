import { done, type Outcome, refuse } from '@lianpiao/shared/domain/outcome';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { applyFact, type FactHandlers } from '@lianpiao/shared/link/facts';
import { NotOurHistory } from '@lianpiao/shared/link/take-back';
import type { Lane } from '@lianpiao/shared/protocol/events';
import { audit } from '@lianpiao/shared/store/audit';
import type { Caller } from '@lianpiao/shared/store/call';
import type { JournalRow } from '@lianpiao/shared/store/journal-file/journal-rows';
import type { MirroredStream } from '@lianpiao/shared/store/journal-file/read-mirror';
import { appendEvent } from '@lianpiao/shared/store/streams';
import { HUB } from '../agent.ts';
import type { AgentStore, AgentTx } from '../store/open-agent-store.ts';
import type { AgentTables } from '../store/tables.ts';
import { keepProvenHeads, loseContinuity, provenHeads, provenPositions } from './lost-continuity.ts';
import { appendUnproven, ORDER, setUnprovenAside } from './unproven-events.ts';

/** Rows that are brought back in one transaction. */
const ROWS_MAX = 100;
const CALLER: Caller = { id: 'cli', channel: 'other', terminal: '000', clerk: null, shiftId: null };

/** Rows of one lane that came back, `first` to `last`; `left` are rows of the mirror behind a hole, which nothing joins. */
export type ImportedLane = {
  readonly lane: Lane;
  readonly rows: number;
  readonly first: number | null;
  readonly last: number | null;
  readonly left: number;
};

export type ImportRefusal =
  | { readonly code: 'mirror.does-not-join'; readonly lane: Lane; readonly have: number; readonly from: number }
  | { readonly code: 'mirror.other-history'; readonly lane: Lane };

export type ImportParts = {
  readonly store: AgentStore;
  readonly streams: readonly MirroredStream[];
  /** What the station's own facts change in its own rows. */
  readonly facts: FactHandlers<AgentTables>;
  readonly now: EpochMs;
};

/**
 * The station's disk died, a backup is in its place, and the second journal has what was written since: brings the station's own
 * rows back in sequence, each joined to the chain before it, and makes tickets, seats and drawers what they were. From the first
 * row on the station sells nothing until the hub has given it a new incarnation. Nothing is taken as confirmed: what the hub
 * has it skips, the rest is sent to it. May be killed anywhere and begun again; a second time changes nothing.
 */
export async function importMirror(parts: ImportParts): Promise<Outcome<ImportedLane[], ImportRefusal>> {
  const imported: ImportedLane[] = [];
  for (const lane of ORDER) {
    const rows = parts.streams.find((each) => each.peer === HUB && each.lane === lane)?.rows ?? [];
    const found = await importLane(parts, lane, rows);
    if (!found.ok) return found;
    imported.push(found.value);
  }
  const count = imported.reduce((sum, { rows }) => sum + rows, 0);
  if (count > 0)
    await parts.store.transaction(async (tx) => {
      await appendUnproven(tx);
      await audit(tx, CALLER, 'station.mirror-imported', HUB, parts.now, String(count));
    });
  return done(imported);
}

async function importLane(
  { store, facts, now }: ImportParts,
  lane: Lane,
  rows: readonly JournalRow[],
): Promise<Outcome<ImportedLane, ImportRefusal>> {
  const { next } = (await provenPositions(store.read))[lane].out;
  const missing = rows.filter(({ seq }) => seq >= next);
  const first = missing[0]?.seq ?? null;
  if (first === null) return done({ lane, rows: 0, first, last: null, left: 0 });
  if (first !== next) return refuse({ code: 'mirror.does-not-join', lane, have: next - 1, from: first });
  const joined = missing.filter(({ seq }, place) => seq === next + place);
  try {
    for (let from = 0; from < joined.length; from += ROWS_MAX)
      await store.transaction((tx) => bringBack(tx, lane, joined.slice(from, from + ROWS_MAX), facts, now));
  } catch (cause) {
    if (cause instanceof NotOurHistory) return refuse({ code: 'mirror.other-history', lane });
    throw cause;
  }
  const last = joined.at(-1)!.seq;
  return done({ lane, rows: joined.length, first, last, left: missing.length - joined.length });
}

async function bringBack(
  tx: AgentTx,
  lane: Lane,
  rows: readonly JournalRow[],
  facts: FactHandlers<AgentTables>,
  now: EpochMs,
): Promise<void> {
  await loseContinuity(tx, { code: 'station.database-older', detail: 'rows came back from the second journal' }, now);
  const proven = (await provenHeads(tx))!;
  await setUnprovenAside(tx, lane, proven);
  let head = proven[lane];
  for (const row of rows) {
    head = await appendEvent(tx, HUB, lane, row);
    if (head.seq !== row.seq || head.hash !== row.hash) throw new NotOurHistory(lane, row.seq);
    await applyFact(tx, facts, { ...row, peer: HUB });
  }
  await keepProvenHeads(tx, { ...proven, [lane]: head });
}
