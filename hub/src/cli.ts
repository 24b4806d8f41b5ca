import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { BACKUP_USAGE, runBackupCommand } from '@lianpiao/shared/backup-commands';
import { Fault } from '@lianpiao/shared/fault';
import { makeFilesPrivate } from '@lianpiao/shared/private-folder';
import { readConfig } from '@lianpiao/shared/read-config';
import { lockFolder } from '@lianpiao/shared/store/lock-folder';
import { hubConfig } from './config.ts';
import { fsck } from './fsck/fsck.ts';
import { readHubMark } from './restore/hub-marker.ts';
import { takeOver } from './restore/take-over.ts';
import { readStationList } from './stations/import-station-list.ts';
import { keepStationList } from './stations/keep-station-list.ts';
import { openHubStore } from './store/open-hub-store.ts';

const USAGE = `import-stations FILE --data DIR
fsck --data DIR [--json]
restored --data DIR
${BACKUP_USAGE}`.replaceAll(/^/gm, 'node hub/src/cli.ts ');
const SECRETS = ['master.key', 'person-lookup.key', 'sandbox-provider.key', 'config.json', 'pki'];

/** Commands of an operator at the hub's machine. They may run while the hub runs, but for `restore` and `restored`. */
const text = { type: 'string' } as const;
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { data: text, to: text, from: text, keys: text, json: { type: 'boolean', default: false } },
});
makeFilesPrivate();
const [command, file] = positionals;
const hub = { name: 'hub' as const, openStore: (path: string) => openHubStore(path), secrets: SECRETS };
if (command === 'import-stations' && file && values.data) await importStations(file, values.data);
else if (command === 'fsck' && values.data) await runFsck(values.data, values.json);
else if (command === 'restored' && values.data) await restored(values.data);
else if (!(await runBackupCommand(hub, command, values))) {
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

/** 恢复或接替: this database was put back from a backup, or this hub takes another one's place, which is off. */
async function restored(folder: string): Promise<void> {
  const lock = lockFolder(folder);
  const { runMarker = `${resolve(folder)}.run-marker` } = readConfig(folder, hubConfig);
  const store = await openHubStore(join(folder, 'hub.sqlite'));
  const incarnation = await store.transaction((tx) => takeOver(tx, readHubMark(runMarker), Date.now()));
  await store.close();
  lock.release();
  process.stdout.write(
    `中心从第 ${incarnation} 世代开始，听到各站之前不售票。下一步：启动中心，用 GET /console/v1/restore 看还缺哪些站。\n`,
  );
}
