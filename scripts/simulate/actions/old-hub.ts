import { copyFileSync } from 'node:fs';
import { holdSeats } from '@lianpiao/hub/orders/hold-seats';
import { rows } from '../checks/rows.ts';
import { WEB } from '../province/hub-node.ts';
import { markerOf } from '../province/names.ts';
import type { Run } from '../province/run-state.ts';
import { closeConnections } from '../world/connections.ts';
import { someRide } from './rides.ts';

const SUPERSEDED = "SELECT 1 FROM meta WHERE key = 'hub.superseded-by'";

/** The machine that another one replaces goes on, with all that it knows and its marker, mostly on a line that is broken. */
export function leaveOldHub(run: Run): void {
  endOldHub(run);
  const old = run.centre(`hub-old-${run.next()}`);
  old.restore(run.hub.backup());
  copyFileSync(markerOf(run.hub.file), markerOf(old.file));
  if (run.chance(0.7)) run.broker.cut(old.name, true);
  old.start();
  run.oldHub = old;
  run.journal.count('old hubs');
  run.journal.note('the old hub goes on');
}

/** Its line is mended, or somebody turns it off. */
export function meetOldHub(run: Run): void {
  const old = run.oldHub;
  if (!old) return;
  run.broker.heal(old.name);
  if (run.chance(0.3)) endOldHub(run);
}

export function endOldHub(run: Run): void {
  const old = run.oldHub;
  if (!old) return;
  run.oldHub = undefined;
  old.close();
  closeConnections(old.file);
  run.journal.note('the old hub is off');
}

/** Somebody wants a seat of it. Once it has heard of the hub in its place it gives none away: the same seats are that one's. */
export function buyAtOldHub(run: Run): void {
  const old = run.oldHub;
  const ride = someRide(run);
  if (!ride || !old?.isUp) return;
  const { trip, from, to } = ride;
  const wish = { tripId: trip.tripId, from, to, count: 1 };
  const key = `old-${run.next()}`;
  const knows = rows(old, SUPERSEDED).length > 0;
  run.begin('hold at the old hub', async () => {
    const call = { caller: WEB, key, bodyHash: key };
    const held = await old.ask(({ hub }) => holdSeats(hub, call, wish, hub.clock.now()));
    if (held === 'unknown') return held;
    if (held.ok && knows) run.journal.violated('a hub whose place is taken gives a seat away', held.value);
    return held.ok ? 'held' : held.refusal.code;
  });
}
