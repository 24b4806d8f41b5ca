import { setTimeout as sleep } from 'node:timers/promises';
import { and, asc, eq, gte, inArray, lte, sql } from 'drizzle-orm';
import { Fault } from '../fault.ts';
import { statement, value } from '../store/statement.ts';
import type { Store } from '../store/store.ts';
import type { SharedTables } from '../store/tables/shared.ts';
import { applyFact, codeOfFailure, type FactHandlers, type RawFact } from './facts.ts';

/** Rows taken in one round. */
const ROUND_ROWS_MAX = 200;
/** Facts that share a transaction: few enough that a sale waiting for the writer does not notice. */
const GROUP_ROWS_MAX = 25;
/** The wait after a round that met a passing fault, in ms. */
const RETRY_MS = 1_000;
/** How long a round gives way to more important work at most, and how often it looks whether it still has to, in ms. */
const GIVE_WAY_MS_MAX = 100;
const LOOK_MS = 5;

/** A queue that waits for an upgrade or a correction. `agg` is what its events are about. */
export type ParkedQueue = {
  readonly peer: string;
  readonly agg: string;
  readonly seq: number;
  readonly type: string;
  readonly reason: string;
  readonly waiting: number;
};

/** Word for word the condition of the index `inbox_waiting`: SQLite uses a partial index for nothing else. */
const notDone = (t: SharedTables) => sql`${t.inbox.state} <> 'done'`;

const next = statement((db, t: SharedTables) =>
  db
    .select({
      peer: t.inbox.peer,
      seq: t.inbox.seq,
      type: t.inbox.type,
      tv: t.inbox.tv,
      at: t.inbox.at,
      agg: t.inbox.agg,
      fact: t.inbox.fact,
      person: t.inbox.person,
      personHash: t.inbox.personHash,
    })
    .from(t.inbox)
    .where(and(eq(t.inbox.state, sql`'new'`), notDone(t)))
    .orderBy(asc(t.inbox.peer), asc(t.inbox.lane), asc(t.inbox.seq))
    .limit(value('limit')),
);

const settle = statement((db, t: SharedTables) =>
  db
    .update(t.inbox)
    .set({ state: sql`${value('state')}`, reason: sql`${value('reason')}` })
    .where(and(eq(t.inbox.peer, value('peer')), eq(t.inbox.lane, sql`'ev'`), eq(t.inbox.seq, value('seq')))),
);

/** Everything that was new from one sequence number to another has been applied: nothing in between may become new meanwhile. */
const settleRange = statement((db, t: SharedTables) =>
  db
    .update(t.inbox)
    .set({ state: 'done' })
    .where(
      and(
        eq(t.inbox.peer, value('peer')),
        eq(t.inbox.lane, sql`'ev'`),
        gte(t.inbox.seq, value('from')),
        lte(t.inbox.seq, value('to')),
        eq(t.inbox.state, sql`'new'`),
      ),
    ),
);

const stopped = statement((db, t: SharedTables) =>
  db
    .select({
      peer: t.inbox.peer,
      agg: t.inbox.agg,
      seq: t.inbox.seq,
      type: t.inbox.type,
      reason: t.inbox.reason,
      state: t.inbox.state,
    })
    .from(t.inbox)
    .where(and(inArray(t.inbox.state, ['parked', 'waiting']), notDone(t)))
    .orderBy(asc(t.inbox.peer), asc(t.inbox.seq)),
);

const waitingQueues = statement((db, t: SharedTables) =>
  db
    .selectDistinct({ peer: t.inbox.peer, agg: t.inbox.agg })
    .from(t.inbox)
    .where(and(eq(t.inbox.state, 'waiting'), notDone(t))),
);

type Replay = {
  readonly peer: string;
  readonly agg: string;
  readonly resolve: () => void;
  readonly reject: (cause: unknown) => void;
};

/** `retry`: a passing fault, this row and what follows it in its queue are taken up again later. */
type Outcome = 'settled' | 'retry';

/**
 * Applies what lane `ev` brought, in order per peer and aggregate. What cannot be understood or applied parks its
 * aggregate's queue, with the reason, and everything else goes on; `replay` puts a queue back after an upgrade.
 *
 * A fact and the state of its row are one transaction; neighbours share it as long as none of them fails. A passing fault
 * (`retryable`) is tried again and parks nothing, and while it lasts nothing else of its peer is parked either: what that
 * speaks of may be in the queue that is held.
 */
