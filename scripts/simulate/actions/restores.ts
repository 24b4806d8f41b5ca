import { importTrips } from '@lianpiao/agent/trips/import-trips';
import { releaseSeats } from '@lianpiao/hub/restore/release-withheld';
import type { HubStore } from '@lianpiao/hub/store/hub-store';
import { rows } from '../checks/rows.ts';
import { WEB } from '../province/hub-node.ts';
import type { AnyNode, Node } from '../province/node.ts';
import { isLive, type Run } from '../province/run-state.ts';
import type { Station } from '../province/station-node.ts';
import { orderOnLine } from './channel.ts';
import { leaveOldHub } from './old-hub.ts';
import { openGates, openTrips } from './rides.ts';

/** Share of the hub's restores in which the machine that was given up runs on. */
const OLD_GOES_ON = 0.5;
/** What is counted, and how many passengers want a seat that the restored hub may have given away. */
const LIVES = 'restores of the hub';
const WANTED = 4;
/** Backups of one database that are kept. */
const BACKUPS_MAX = 3;
/** So long a station sells off line before its disk is lost, in ms. */
const SOLD_MS = 800;
/** Share of the restores whose run marker went with the machine. */
const MARKER_LOST = 0.3;

/** Somebody copies a database while it runs. Its run marker is outside. */
export function backUp(run: Run): void {
  const node = run.pick(run.nodes)!;
  const kept = run.backups.get(node.name) ?? [];
  run.backups.set(node.name, [...kept, node.backup()].slice(-BACKUPS_MAX));
  run.journal.note(`backup of ${node.name}`);
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
  replace(run, station, image);
  for (const ticket of run.tickets.values()) {
    if (ticket.home === station.name) ticket.mayBeLost = true;
    // Whether its gate still knows of the boarding, nobody can say.
    if (run.gateOf(ticket) === station.name && ticket.state === 'boarded') ticket.state = 'sold';
  }
  run.journal.count('restores');
  readTimetableAgain(run, station);
}

const KNOWN_TRIPS = 'SELECT trip_id AS tripId FROM trips';

/** A timetable stands outside the database: coaches on sale that went with the disk are imported again. */
function readTimetableAgain(run: Run, station: Node<Station>): void {
  const known = new Set(rows<{ readonly tripId: string }>(station, KNOWN_TRIPS).map(({ tripId }) => tripId));
  const lost = openTrips(run, station.name).filter(({ tripId }) => !known.has(tripId));
  if (lost.length === 0) return;
  run.begin(`timetable of ${station.name} again`, async () => {
    await run.untilAnswered(station, ({ agent, desk }) => importTrips(agent, lost, desk.clock.now()));
    return lost.map(({ tripId }) => tripId).join(',');
  });
}

const HOMES_AT_HUB = "SELECT ticket_no AS no FROM tickets WHERE home = 'hub'";

/** The hub's disk is lost. What it told nobody but its customers is gone. */
export function restoreHub(run: Run): void {
  const image = run.pick(run.backups.get(run.hub.name) ?? []);
  if (image) putHubBack(run, image);
}

/** The hub's disk is lost when it has just given seats to a boarding point, which is off line while others want them. */
export function loseHubAfterGrant(run: Run): void {
  const gate = run.pick(openGates(run).filter(({ trip, station }) => station !== trip.origin));
  if (!gate) return;
  const { trip, stop: from, station } = gate;
  const ride = { trip, from, to: from + 1 };
  const image = run.hub.backup();
  const lives = run.journal.counts.get(LIVES);
  run.begin(`the hub's disk is lost, ${station} is off line`, async () => {
    const wish = { tripId: trip.tripId, from, to: from + 1, count: 2 };
    const given = await run.untilAnswered(run.station(station), ({ recalls, desk }) =>
      recalls.fetch(wish, desk.clock.now()),
    );
    if (!given || run.journal.counts.get(LIVES) !== lives) return 'nothing was given';
    run.broker.cut(station, true);
    putHubBack(run, image);
    for (let wanted = 0; wanted < WANTED; wanted += 1) {
      await run.pause(SOLD_MS);
      await orderOnLine(run, ride, 1);
    }
    return 'restored';
  });
}

function putHubBack(run: Run, image: Buffer): void {
  if (run.chance(OLD_GOES_ON)) leaveOldHub(run);
  const atHub = new Set(rows<{ readonly no: string }>(run.hub, HOMES_AT_HUB).map(({ no }) => no));
  replace(run, run.hub, image);
  // A backup from before a restore knows nothing of the life after it, whose numbers and incarnation it would use again.
  run.backups.delete(run.hub.name);
  for (const ticket of run.tickets.values())
    if (ticket.home === run.hub.name || atHub.has(ticket.ticketNo)) ticket.mayBeLost = true;
  run.journal.count(LIVES);
}

function replace(run: Run, node: Pick<AnyNode, 'name' | 'restore' | 'loseMarker'>, image: Buffer): void {
  node.restore(image);
  const markerIsLost = run.chance(MARKER_LOST);
  if (markerIsLost) node.loseMarker();
  run.restored.add(node.name);
  run.journal.note(`${node.name} is restored${markerIsLost ? ', its marker is lost' : ''}`);
}

type Withheld = { readonly tripId: string; readonly seat: string; readonly legs: number };

const UNCERTAIN = "SELECT trip_id AS tripId, seat, legs FROM withheld_seats WHERE why = 'uncertain'";

/** After a restore of the hub somebody compares its seats with tickets that customers have, and releases the others. */
export function releaseSeatsOfHub(run: Run): void {
  if (!run.restored.has(run.hub.name) || run.underWay.size > 0) return;
  const withheld = run.pick(rows<Withheld>(run.hub, UNCERTAIN));
  if (!withheld) return;
  const { tripId, seat, legs } = withheld;
  const stubs = [...run.tickets.values()].filter((stub) => run.rideOf(stub) === tripId && isLive(stub.state));
  if (stubs.some((stub) => run.mayHave(stub, { seat, legs }))) return;
  run.begin(`release ${seat} of ${tripId} at the hub`, async () => {
    const released = await run.untilAnswered(run.hub, ({ hub }) =>
      releaseSeats(hub.store as HubStore, WEB, { tripId, seats: [seat] }, hub.clock.now()),
    );
    if (!released.ok) return released.refusal.code;
    run.journal.count('seats of the hub released');
    return 'released';
  });
}
