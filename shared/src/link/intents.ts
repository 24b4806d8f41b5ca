import { and, eq, inArray } from 'drizzle-orm';
import { done, type Outcome, refuse } from '../domain/outcome.ts';
import type { EpochMs } from '../domain/service-day.ts';
import type { RequestKind } from '../protocol/requests.ts';
import { statement, value } from '../store/statement.ts';
import type { Reader, Store } from '../store/store.ts';
import type { SharedTables } from '../store/tables/shared.ts';

/**
 * A mutating request is written down before it is asked: its time-out means *unknown*, and after a crash nobody else
 * remembers that it was asked. state: `opened`, about to be asked for somebody else; `asked`; `yes` with the answer; `no`; `burnt` when the other side has never seen it
 * and never will.
 */
/** Nobody knows yet what became of it. */
const OPEN = ['opened', 'asked'];
/** Intents looked at in one pass. */
const INTENTS_MAX = 100;

export type Intent = {
  readonly key: string;
  readonly peer: string;
  readonly method: RequestKind;
  readonly body: string;
};

/**
 * `ask`: nobody has answered yet; `askedBefore`, an earlier question may be on its way. Otherwise the answer that the caller
 * gets without asking again.
 */
export type Written =
  | { readonly go: 'ask'; readonly askedBefore: boolean }
  | { readonly go: 'answer'; readonly answer: Outcome<unknown, { readonly code: string }> };

const find = statement((db, t: SharedTables) =>
  db
    .select()
    .from(t.intents)
    .where(eq(t.intents.key, value('key'))),
);

const write = statement((db, t: SharedTables) =>
  db.insert(t.intents).values({
    key: value('key'),
    peer: value('peer'),
    method: value('method'),
    body: value('body'),
    state: 'asked',
    at: value('now'),
  }),
);

const settle = statement((db, t: SharedTables) =>
  db
    .update(t.intents)
    .set({ state: value('state') as never, answer: value('answer') as never })
    .where(and(eq(t.intents.key, value('key')), inArray(t.intents.state, OPEN))),
);

const open = statement((db, t: SharedTables) =>
  db
    .select({ key: t.intents.key, method: t.intents.method, body: t.intents.body })
    .from(t.intents)
    .where(and(inArray(t.intents.state, OPEN), eq(t.intents.peer, value('peer'))))
    .orderBy(t.intents.at)
    .limit(INTENTS_MAX),
);

/** Writes the intent before the question, or finds what became of the same wish. */
export function writeIntent<Tables extends SharedTables>(
  store: Store<Tables>,
  intent: Intent,
  now: EpochMs,
): Promise<Written> {
  return store.transaction(async (tx): Promise<Written> => {
    const { intents } = tx.t;
    const { key, peer, method, body } = intent;
    const [known] = await find(tx, { key });
    if (!known) {
      await write(tx, { key, peer, method, body, now });
      return { go: 'ask', askedBefore: false };
    }
    if (known.method !== method || known.body !== body)
      return { go: 'answer', answer: refuse({ code: 'call.key-reused', key }) };
    if (known.state === 'yes') return { go: 'answer', answer: done(JSON.parse(known.answer ?? 'null') as unknown) };
    if (known.state === 'burnt') return { go: 'answer', answer: refuse({ code: 'link.wish-expired', key }) };
    // A refusal changed nothing over there, so the same wish may be asked again.
    if (known.state === 'no' || known.state === 'opened')
      await tx.db.update(intents).set({ state: 'asked', at: now }).where(eq(intents.key, key));
    return { go: 'ask', askedBefore: known.state === 'asked' };
  });
}

/** True for a wish that was asked of somebody before, whatever became of it. */
export async function wasAsked({ db, t }: Pick<Reader<SharedTables>, 'db' | 't'>, key: string): Promise<boolean> {
  const { intents } = t;
  return (await db.select({ key: intents.key }).from(intents).where(eq(intents.key, key))).length > 0;
}

/** Keeps what became of an intent. */
export function settleIntent<Tables extends SharedTables>(
  store: Store<Tables>,
  key: string,
  state: 'yes' | 'no' | 'burnt',
  answer: unknown = null,
): Promise<void> {
  return store.transaction(async (tx) => {
    await settle(tx, { key, state, answer: state === 'yes' ? JSON.stringify(answer) : null });
  });
}

/** Intents whose outcome is unknown, oldest first. */
export async function openIntents<Tables extends SharedTables>(store: Store<Tables>, peer: string): Promise<Intent[]> {
  const rows = await open(store.read, { peer });
  return rows.map(({ key, method, body }) => ({ key, peer, method: method as RequestKind, body }));
}