export class InboxProjector<Tables extends SharedTables> {
  readonly #store: Store<Tables>;
  readonly #handlersOf: (peer: string) => FactHandlers<Tables>;
  readonly #noted: (code: string, facts: Readonly<Record<string, unknown>>) => void;
  readonly #busy: () => boolean;
  /** Queues that do not go on, as `peer agg`: `parked` until they are replayed, `held` for this round after a passing fault. */
  readonly #stopped = new Map<string, 'parked' | 'held'>();
  #running: Promise<void> | undefined;
  #again = false;
  #retry: NodeJS.Timeout | undefined;
  readonly #replays: Replay[] = [];
  #closed = false;

  /** `busy`: a backlog is coming in. To keep it, so that its senders are rid of it, goes before projecting it. */
  constructor(
    store: Store<Tables>,
    handlersOf: (peer: string) => FactHandlers<Tables>,
    noted: (code: string, facts: Readonly<Record<string, unknown>>) => void,
    busy: () => boolean = () => false,
  ) {
    this.#store = store;
    this.#handlersOf = handlersOf;
    this.#noted = noted;
    this.#busy = busy;
  }

  /** Reads which queues are parked, and takes up what was left. */
  async start(): Promise<void> {
    for (const { peer, agg } of await this.parked()) this.#stopped.set(queueName(peer, agg), 'parked');
    await this.#releaseOrphans();
    this.wake();
  }

  /** There are new rows. */
  wake(): void {
    if (this.#closed) return;
    this.#again = true;
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
      if (this.#again) this.wake();
    });
  }

