import { and, eq } from 'drizzle-orm';
import { done, refuse } from '../domain/outcome.ts';
import type { EpochMs } from '../domain/service-day.ts';
import type { Call } from './call.ts';
import { statement, value } from './statement.ts';
import type { Store, Tx } from './store.ts';
import type { SharedTables } from './tables/shared.ts';

/** The caller used one idempotency key for two different bodies: a bug on its side that must not move money. */
export type KeyReused = { readonly code: 'call.key-reused'; readonly key: string };

const find = statement((db, t: SharedTables) =>
  db
    .select({ verb: t.answers.verb, bodyHash: t.answers.bodyHash, answer: t.answers.answer })
    .from(t.answers)
    .where(and(eq(t.answers.caller, value('caller')), eq(t.answers.key, value('key')))),
);

const insert = statement((db, t: SharedTables) =>
  db
    .insert(t.answers)
    .values({
      caller: value('caller'),
      key: value('key'),
      verb: value('verb'),
      bodyHash: value('bodyHash'),
      answer: value('answer'),
      at: value('at'),
    })
    .onConflictDoNothing(),
);

type AnyOutcome =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly refusal: { readonly code: string } };

/**
 * Runs a verb once per idempotency key, and keeps its yes in the transaction that makes it true: a repeat gets that answer.
 *
 * The key is looked up only when there is reason to: a repeat finds the world changed by its first run and is refused, or
 * its answer meets the kept one and is undone with everything else it did. A no changed nothing and is not kept: the same
 * question may be asked again.
 */
export async function answerOnce<Tables extends SharedTables, Result extends AnyOutcome>(
  store: Store<Tables>,
  call: Call,
  verb: string,
  now: EpochMs,
  unit: (tx: Tx<Tables>) => Promise<Result>,
): Promise<Result | { readonly ok: false; readonly refusal: KeyReused }> {
  const { caller, key, bodyHash } = call;
  const outcome = await store.transaction(async (tx) => {
    const tried = await unit(tx);
    if (!tried.ok) return tried;
    const kept = await insert(tx, {
      caller: caller.id,
      key,
      verb,
      bodyHash,
      answer: JSON.stringify(tried.value),
      at: now,
    });
    return kept === 1 ? tried : refuse({ code: 'call.repeated' });
  });
  if (outcome.ok) return outcome;
  const [seen] = await find(store.read, { caller: caller.id, key });
  if (!seen) return outcome as Result;
  if (seen.bodyHash !== bodyHash || seen.verb !== verb) return refuse({ code: 'call.key-reused', key });
  return done(JSON.parse(seen.answer)) as Result;
}
