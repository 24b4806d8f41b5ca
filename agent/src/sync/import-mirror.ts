import { done, type Outcome, refuse } from '@lianpiao/shared/domain/outcome';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { applyFact, type FactHandlers, NotUnderstood } from '@lianpiao/shared/link/facts';
import type { Lane } from '@lianpiao/shared/protocol/events';
import { audit } from '@lianpiao/shared/store/audit';
import type { Caller } from '@lianpiao/shared/store/call';
import type { JournalRow } from '@lianpiao/shared/store/journal-file/journal-rows';
import type { Mirror } from '@lianpiao/shared/store/journal-file/read-mirror';
import { appendEvent } from '@lianpiao/shared/store/streams';
import { HUB } from '../agent.ts';
import type { AgentStore, AgentTx } from '../store/open-agent-store.ts';
import type { AgentTables } from '../store/tables.ts';
import { keepProvenHeads, loseContinuity, provenHeads } from './lost-continuity.ts';
import { type MissingRows, missingRows, type NotOurs } from './missing-rows.ts';
import { appendUnproven, ORDER, setUnprovenAside } from './unproven-events.ts';

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
  | NotOurs
  | { readonly code: 'mirror.empty'; readonly tornBytes: number }
  | { readonly code: 'mirror.other-station'; readonly station: string }
  | { readonly code: 'mirror.not-understood'; readonly why: string };

export type ImportParts = {
  readonly store: AgentStore;
  /** Whose database it is. */
  readonly station: string;
  readonly mirror: Mirror;
  /** What the station's own facts change in its own rows. */
  readonly facts: FactHandlers<AgentTables>;
  readonly now: EpochMs;
};

/**
 * The station's disk died, a backup is in its place, and the second journal has what was written since: brings the station's own
 * rows back in sequence, each joined to the chain before it, and makes tickets, seats and drawers what they were: all of it, or
 * nothing. From then on the station sells nothing until the hub has given it a new incarnation. Nothing is taken as confirmed: what
 * the hub has it skips, the rest is sent to it. A second time changes nothing.
 */
export async function importMirror(parts: ImportParts): Promise<Outcome<ImportedLane[], ImportRefusal>> {
  const { store, station, mirror } = parts;
  if (mirror.streams.length === 0) return refuse({ code: 'mirror.empty', tornBytes: mirror.tornBytes });
  const foreign = mirror.streams.find(({ owner }) => owner !== null && owner !== station)?.owner;
  if (foreign) return refuse({ code: 'mirror.other-station', station: foreign });
  try {
    return await store.transaction((tx) => importRows(tx, parts));
  } catch (cause) {
    if (cause instanceof NotUnderstood) return refuse({ code: 'mirror.not-understood', why: cause.message });
    throw cause;
  }
}

async function importRows(tx: AgentTx, { mirror, facts, now }: ImportParts) {
  const missing: MissingRows[] = [];
  for (const lane of ORDER) {
    const stream = mirror.streams.find((each) => each.peer === HUB && each.lane === lane);
    const found = await missingRows(tx, lane, stream?.rows ?? []);
    if (!found.ok) return found;
    missing.push(found.value);
  }
  const count = missing.reduce((sum, { rows }) => sum + rows.length, 0);
  if (count > 0) {
    await loseContinuity(tx, { code: 'station.database-older', detail: 'rows came back from the second journal' }, now);
    for (const { lane, rows } of missing) await bringBack(tx, lane, rows, facts);
    await appendUnproven(tx);
    await audit(tx, CALLER, 'station.mirror-imported', HUB, now, String(count));
  }
  return done(missing.map(imported));
}

async function bringBack(
  tx: AgentTx,
  lane: Lane,
  rows: readonly JournalRow[],
  facts: FactHandlers<AgentTables>,
): Promise<void> {
  if (rows.length === 0) return;
  const proven = (await provenHeads(tx))!;
  await setUnprovenAside(tx, lane, proven);
  let head = proven[lane];
  for (const row of rows) {
    head = await appendEvent(tx, HUB, lane, row);
    await applyFact(tx, facts, { ...row, peer: HUB });
  }
  await keepProvenHeads(tx, { ...proven, [lane]: head });
}

function imported({ lane, rows, left }: MissingRows): ImportedLane {
  return { lane, rows: rows.length, first: rows[0]?.seq ?? null, last: rows.at(-1)?.seq ?? null, left };
}
