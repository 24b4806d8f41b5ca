import { parseArgs } from 'node:util';
import { Fault } from '@lianpiao/shared/fault';
import { fsck } from './fsck/fsck.ts';

const USAGE = 'node agent/src/cli.ts fsck --data DIR [--json]';

/** Commands of an operator at the station's machine. They may run while the agent runs. */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { data: { type: 'string' }, json: { type: 'boolean', default: false } },
});
if (positionals[0] === 'fsck' && values.data) await runFsck(values.data, values.json);
else {
  process.stderr.write(`${USAGE}\n`);
  process.exitCode = 2;
}

async function runFsck(folder: string, json: boolean): Promise<void> {
  try {
    const count = await fsck(folder, json, (line) => process.stdout.write(line));
    process.exitCode = count === 0 ? 0 : 1;
  } catch (cause) {
    if (!(cause instanceof Fault)) throw cause;
    process.stderr.write(`${cause.code} ${cause.detail.hint}\n`);
    process.exitCode = 2;
  }
}
