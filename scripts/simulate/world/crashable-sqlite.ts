import Sqlite from 'better-sqlite3';
import { currentLife, Killed, type Life } from './life.ts';

const WATCHED = /^(insert into|update) "(seats|tickets|transfers|stream_out)"/i;

/**
 * `better-sqlite3` of the product under simulation: the real one on real files. Each statement is a possible end of the
 * process that runs it; at that end the connection is closed and what it had not committed is gone.
 */
export default class CrashableSqlite extends Sqlite {
  readonly #life: Life;

  constructor(path: string, options?: Sqlite.Options) {
    const life = currentLife();
    if (!life || life.dead) throw new Killed();
    super(path, options);
    this.#life = life;
    life.onEnd(() => super.close());
  }

  // biome-ignore lint/suspicious/noExplicitAny: the signature of the original
  override prepare(text: string): any {
    const life = this.#life;
    if (life.dead) throw new Killed();
    const statement = super.prepare(text);
    const isCommit = text === 'COMMIT';
    const isWatched = WATCHED.test(text);
    const guarded = (name: 'run' | 'all' | 'get') => {
      const execute = statement[name].bind(statement) as (...params: unknown[]) => unknown;
      return (...params: unknown[]) =>
        life.statement(() => {
          if (isCommit) failIfDiskIsFull(life);
          if (isWatched) life.touched = true;
          return execute(...params);
        });
    };
    return Object.assign(statement, { run: guarded('run'), all: guarded('all'), get: guarded('get') });
  }
}

function failIfDiskIsFull(life: Life): void {
  if (life.commitsToFail === 0) return;
  life.commitsToFail -= 1;
  throw new Error('database or disk is full');
}
