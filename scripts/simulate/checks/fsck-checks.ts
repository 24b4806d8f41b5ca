import { findDifferences as findAtStation } from '@lianpiao/agent/fsck/find-differences';
import { agentTablesOnSqlite } from '@lianpiao/agent/store/tables';
import { provenHeads } from '@lianpiao/agent/sync/lost-continuity';
import { findDifferences as findAtHub } from '@lianpiao/hub/fsck/find-differences';
import { hubTablesOnSqlite } from '@lianpiao/hub/store/tables';
import { type Differences, lineOf } from '@lianpiao/shared/fsck/difference';
import { readerOn } from '@lianpiao/shared/store/open-sqlite';
import type { Run } from '../province/run-state.ts';

/** At rest: what each party keeps follows from what was said, looked at as the operator's own command does. */
export async function checkFsck(run: Run): Promise<void> {
  await report(run, run.hub.name, findAtHub(readerOn(run.hub.look, hubTablesOnSqlite)));
  for (const { name, look } of run.stations) {
    const read = readerOn(look, agentTablesOnSqlite);
    // A station whose streams are forked has not got back what it lost, until people have decided.
    if (await provenHeads(read)) run.journal.count('stations without fsck');
    else await report(run, name, findAtStation(read, name));
  }
}

async function report(run: Run, name: string, differences: Differences): Promise<void> {
  const found: string[] = [];
  for await (const difference of differences) found.push(lineOf(difference));
  if (found.length > 0) run.journal.violated('fsck finds a difference', { at: name, found });
}
