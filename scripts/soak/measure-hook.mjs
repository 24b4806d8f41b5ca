// @ts-check
import { renameSync, writeFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Loaded before the product in each process of a soak. On SIGUSR2 it collects garbage twice and writes how much memory the
 * process has then. The product knows nothing of it. Plain JavaScript: the reader of TypeScript would be measured with it.
 */
setFlagsFromString('--expose-gc');
/** @type {() => void} */
const collect = runInNewContext('gc');
const file = process.env['LIANPIAO_SOAK_FILE'];

if (file)
  process.on('SIGUSR2', () => {
    collect();
    setImmediate(() => {
      collect();
      writeFileSync(`${file}.${process.pid}.part`, JSON.stringify(process.memoryUsage()));
      renameSync(`${file}.${process.pid}.part`, `${file}.${process.pid}`);
    });
  });
