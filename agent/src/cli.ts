import { parseArgs } from 'node:util';
import { BACKUP_USAGE, runBackupCommand } from '@lianpiao/shared/backup-commands';
import { MIRROR_USAGE, runMirrorCommand } from '@lianpiao/shared/mirror-commands';
import { makeFilesPrivate } from '@lianpiao/shared/private-folder';
import { openAgentStore } from './store/open-agent-store.ts';

/** Commands of an engineer at the station's machine. All but `restore` may run while the agent runs. */
const text = { type: 'string' } as const;
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { data: text, to: text, from: text, keys: text },
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
const station = { name: 'agent' as const, openStore: (path: string) => openAgentStore(path), secrets: SECRETS };
const [command, what] = positionals;
const done =
  command === 'mirror' ? runMirrorCommand(what, values.from) : await runBackupCommand(station, command, values);
if (!done) {
  process.stderr.write(`${`${BACKUP_USAGE}\n${MIRROR_USAGE}`.replaceAll(/^/gm, 'node agent/src/cli.ts ')}\n`);
  process.exitCode = 2;
}
