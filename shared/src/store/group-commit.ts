import { Fault } from '../fault.ts';

/** The commands of a writer connection, all synchronous or quick. */
export type WriterConnection = {
  begin(): void;
  commit(): void;
  rollback(): void;
  savepoint(): void;
  release(): void;
  rollbackToSavepoint(): void;
};

type Unit = {
  readonly run: () => Promise<unknown>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (cause: unknown) => void;
};

/** Most units in one commit, and the longest time that the first of them waits for the others, in ms. */
const UNITS_MAX = 200;
const GROUP_MS_MAX = 20;

/**
 * Lets units of work that arrive together share one durable commit: an fsync costs more than the work.
 *
 * Nobody waits for company: a group is what is queued when the writer becomes free.
 */
export function groupCommit(connection: WriterConnection): {
  enqueue: (run: () => Promise<unknown>) => Promise<unknown>;
  idle: () => Promise<void>;
} {
  const queue: Unit[] = [];
  let draining: Promise<void> | null = null;

  async function drain(): Promise<void> {
    await new Promise((next) => setImmediate(next));
    while (queue.length > 0) await commitGroup(connection, queue);
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

async function commitGroup(connection: WriterConnection, queue: Unit[]): Promise<void> {
  const done: { unit: Unit; value: unknown }[] = [];
  const startedAt = performance.now();
  try {
    connection.begin();
  } catch (cause) {
    for (const unit of queue.splice(0)) unit.reject(notWritable(cause));
    return;
  }
  const alone = queue.length === 1;
  let count = 0;
  while (queue.length > 0 && count < UNITS_MAX && performance.now() - startedAt < GROUP_MS_MAX) {
    const unit = queue.shift()!;
    count += 1;
    if (!alone) connection.savepoint();
    try {
      const value = await unit.run();
      if (isRefusal(value)) {
        undo(connection, alone);
        unit.resolve(value);
        if (alone) return;
      } else {
        if (!alone) connection.release();
        done.push({ unit, value });
      }
    } catch (cause) {
      undo(connection, alone);
      unit.reject(cause);
      if (alone) return;
    }
    if (alone) break;
  }
  try {
    connection.commit();
  } catch (cause) {
    connection.rollback();
    for (const { unit } of done) unit.reject(notWritable(cause));
    return;
  }
  for (const { unit, value } of done) unit.resolve(value);
}

function undo(connection: WriterConnection, alone: boolean): void {
  if (alone) connection.rollback();
  else connection.rollbackToSavepoint();
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
