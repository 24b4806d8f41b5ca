import { readMirror } from './store/journal-file/read-mirror.ts';

export const MIRROR_USAGE = `mirror verify --from FILE
mirror list --from FILE`;

/**
 * Shows what a second journal or an archive of streams holds: `verify` a line a stream, `list` a line a row without its
 * sealed passenger. False when it is neither.
 */
export function runMirrorCommand(what: string | undefined, from: string | undefined): boolean {
  if (!from || (what !== 'verify' && what !== 'list')) return false;
  const { streams, tornBytes } = readMirror(from);
  const tell = (said: object) => process.stdout.write(`${JSON.stringify(said)}\n`);
  for (const { peer, lane, rows, brokenAt } of streams) {
    if (what === 'verify')
      tell({ peer, lane, first: rows[0]!.seq, last: rows.at(-1)!.seq, rows: rows.length, brokenAt });
    else for (const { person: _, ...row } of rows) tell({ peer, lane, ...row });
  }
  if (what === 'verify') tell({ tornBytes });
  if (streams.some(({ brokenAt }) => brokenAt !== null)) process.exitCode = 1;
  return true;
}
