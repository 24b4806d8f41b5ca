import { findDifferences as findAtStation } from '@lianpiao/agent/fsck/find-differences';
import { agentTablesOnSqlite } from '@lianpiao/agent/store/tables';
import { provenHeads } from '@lianpiao/agent/sync/lost-continuity';
import { findDifferences as findAtHub } from '@lianpiao/hub/fsck/find-differences';
import { hubTablesOnSqlite } from '@lianpiao/hub/store/tables';
import { type Differences, lineOf } from '@lianpiao/shared/fsck/difference';
import { readerOn } from '@lianpiao/shared/store/open-sqlite';
import type { Run } from '../province/run-state.ts';
import { salesLost } from './ticket-checks.ts';

/** At rest: what each party keeps follows from what was said, looked at as the operator's own command does. */
export async function checkFsck(run: Run): Promise<void> {
  let proven = true;
  for (const { name, look } of run.stations) {
    const read = readerOn(look, agentTablesOnSqlite);
    // A station whose streams are forked has not got back what it lost, and tells the hub nothing, until people have decided.
    if (!(await provenHeads(read))) await report(run, name, findAtStation(read, name));
    else {
      proven = false;
      run.journal.count('stations left forked');
    }
  }
  if (proven) await report(run, run.hub.name, findAtHub(readerOn(run.hub.look, hubTablesOnSqlite)));
}

async function report(run: Run, name: string, differences: Differences): Promise<void> {
  const found: string[] = [];
  // A ticket whose sale was lost, and that boarded by its paper, has no order at its station: fsck is to say so.
  const lost = [...salesLost(run, run.node(name))];
  for await (const difference of differences)
    if (!lost.some((no) => difference.where.includes(no))) found.push(lineOf(difference));
  if (found.length > 0) run.journal.violated('fsck finds a difference', { at: name, found });
}
