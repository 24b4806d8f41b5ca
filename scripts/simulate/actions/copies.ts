import { holdSeats } from '@lianpiao/agent/seats/hold-seats';
import type { Run } from '../province/run-state.ts';
import { CLERK } from '../province/station-node.ts';
import { closeConnections } from '../world/connections.ts';
import { someRide } from './rides.ts';

/** Copies of a station that run at once. */
const COPIES_MAX = 1;

/** A station's database is started on another machine, whether the station itself runs or not. It has no run marker there. */
export function startCopy(run: Run): void {
  const station = run.pick(run.stations)!;
  if (run.copies.length >= COPIES_MAX) return;
  const copy = run.machine(`${station.name}-copy-${run.next()}`, station.name, `copy-${run.next()}`);
  copy.restore(station.backup());
  copy.start();
  run.copies.push({ station: station.name, node: copy });
  run.journal.count('copies');
  run.journal.note(`a copy of ${station.name} starts on another machine`);
}

export function endCopy(run: Run): void {
  const copy = run.copies.pop();
  if (!copy) return;
  copy.node.close();
  closeConnections(copy.node.file);
  run.journal.note(`the copy of ${copy.station} ends`);
}

/** Somebody tries to sell at the copy. It may not: the same seats are sold at the station. */
export function buyAtCopy(run: Run): void {
  const copy = run.copies[0];
  const ride = copy && someRide(run, copy.station);
  if (!ride?.trip || !copy?.node.isUp) return;
  const { trip, from, to } = ride;
  const key = `copy-${run.next()}`;
  run.begin('hold at a copy', async () => {
    const held = await copy.node.ask(({ agent, desk }) =>
      holdSeats(
        agent,
        { caller: CLERK, key, bodyHash: key },
        { tripId: trip.tripId, from, to, count: 1 },
        desk.clock.now(),
      ),
    );
    if (held === 'unknown') return held;
    if (held.ok) run.journal.violated('a copy gives a seat away', { station: copy.station, ...held.value });
    return held.ok ? 'held' : held.refusal.code;
  });
}
