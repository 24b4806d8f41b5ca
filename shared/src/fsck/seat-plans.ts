import { type EpochStep, movedThrough, movedWhole, type SeatMove } from '../domain/epoch-map.ts';
import { legMask } from '../domain/legs.ts';
import type { PlanId } from '../store/epochs/epoch-rows.ts';
import type { Place, SeatedIn } from '../store/epochs/seat-now.ts';
import type { SharedTables } from '../store/tables/shared.ts';

export type MapRow = SharedTables['epochMaps']['$inferSelect'];
type Step = EpochStep & { readonly to: PlanId };

/** The seat plans of a trip and of those that were merged into it, read once: whatever was said of any of them is found in the one in force. */
export class SeatPlans {
  readonly #steps: ReadonlyMap<string, Step>;
  readonly #newest = new Map<string, MapRow>();

  constructor(rows: readonly MapRow[]) {
    this.#steps = new Map(rows.map((row) => [keyOf(row), stepOf(row)]));
    for (const row of rows)
      if (row.targetEpoch > (this.#newest.get(row.target)?.targetEpoch ?? 0)) this.#newest.set(row.target, row);
  }

  /** Seats of the plan in force; undefined while the first one is. */
  planOf(tripId: string): readonly string[] | undefined {
    const row = this.#newest.get(tripId);
    return row && (JSON.parse(row.seats) as string[]);
  }

  epochOf(tripId: string): number {
    return this.#newest.get(tripId)?.targetEpoch ?? 1;
  }

  /** True where another plan has followed this one. */
  isOver(plan: PlanId): boolean {
    return this.#steps.has(keyOf(plan));
  }

  /** What is left of these legs, where it is now. */
  placesNow(from: PlanId & { readonly seat: string; readonly legs: number }): Place[] {
    const steps = this.#stepsFrom(from);
    const { tripId } = steps.at(-1)?.to ?? from;
    return movedThrough(steps, { seat: from.seat, legs: legMask(from.legs) }).map((place) => ({ tripId, ...place }));
  }

  /** A passenger in the newest plan that still has the seat whole. */
  seatedNow(passenger: SeatedIn): SeatedIn {
    let now = passenger;
    for (const step of this.#stepsFrom(passenger)) {
      const place = movedWhole(step, { seat: now.seat, legs: legMask(now.legs) });
      if (!place) return now;
      const [from, to] = [step.stops?.[now.from] ?? now.from, step.stops?.[now.to] ?? now.to];
      now = { ...step.to, ...place, from, to };
    }
    return now;
  }

  /** Each step once: a broken table may lead in a circle. */
  #stepsFrom(from: PlanId): Step[] {
    const steps: Step[] = [];
    let plan = from;
    while (steps.length < this.#steps.size) {
      const step = this.#steps.get(keyOf(plan));
      if (!step) break;
      steps.push(step);
      plan = step.to;
    }
    return steps;
  }
}

function keyOf({ tripId, epoch }: PlanId): string {
  return `${tripId} ${epoch}`;
}

function stepOf({ moves, stops, target, targetEpoch }: MapRow): Step {
  return {
    moves: JSON.parse(moves) as SeatMove[],
    stops: stops === null ? undefined : (JSON.parse(stops) as number[]),
    to: { tripId: target, epoch: targetEpoch },
  };
}
