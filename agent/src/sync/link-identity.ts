import { randomBytes } from 'node:crypto';
import { keepMeta } from '@lianpiao/shared/store/meta-rows';
import { inArray } from 'drizzle-orm';
import type { AgentStore, AgentTx } from '../store/open-agent-store.ts';

/** What this database says of itself in hello, and what the hub gave it. */
export type LinkIdentity = {
  /** Made with the database: a copy of it has the same one. */
  readonly dbId: string;
  /** 0 before the hub's first welcome. */
  readonly incarnation: number;
  readonly lastWordAt: number | null;
  /** The highest incarnation of the hub that has welcomed this station; 0 before the first. */
  readonly hubIncarnation: number;
};

const DB_ID = 'link.db-id';
const INCARNATION = 'link.incarnation';
const LAST_WORD = 'link.last-word-at';
const HUB_INCARNATION = 'link.hub-incarnation';

export function linkIdentity(store: AgentStore): Promise<LinkIdentity> {
  return store.transaction((tx) => linkIdentityIn(tx));
}

export async function linkIdentityIn(tx: AgentTx): Promise<LinkIdentity> {
  const { meta } = tx.t;
  await tx.db
    .insert(meta)
    .values({ key: DB_ID, value: randomBytes(12).toString('hex') })
    .onConflictDoNothing();
  const rows = await tx.db
    .select()
    .from(meta)
    .where(inArray(meta.key, [DB_ID, INCARNATION, LAST_WORD, HUB_INCARNATION]));
  const found = new Map(rows.map(({ key, value }) => [key, value]));
  const lastWord = found.get(LAST_WORD);
  return {
    dbId: found.get(DB_ID)!,
    incarnation: Number(found.get(INCARNATION) ?? 0),
    lastWordAt: lastWord === undefined ? null : Number(lastWord),
    hubIncarnation: Number(found.get(HUB_INCARNATION) ?? 0),
  };
}

export function keepIncarnation(tx: AgentTx, incarnation: number): Promise<void> {
  return keepMeta(tx, INCARNATION, String(incarnation));
}

/** From here on a hub of a lower incarnation is an old one, and is not obeyed. */
export function keepHubIncarnation(tx: AgentTx, incarnation: number): Promise<void> {
  return keepMeta(tx, HUB_INCARNATION, String(incarnation));
}

/** When the hub was last heard, so that the screen knows it after a restart. Epoch ms of this machine's clock. */
export function keepLastWord(store: AgentStore, at: number): Promise<void> {
  return store.transaction((tx) => keepMeta(tx, LAST_WORD, String(at)));
}
