import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sealingKey } from '@lianpiao/shared/crypto/sm4';
import type { StationCode } from '@lianpiao/shared/domain/codes';
import { MINOR } from '@lianpiao/shared/protocol/versions';
import type { Call, Caller } from '@lianpiao/shared/store/call';
import { DiskRoom } from '@lianpiao/shared/store/disk/disk-room';
import { keepAgreedMinor } from '@lianpiao/shared/store/peer-versions';
import { personVault } from '@lianpiao/shared/store/person-vault';
import { NOON } from '@lianpiao/shared/testing/builders';
import { type Agent, HUB } from '../agent.ts';
import { openAgentStore } from '../store/open-agent-store.ts';

export const CLERK: Caller = {
  id: 'counter-001',
  channel: 'counter',
  terminal: '001',
  clerk: 'u1',
  shiftId: 'shift-1',
};

let made = 0;

/** A call nobody made before. */
export function call(caller: Caller = CLERK): Call {
  made += 1;
  return { caller, key: `key-${made}`, bodyHash: `body-${made}` };
}

/**
 * A station with an empty database of its own in a new folder, number ranges for counters 001 and 101, month keys for 2026,
 * and a hub whose program is the newest.
 */
export async function freshAgent(
  code = '330100001',
): Promise<Agent & { readonly folder: string; end(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'lianpiao-agent-'));
  const store = await openAgentStore(join(folder, 'agent.sqlite'));
  const persons = personVault(Buffer.alloc(32, 7));
  for (let month = 1; month <= 12; month += 1) persons.load(sealingKey(202600 + month, Buffer.alloc(32, month)));
  await store.transaction(async (tx) => {
    await keepAgreedMinor(tx, HUB, MINOR, NOON);
    for (const terminal of ['001', '002', '101'])
      await tx.db.insert(tx.t.numberRanges).values({ terminal, first: 0, next: 0, last: 9999 });
  });
  let ids = 0;
  return {
    store,
    persons,
    room: new DiskRoom(),
    station: { code: code as StationCode, name: '杭州客运中心站' },
    newId: () => {
      ids += 1;
      return `id-${code}-${ids}`;
    },
    folder,
    end: async () => {
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
