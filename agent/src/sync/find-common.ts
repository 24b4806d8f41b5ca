import type { Outcome } from '@lianpiao/shared/domain/outcome';
import { sentHash } from '@lianpiao/shared/link/stream-rows';
import type { Lane } from '@lianpiao/shared/protocol/events';
import type { RequestAnswer, RequestBody } from '@lianpiao/shared/protocol/requests';
import type { Reader } from '@lianpiao/shared/store/store';
import { HUB } from '../agent.ts';
import type { AgentTables } from '../store/tables.ts';

type Refusal = { readonly code: string };
export type AskHash = (wish: RequestBody<'stream.hash'>) => Promise<Outcome<RequestAnswer<'stream.hash'>, Refusal>>;

/** `seq`: the last row that both histories have. `forked`: both have others behind it. */
export type CommonPoint = { readonly seq: number; readonly hash: string; readonly forked: boolean };

/**
 * Finds where this station's stream and the hub's copy of it part, by halves: a chain that is equal at one number is equal
 * before it. Rows that one side has pruned were safe on both, so they are common. `head` is where our own history ends.
 */
export async function findCommon(
  on: Reader<AgentTables>,
  lane: Lane,
  head: { readonly seq: number; readonly hash: string },
  ask: AskHash,
): Promise<Outcome<CommonPoint, Refusal>> {
  const theirs = await ask({ lane, seq: 0 });
  if (!theirs.ok) return theirs;
  const shorter = Math.min(head.seq, theirs.value.head);
  let [common, apart] = [0, shorter + 1];
  while (apart - common > 1) {
    // The shorter head first: as a rule a lane is not forked.
    const seq = apart > shorter ? shorter : Math.floor((common + apart) / 2);
    const answer = await ask({ lane, seq });
    if (!answer.ok) return answer;
    const ours = await sentHash(on, HUB, lane, seq);
    if (ours === undefined || answer.value.hash === null || ours === answer.value.hash) common = seq;
    else apart = seq;
  }
  const hash = (await sentHash(on, HUB, lane, common)) ?? head.hash;
  return { ok: true, value: { seq: common, hash, forked: common < shorter } };
}
