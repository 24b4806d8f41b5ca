import { and, eq } from 'drizzle-orm';
import { done, type Outcome, refuse } from '../domain/outcome.ts';
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
  db.insert(t.answers).values({
    caller: value('caller'),
    key: value('key'),
    verb: value('verb'),
    bodyHash: value('bodyHash'),
    answer: value('answer'),
    at: value('at'),
  }),
);

/**
 * The answer that this call got before, or undefined when it is new. Only a yes is kept: a refusal changed nothing, so
 * the same question may be asked again.
 */
export async function answerOf<Value>(
  tx: Tx<SharedTables>,
  call: Call,
  verb: string,
): Promise<Outcome<Value, KeyReused> | undefined> {
  const [seen] = await find(tx, { caller: call.caller.id, key: call.key });
  if (!seen) return undefined;
  if (seen.bodyHash !== call.bodyHash || seen.verb !== verb) return refuse({ code: 'call.key-reused', key: call.key });
  return done(JSON.parse(seen.answer) as Value);
}

/** Keeps the yes of a call with the change that it describes, in the same transaction. */
export async function keepAnswer<Value>(
  tx: Tx<SharedTables>,
  call: Call,
  verb: string,
  answer: Value,
  now: EpochMs,
): Promise<void> {
  await insert(tx, {
    caller: call.caller.id,
    key: call.key,
    verb,
    bodyHash: call.bodyHash,
    answer: JSON.stringify(answer),
    at: now,
  });
}

type AnyOutcome =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly refusal: { readonly code: string } };

/** Runs a verb once per idempotency key: a repeat gets the stored answer, and only a yes is stored. */
export function answerOnce<Tables extends SharedTables, Result extends AnyOutcome>(
  store: Store<Tables>,
  call: Call,
  verb: string,
  now: EpochMs,
  unit: (tx: Tx<Tables>) => Promise<Result>,
): Promise<Result | { readonly ok: false; readonly refusal: KeyReused }> {
  return store.transaction(async (tx) => {
    const seen = await answerOf(tx, call, verb);
    if (seen) return seen as Result;
    const outcome = await unit(tx);
    if (outcome.ok) await keepAnswer(tx, call, verb, outcome.value, now);
    return outcome;
  });
}
