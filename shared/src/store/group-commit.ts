import { Fault } from '../fault.ts';

/** The commands of a writer connection, all synchronous or quick. */
export type WriterConnection = {
  begin(): void;
  /** `wrote`: a unit has changed rows. */
  commit(wrote: boolean): void;
  rollback(): void;
  savepoint(): void;
  release(): void;
  rollbackToSavepoint(): void;
  /** Whether rows were changed since this was last asked. */
  wrote(): boolean;
};

type Unit = {
  readonly run: () => Promise<unknown>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (cause: unknown) => void;
};
type Done = { readonly unit: Unit; readonly value: unknown };

/** Most units in one commit, and the longest time that the first of them waits for the others, in ms. */
const UNITS_MAX = 200;
const GROUP_MS_MAX = 20;

/**
 * Lets units of work that arrive together share one durable commit: an fsync costs more than the work.
 *
 * Nobody waits for company: a group is what is queued when the writer becomes free. A unit that fails or refuses after it
 * has written takes the whole group back; the others then run again, each behind a savepoint of its own. That is rare, and
 * saves every other unit the price of a savepoint.
 */
export function groupCommit(connection: WriterConnection): {
  enqueue: (run: () => Promise<unknown>) => Promise<unknown>;
  idle: () => Promise<void>;
} {
  const queue: Unit[] = [];
  let draining: Promise<void> | null = null;

  async function drain(): Promise<void> {
    while (queue.length > 0) {
      // Units that arrive together come in one turn of the loop; and between two groups sockets and timers get theirs.
      await new Promise((next) => setImmediate(next));
      // A no is told after the commit too: it may rest on what another unit of the group has done.
      const noes: (() => void)[] = [];
      const spoilt = await commitGroup(connection, queue, noes, false);
      if (spoilt.length > 0) await commitGroup(connection, spoilt, noes, true);
      for (const tell of noes) tell();
    }
    draining = null;
  }

  return {
    enqueue: (run) =>
      new Promise((resolve, reject) => {
        queue.push({ run, resolve, reject });
        draining ??= drain();
      }),
    idle: () => draining ?? Promise.resolve(),
  };
}

/** Runs and commits units from the queue. Returns the units whose work was taken back because another one spoilt the group. */
async function commitGroup(
  connection: WriterConnection,
  queue: Unit[],
  noes: (() => void)[],
  guarded: boolean,
): Promise<Unit[]> {
  try {
    connection.begin();
  } catch (cause) {
    for (const unit of queue.splice(0)) unit.reject(notWritable(cause));
    return [];
  }
  const group: Group = { guarded, done: [], noes, wrote: false };
  const { done } = group;
  const startedAt = performance.now();
  const most = guarded ? queue.length : UNITS_MAX;
  for (
    let count = 0;
    queue.length > 0 && count < most && (guarded || performance.now() - startedAt < GROUP_MS_MAX);
    count += 1
  ) {
    const unit = queue.shift()!;
    const clean = await runUnit(connection, unit, group);
    if (clean) continue;
    connection.rollback();
    return done.map((each) => each.unit);
  }
  try {
    connection.commit(group.wrote);
  } catch (cause) {
    connection.rollback();
    for (const { unit } of done) unit.reject(notWritable(cause));
    return [];
  }
  for (const { unit, value } of done) unit.resolve(value);
  return [];
}

type Group = { readonly guarded: boolean; readonly done: Done[]; readonly noes: (() => void)[]; wrote: boolean };

/** False when the unit ended in a no after it had written, and no savepoint can take just that back. */
async function runUnit(connection: WriterConnection, unit: Unit, group: Group): Promise<boolean> {
  const { guarded, done, noes } = group;
  if (guarded) connection.savepoint();
  let isYes = false;
  try {
    const value = await unit.run();
    isYes = !isRefusal(value);
    if (isYes) done.push({ unit, value });
    else noes.push(() => unit.resolve(value));
  } catch (cause) {
    noes.push(() => unit.reject(cause));
  }
  const wrote = connection.wrote();
  if (wrote) group.wrote = true;
  if (guarded && isYes) connection.release();
  else if (guarded) connection.rollbackToSavepoint();
  return isYes || guarded || !wrote;
}

function isRefusal(value: unknown): boolean {
  return typeof value === 'object' && value !== null && (value as { ok?: unknown }).ok === false;
}

function notWritable(cause: unknown): Fault {
  return new Fault('store.not-writable', 'the local database could not be written; nothing was sold or changed', {
    hint: '本机数据库无法写入：请检查磁盘空间和权限，恢复前不要收款。',
    retryable: true,
    cause,
  });
}
