import { done, refuse } from '@lianpiao/shared/domain/outcome';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { type RefRow, setHash } from '@lianpiao/shared/link/ref-rows';
import type { Envelope, RefPart } from '@lianpiao/shared/protocol/messages';
import type { SetName } from '@lianpiao/shared/protocol/reference';
import type { Reader } from '@lianpiao/shared/store/store';
import { and, eq } from 'drizzle-orm';
import type { AgentStore, AgentTx } from '../store/open-agent-store.ts';
import type { AgentTables } from '../store/tables.ts';
import { keepSet } from './keep-sets.ts';

export type Part = Omit<RefPart, keyof Envelope>;

/** What the station has of a set: `version` as it was taken, `hash` of the rows that are really there. Version 0 without any. */
export async function heldOf(on: Reader<AgentTables>, set: SetName) {
  const [held] = await on.db.select().from(on.t.refSets).where(eq(on.t.refSets.set, set));
  return held
    ? { version: held.version, hash: setHash(set, held.version, await rowsOf(on, set)) }
    : { version: 0, hash: null };
}

/**
 * Takes the next part of a pull. Parts gather in the shadow table; the last one swaps the whole set in, in one transaction,
 * if the result is what the hub has. Otherwise nothing of the set is changed and the refusal says why.
 */
export function takePart(store: AgentStore, set: SetName, part: Part, now: EpochMs) {
  return store.transaction(async (tx) => {
    const { refShadow, refSets } = tx.t;
    const mine = eq(refShadow.set, set);
    if (part.part === 0) await tx.db.delete(refShadow).where(mine);
    for (const [key, body] of part.rows) {
      await tx.db.delete(refShadow).where(and(mine, eq(refShadow.key, key)));
      await tx.db.insert(refShadow).values({ set, key, body });
    }
    if (part.part < part.parts - 1) return done('gathered' as const);

    const rows = new Map(part.kind === 'delta' ? await rowsOf(tx, set) : []);
    for (const { key, body } of await tx.db.select().from(refShadow).where(mine)) {
      if (body === null) rows.delete(key);
      else rows.set(key, body);
    }
    const { version, hash } = part;
    if (setHash(set, version, rows) !== hash) return refuse({ code: 'ref.wrong-digest', set, version });
    if (!(await keepSet(tx, set, rows.values()))) return refuse({ code: 'ref.not-understood', set, version });
    await replaceRows(tx, set, rows);
    await tx.db.delete(refShadow).where(mine);
    const taken = { version, hash, comparedAt: now };
    await tx.db
      .insert(refSets)
      .values({ set, ...taken })
      .onConflictDoUpdate({ target: refSets.set, set: taken });
    return done('taken' as const);
  });
}

async function replaceRows(tx: AgentTx, set: SetName, rows: ReadonlyMap<string, string>): Promise<void> {
  const { refRows } = tx.t;
  await tx.db.delete(refRows).where(eq(refRows.set, set));
  for (const [key, body] of rows) await tx.db.insert(refRows).values({ set, key, body });
}

async function rowsOf({ db, t }: Reader<AgentTables>, set: SetName): Promise<RefRow[]> {
  const rows = await db.select().from(t.refRows).where(eq(t.refRows.set, set));
  return rows.map(({ key, body }): RefRow => [key, body]);
}
