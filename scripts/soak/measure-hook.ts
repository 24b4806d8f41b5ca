import { renameSync, writeFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Loaded before the product in each process of a soak. On SIGUSR2 it collects garbage twice and writes how much memory the
 * process has then. The product knows nothing of it.
 */
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const file = process.env.LIANPIAO_SOAK_FILE;

if (file)
  process.on('SIGUSR2', () => {
    collect();
    setImmediate(() => {
      collect();
      writeFileSync(`${file}.${process.pid}.part`, JSON.stringify(process.memoryUsage()));
      renameSync(`${file}.${process.pid}.part`, `${file}.${process.pid}`);
    });
  });
