import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { BACKUP_USAGE, runBackupCommand } from '@lianpiao/shared/backup-commands';
import { makeFilesPrivate } from '@lianpiao/shared/private-folder';
import { readStationList } from './stations/import-station-list.ts';
import { keepStationList } from './stations/keep-station-list.ts';
import { openHubStore } from './store/open-hub-store.ts';

const USAGE = `import-stations FILE --data DIR\n${BACKUP_USAGE}`.replaceAll(/^/gm, 'node hub/src/cli.ts ');
const SECRETS = ['master.key', 'person-lookup.key', 'sandbox-provider.key', 'config.json', 'pki'];

/** Commands of an operator at the hub's machine. All but `restore` may run while the hub runs. */
const text = { type: 'string' } as const;
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { data: text, to: text, from: text, keys: text },
});
makeFilesPrivate();
const [command, file] = positionals;
if (command === 'import-stations' && file && values.data) await importStations(file, values.data);
else if (!(await runBackupCommand({ name: 'hub', openStore: openHubStore, secrets: SECRETS }, command, values))) {
  process.stderr.write(`${USAGE}\n`);
  process.exitCode = 2;
}

async function importStations(path: string, folder: string): Promise<void> {
  const list = readStationList(readFileSync(path, 'utf8'));
  if (!list.ok) {
    process.stderr.write(`${list.refusal.code}\n`);
    process.exitCode = 1;
    return;
  }
  const store = await openHubStore(join(folder, 'hub.sqlite'));
  const { stations, setAside } = list.value;
  const kept = await keepStationList(store, stations);
  await store.close();
  for (const { node, station, code, raw } of setAside)
    process.stdout.write(`${code} ${node}/${station ?? '-'} ${raw}\n`);
  process.stdout.write(`${kept} 个车站已入目录，${setAside.length} 条未收。下一步：在控制台登记联网车站。\n`);
}
