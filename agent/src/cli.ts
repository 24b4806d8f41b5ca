import { parseArgs } from 'node:util';
import { BACKUP_USAGE, runBackupCommand } from '@lianpiao/shared/backup-commands';
import { Fault } from '@lianpiao/shared/fault';
import { MIRROR_USAGE, runMirrorCommand } from '@lianpiao/shared/mirror-commands';
import { makeFilesPrivate } from '@lianpiao/shared/private-folder';
import { fsck } from './fsck/fsck.ts';
import { IMPORT_USAGE, runMirrorImport } from './mirror-import.ts';
import { openAgentStore } from './store/open-agent-store.ts';

/** Commands of an engineer at the station's machine. All but `restore` and `mirror import` may run while the agent runs. */
const text = { type: 'string' } as const;
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { data: text, to: text, from: text, keys: text, json: { type: 'boolean', default: false } },
});
makeFilesPrivate();

const SECRETS = [
  'master.key',
  'person-lookup.key',
  'station-keys.json',
  'enrolment.json',
  'mac-keys.json',
  'config.json',
];
const USAGE = `fsck --data DIR [--json]\n${BACKUP_USAGE}\n${MIRROR_USAGE}\n${IMPORT_USAGE}`;
const station = { name: 'agent' as const, openStore: (path: string) => openAgentStore(path), secrets: SECRETS };
const [command, what] = positionals;
if (command === 'fsck' && values.data) await orFault(() => runFsck(values.data!, values.json));
else if (command === 'mirror' && what === 'import' && values.data && values.from)
  await orFault(() => runImport(values.data!, values.from!));
else if (
  !(await (command === 'mirror' ? runMirrorCommand(what, values.from) : runBackupCommand(station, command, values)))
) {
  process.stderr.write(`${USAGE.replaceAll(/^/gm, 'node agent/src/cli.ts ')}\n`);
  process.exitCode = 2;
}

async function runFsck(folder: string, json: boolean): Promise<void> {
  const count = await fsck(folder, json, (line) => process.stdout.write(line));
  process.exitCode = count === 0 ? 0 : 1;
}

async function runImport(folder: string, from: string): Promise<void> {
  const tell = (said: object) => process.stdout.write(`${JSON.stringify(said)}\n`);
  process.exitCode = (await runMirrorImport(folder, from, Date.now(), tell)) ? 0 : 1;
}

async function orFault(run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (cause) {
    if (!(cause instanceof Fault)) throw cause;
    process.stderr.write(`${cause.code} ${cause.detail.hint}\n`);
    process.exitCode = 2;
  }
}
