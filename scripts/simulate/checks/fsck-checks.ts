import { findDifferences as findAtStation } from '@lianpiao/agent/fsck/find-differences';
import { readAgent } from '@lianpiao/agent/store/open-agent-store';
import { findDifferences as findAtHub } from '@lianpiao/hub/fsck/find-differences';
import { readHub } from '@lianpiao/hub/store/open-hub-store';
import { type Differences, lineOf } from '@lianpiao/shared/fsck/difference';
import type { Run } from '../province/run-state.ts';

/** At rest: what each party keeps follows from what was said, as the operator's own command looks at it. */
export async function checkFsck(run: Run): Promise<void> {
  const hub = readHub(run.hub.file);
  await report(run, run.hub.name, findAtHub(hub.read));
  hub.close();
  for (const { name, file } of run.stations) {
    const { read, close } = readAgent(file);
    await report(run, name, findAtStation(read, name));
    close();
  }
}

async function report(run: Run, name: string, differences: Differences): Promise<void> {
  const found: string[] = [];
  for await (const difference of differences) found.push(lineOf(difference));
  if (found.length > 0) run.journal.violated('fsck finds a difference', { at: name, found });
}
