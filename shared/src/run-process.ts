import { parseArgs } from 'node:util';
import { Fault } from './fault.ts';
import { type Log, processLog } from './log.ts';
import { closeFolder, makeFilesPrivate } from './private-folder.ts';
import { type FolderLock, lockFolder } from './store/lock-folder.ts';

/** What a started process says of itself, and how it ends. */
export type Running = { readonly address: string; readonly close: () => Promise<void> };

/**
 * The life of a process of the product: `--data DIR`, one line `NAME.ready` with its address, a clean stop on SIGTERM and
 * when its parent is gone. Ctrl-C reaches the whole group, so SIGINT is left to the parent where there is one. A fault at
 * the start is told with its hint, and ends the process with 1. The folder is this process's alone while it runs, and
 * what is made is for its user only.
 */
export async function runProcess(name: string, start: (folder: string, log: Log) => Promise<Running>): Promise<void> {
  const log = processLog(name);
  const { values } = parseArgs({ options: { data: { type: 'string' } } });
  makeFilesPrivate();
  try {
    if (Number(process.versions.node.split('.')[0]) < 24) {
      const hint = '请用 npm start 启动：它带着需要的 Node 24。';
      throw new Fault('runtime.too-old', `Node 24 is needed, this is ${process.versions.node}`, {
        hint,
        retryable: false,
      });
    }
    if (!values.data) {
      const hint = `请给出数据目录：加上 --data 目录。`;
      throw new Fault('config.no-folder', 'a data folder is needed: --data DIR', { hint, retryable: false });
    }
    const lock = lockFolder(values.data);
    closeFolder(values.data);
    const running = await start(values.data, log);
    stopWhenTold(running, lock, log);
    log(`${name}.ready`, { address: running.address });
  } catch (cause) {
    log.failed(`${name}.not-started`, cause);
    process.exitCode = 1;
    setImmediate(() => process.exit());
  }
}

function stopWhenTold(running: Running, lock: FolderLock, log: Log): void {
  let stopping = false;
  const stop = async () => {
    if (stopping) return;
    stopping = true;
    await running.close().catch((cause: unknown) => log.failed('process.not-closed', cause));
    lock.release();
    process.exit(0);
  };
  process.once('SIGTERM', () => void stop());
  process.once('disconnect', () => void stop());
  process.on('SIGINT', () => {
    if (!process.connected) void stop();
  });
}
