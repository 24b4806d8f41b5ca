import type { Node } from '../province/node.ts';
import type { Run } from '../province/run-state.ts';
import type { Station } from '../province/station-node.ts';

/** Backups of one database that are kept. */
const BACKUPS_MAX = 3;
/** So long a station sells off line before its disk is lost, in ms. */
const SOLD_MS = 800;

/** Somebody copies a station's database while it runs. Its run marker is outside. */
export function backUp(run: Run): void {
  const station = run.pick(run.stations)!;
  const kept = run.backups.get(station.name) ?? [];
  run.backups.set(station.name, [...kept, station.backup()].slice(-BACKUPS_MAX));
  run.journal.note(`backup of ${station.name}`);
}

/** A station's disk is lost: it comes back with a backup, mostly on the same machine and beside its run marker. */
export function restoreStation(run: Run): void {
  const station = run.pick(run.stations)!;
  const image = run.pick(run.backups.get(station.name) ?? []);
  if (image) putBack(run, station, image);
}

/** A station that is off line loses its disk after some sales: the backup is older than its marker and not than the hub's word. */
export function loseDiskOffLine(run: Run): void {
  const station = run.pick(run.stations)!;
  run.broker.cut(station.name, true);
  const image = station.backup();
  run.begin(`${station.name} off line until its disk is lost`, async () => {
    await run.pause(SOLD_MS);
    putBack(run, station, image);
    return 'restored';
  });
}

function putBack(run: Run, station: Node<Station>, image: Buffer): void {
  station.restore(image);
  const markerIsLost = run.chance(0.3);
  if (markerIsLost) station.loseMarker();
  run.restored.add(station.name);
  for (const ticket of run.tickets.values()) {
    if (ticket.home === station.name) ticket.mayBeLost = true;
    // Whether its gate still knows of the boarding, nobody can say.
    if (ticket.trip.origin === station.name && ticket.state === 'boarded') ticket.state = 'sold';
  }
  run.journal.count('restores');
  run.journal.note(`${station.name} is restored${markerIsLost ? ', its marker is lost' : ''}`);
}

/**
 * The hub comes back with an older database. Not among the actions that happen by themselves until the hub knows that it
 * was restored.
 */
export function restoreHub(run: Run): void {
  const kept = run.backups.get('hub') ?? [];
  if (kept.length === 0 || run.chance(0.5)) {
    run.backups.set('hub', [...kept, run.hub.backup()].slice(-BACKUPS_MAX));
    return;
  }
  run.hub.restore(run.pick(kept)!);
  for (const { name } of run.nodes) run.restored.add(name);
  for (const ticket of run.tickets.values()) ticket.mayBeLost = true;
  run.journal.count('restores of the hub');
  run.journal.note('the hub is restored');
}
