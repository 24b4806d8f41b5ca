import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openSecretFile } from '@lianpiao/shared/crypto/secret-file';
import type { StationCode } from '@lianpiao/shared/domain/codes';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { enrolmentAnswer } from '@lianpiao/shared/protocol/enrolment';
import { readMirror } from '@lianpiao/shared/store/journal-file/read-mirror';
import { lockFolder } from '@lianpiao/shared/store/lock-folder';
import { personVault } from '@lianpiao/shared/store/person-vault';
import { openAgentStore } from './store/open-agent-store.ts';
import { importMirror } from './sync/import-mirror.ts';
import { loadMonthKeys } from './sync/month-keys.ts';
import { rebuildFacts } from './sync/rebuild-facts.ts';

export const IMPORT_USAGE = 'mirror import --data DIR --from FILE';

/**
 * `mirror import`: brings a restored station's own rows back from its second journal, and tells a line a lane. The agent is
 * stopped. False when the mirror does not fit this database.
 *
 * @throws Fault `data.in-use`, `store.cannot-open`.
 */
export async function runMirrorImport(
  folder: string,
  from: string,
  now: EpochMs,
  tell: (said: object) => void,
): Promise<boolean> {
  const lock = lockFolder(folder);
  try {
    const { station } = enrolmentAnswer.parse(JSON.parse(readFileSync(join(folder, 'enrolment.json'), 'utf8')));
    const store = await openAgentStore(join(folder, 'agent.sqlite'));
    try {
      const persons = personVault(await openSecretFile(join(folder, 'person-lookup.key')));
      await loadMonthKeys(store, persons, await openSecretFile(join(folder, 'master.key')));
      const { streams, tornBytes } = readMirror(from);
      const facts = rebuildFacts({ persons, station: { code: station.code as StationCode, name: station.name } });
      const imported = await importMirror({ store, streams, facts, now });
      for (const said of imported.ok ? imported.value : [imported.refusal]) tell(said);
      tell({ tornBytes });
      return imported.ok;
    } finally {
      await store.close();
    }
  } finally {
    lock.release();
  }
}
