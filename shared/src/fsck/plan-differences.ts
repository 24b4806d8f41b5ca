import { plansEndedBy } from '../store/epochs/apply-epoch.ts';
import { compare, type Difference } from './difference.ts';
import type { MapRow } from './seat-plans.ts';
import type { TripRecords } from './trip-records.ts';

/** Each step from a seat plan to the next as the origin's fact says it, and none that nobody said. */
export function planDifferences({ maps, facts }: TripRecords, mustBeTold: (map: MapRow) => boolean): Difference[] {
  const rows = new Map(maps.map((row) => [keyOf(row), row]));
  const told = new Set<string>();
  const found: Difference[] = [];
  for (const { type, fact } of facts) {
    if (type !== 'trip.reseated') continue;
    const into = `${fact.tripId} ${fact.epoch} ${fact.seats.join(' ')}`;
    for (const source of plansEndedBy(fact)) {
      const key = keyOf(source);
      told.add(key);
      const row = rows.get(key);
      found.push(
        ...compare('epoch_maps.row', key, textOf(into, source.moves, source.stops), row ? rowText(row) : null),
      );
    }
  }
  for (const [key, row] of rows)
    if (!told.has(key) && mustBeTold(row))
      found.push({ what: 'epoch_maps.untold', where: key, expected: null, found: `${row.target} ${row.targetEpoch}` });
  return found;
}

type Moves = readonly { readonly seat: string; readonly legs: number; readonly to: string }[];

function rowText({ target, targetEpoch, seats, moves, stops }: MapRow): string {
  const into = `${target} ${targetEpoch} ${(JSON.parse(seats) as string[]).join(' ')}`;
  return textOf(into, JSON.parse(moves) as Moves, stops === null ? undefined : (JSON.parse(stops) as number[]));
}

function textOf(into: string, moves: Moves, stops: readonly number[] | undefined): string {
  const steps = moves.map(({ seat, legs, to }) => `${seat}:${legs}>${to}`).join(' ');
  return `${into} | ${steps}${stops ? ` | ${stops.join(' ')}` : ''}`;
}

function keyOf({ tripId, epoch }: { readonly tripId: string; readonly epoch: number }): string {
  return `${tripId} ${epoch}`;
}
