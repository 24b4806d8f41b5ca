import { keepMeta, metaOf } from '@lianpiao/shared/store/meta-rows';
import type { Reader } from '@lianpiao/shared/store/store';
import type { AgentTx } from '../store/open-agent-store.ts';
import type { AgentTables } from '../store/tables.ts';

const GAVE_UP = 'fork.gave-up';

/** The last fork of which this station has thrown its own history away; undefined where it never had to. */
export async function gaveUp(on: Reader<AgentTables>): Promise<number | undefined> {
  const fork = await metaOf(on, GAVE_UP);
  return fork === undefined ? undefined : Number(fork);
}

export function keepGaveUp(tx: AgentTx, fork: number): Promise<void> {
  return keepMeta(tx, GAVE_UP, String(fork));
}
