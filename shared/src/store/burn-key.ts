import { and, eq } from 'drizzle-orm';
import { done, type Outcome, refuse } from '../domain/outcome.ts';
import type { EpochMs } from '../domain/service-day.ts';
import type { Call } from './call.ts';
import { statement, value } from './statement.ts';
import type { Reader, Store, Tx } from './store.ts';
import type { SharedTables } from './tables/shared.ts';

export type KeptAnswer = { readonly verb: string; readonly answer: unknown };
type Key = { readonly caller: string; readonly key: string };

const burn = statement((db, { answers }: SharedTables) =>
  db
    .insert(answers)
    .values({
      caller: value('caller'),
      key: value('key'),
      verb: 'burnt',
      bodyHash: '',
      answer: 'null',
      at: value('now'),
    })
    .onConflictDoNothing(),
);

const find = statement((db, { answers }: SharedTables) =>
  db
    .select({ verb: answers.verb, answer: answers.answer })
    .from(answers)
    .where(and(eq(answers.caller, value('caller')), eq(answers.key, value('key')))),
);

/**
 * Burns an idempotency key, so that whatever comes under it later is refused, or finds the answer that it has already.
 * Undefined: burnt, now or before.
 */
export async function burnKey(
  tx: Tx<SharedTables>,
  { caller, key }: Key,
  now: EpochMs,
): Promise<KeptAnswer | undefined> {
  if ((await burn(tx, { caller, key, now })) > 0) return undefined;
  const seen = await answerUnder(tx, { caller, key });
  return seen === 'burnt' ? undefined : seen;
}

/** What is kept under an idempotency key: an answer, that it is burnt, or nothing. */
export async function answerUnder(
  on: Reader<SharedTables>,
  { caller, key }: Key,
): Promise<KeptAnswer | 'burnt' | undefined> {
  const [seen] = await find(on, { caller, key });
  if (!seen) return undefined;
  return seen.verb === 'burnt' ? 'burnt' : { verb: seen.verb, answer: JSON.parse(seen.answer) as unknown };
}

/** A no that stays a no: the key is burnt, and the caller is told `exchange.refused` with the reason. A yes that was there before stays. */
export async function answerForGood<Answer, Tables extends SharedTables>(
  store: Store<Tables>,
  { caller, key }: Call,
  { code }: { readonly code: string },
  now: EpochMs,
): Promise<Outcome<Answer, { readonly code: 'exchange.refused'; readonly why: string }>> {
  const kept = await store.transaction((tx) => burnKey(tx, { caller: caller.id, key }, now));
  return kept ? done(kept.answer as Answer) : refuse({ code: 'exchange.refused', why: code });
}