  /** Resolves when everything that had arrived is projected or parked. */
  async idle(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  async parked(): Promise<ParkedQueue[]> {
    const rows = await stopped(this.#store.read, {});
    const heads = rows.filter((row) => row.state === 'parked');
    return heads.map(({ state: _parked, reason, ...head }) => ({
      ...head,
      reason: reason ?? '',
      waiting: rows.filter((row) => row.state === 'waiting' && row.peer === head.peer && row.agg === head.agg).length,
    }));
  }

  /** Takes a parked queue up again, from its first event. Resolves when it stands in line. */
  replay(peer: string, agg: string): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#replays.push({ peer, agg, resolve, reject });
    this.wake();
    return promise;
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#retry);
    await this.#running;
    for (const { reject } of this.#replays.splice(0)) reject(new Error('the projector is closed'));
  }

  /** Rows that wait behind a fact which was applied after all, because the process ended before it was parked. */
  async #releaseOrphans(): Promise<void> {
    for (const { peer, agg } of await waitingQueues(this.#store.read, {}))
      if (!this.#stopped.has(queueName(peer, agg))) await this.replay(peer, agg);
  }

  async #run(): Promise<void> {
    while (this.#again && !this.#closed) {
      await this.#giveWay();
      this.#again = false;
      for (const replay of this.#replays.splice(0)) await this.#takeUp(replay);
      const rows = await next(this.#store.read, { limit: ROUND_ROWS_MAX });
      const outcomes = await this.#projectRound(rows);
      if (outcomes.includes('retry')) {
        for (const [queue, why] of this.#stopped) if (why === 'held') this.#stopped.delete(queue);
        this.#retry = setTimeout(() => this.wake(), RETRY_MS);
        return;
      }
      if (rows.length > 0) this.#again = true;
    }
  }

  /** Only between two rounds: a round takes every new row between those that it has read for one of its own. */
  async #takeUp({ peer, agg, resolve, reject }: Replay): Promise<void> {
    try {
      await this.#store.transaction(async (tx) => {
        const { inbox } = tx.t;
        const stopped = and(inArray(inbox.state, ['parked', 'waiting']), notDone(tx.t));
        const queue = and(eq(inbox.peer, peer), eq(inbox.lane, 'ev'), eq(inbox.agg, agg), stopped);
        await tx.db.update(inbox).set({ state: 'new', reason: null }).where(queue);
      });
      this.#stopped.delete(queueName(peer, agg));
      resolve();
    } catch (cause) {
      reject(cause);
    }
  }

  async #giveWay(): Promise<void> {
    for (let waited = 0; waited < GIVE_WAY_MS_MAX && this.#busy() && !this.#closed; waited += LOOK_MS)
      await sleep(LOOK_MS);
  }

  /**
   * A group in one transaction as long as nothing is stopped or fails. From the first failure of a round on, its rows are
   * taken one by one: then only the culprit is undone, and nothing overtakes what stands before it in its queue.
   */
  async #projectRound(rows: readonly RawFact[]): Promise<readonly Outcome[]> {
    const round = { whole: true };
    // Queued in order and run in order: the store has one writer.
    const groups = inGroups(rows).map(async (group) => ({ group, settled: await this.#projectGroup(group, round) }));
    const left = (await Promise.all(groups)).filter(({ settled }) => !settled).flatMap(({ group }) => group);
    return Promise.all(left.map((row) => this.#project(row)));
  }

  async #projectGroup(group: readonly RawFact[], round: { whole: boolean }): Promise<boolean> {
    const [first, last] = [group[0]!, group.at(-1)!];
    try {
      return await this.#store.transaction(async (tx) => {
        round.whole &&= !group.some(({ peer, agg }) => this.#stopped.has(queueName(peer, agg)));
        if (!round.whole) return false;
        try {
          for (const row of group) await applyFact(tx, this.#handlersOf(row.peer), row);
          await settleRange(tx, { peer: first.peer, from: first.seq, to: last.seq });
        } catch (cause) {
          round.whole = false;
          throw cause;
        }
        return true;
      });
    } catch {
      // Whose fault it is shows when they are applied one by one.
      round.whole = false;
      return false;
    }
  }

  async #project(row: RawFact): Promise<Outcome> {
    const { peer, seq, agg } = row;
    const queue = queueName(peer, agg);
    try {
      return await this.#store.transaction(async (tx) => {
        const stopped = this.#stopped.get(queue);
        if (stopped === 'held') return 'retry';
        if (stopped === 'parked') {
          await settle(tx, { peer, seq, state: 'waiting', reason: null });
          return 'settled';
        }
        try {
          await applyFact(tx, this.#handlersOf(peer), row);
        } catch (cause) {
          // Rows behind it in the same queue are already waiting for their turn in this round.
          this.#stopped.set(queue, isPassing(cause) || this.#isHeldBack(peer) ? 'held' : 'parked');
          throw cause;
        }
        await settle(tx, { peer, seq, state: 'done', reason: null });
        return 'settled';
      });
    } catch (cause) {
      return this.#park(row, cause);
    }
  }

  #isHeldBack(peer: string): boolean {
    return [...this.#stopped].some(([queue, why]) => why === 'held' && queue.startsWith(queueName(peer, '')));
  }

  async #park({ peer, agg, seq, type }: RawFact, cause: unknown): Promise<Outcome> {
    if (isPassing(cause)) {
      this.#noted((cause as Fault).code, { peer, seq, type });
      return 'retry';
    }
    if (this.#stopped.get(queueName(peer, agg)) === 'held') return 'retry';
    const reason = `${codeOfFailure(cause)}: ${cause instanceof Error ? cause.message : String(cause)}`.slice(0, 400);
    try {
      await this.#store.transaction((tx) => settle(tx, { peer, seq, state: 'parked', reason }));
    } catch (unwritten) {
      if (!isPassing(unwritten)) throw unwritten;
      this.#stopped.set(queueName(peer, agg), 'held');
      return 'retry';
    }
    this.#noted('link.queue-parked', { peer, agg, seq, type, reason });
    return 'settled';
  }
}

/** Neighbours of one peer. Every new row between the first and the last of a group is in it. */
function inGroups(rows: readonly RawFact[]): RawFact[][] {
  const groups: RawFact[][] = [];
  for (const row of rows) {
    const group = groups.at(-1);
    if (group && group.length < GROUP_ROWS_MAX && group[0]!.peer === row.peer) group.push(row);
    else groups.push([row]);
  }
  return groups;
}

/** The store could not write, or something else that gets well by itself. */
function isPassing(cause: unknown): boolean {
  return cause instanceof Fault && cause.detail.retryable;
}

function queueName(peer: string, agg: string): string {
  return `${peer} ${agg}`;
}
