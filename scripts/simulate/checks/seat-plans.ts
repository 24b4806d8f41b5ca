import { type EpochStep, movedThrough, movedWhole, type SeatLegs } from '@lianpiao/shared/domain/epoch-map';
import { legMask } from '@lianpiao/shared/domain/legs';
import type { AnyNode } from '../province/node.ts';
import { rows } from './rows.ts';

/** Legs of a seat in one plan of a trip. */
export type Place = {
  readonly tripId: string;
  readonly epoch: number;
  readonly seat: string;
  readonly legs: number;
};

type StepRow = {
  readonly tripId: string;
  readonly epoch: number;
  readonly target: string;
  readonly targetEpoch: number;
  readonly seats: string;
  readonly moves: string;
  readonly stops: string | null;
};
type Step = EpochStep & {
  readonly tripId: string;
  readonly to: Pick<Place, 'tripId' | 'epoch'>;
  readonly seats: string;
};

const STEPS =
  'SELECT trip_id AS tripId, epoch, target, target_epoch AS targetEpoch, seats, moves, stops FROM epoch_maps WHERE trip_id = ? OR target = ?';

/** The seat plans of trips as they are committed at some parties: the word of the first counts where several have one. */
export class SeatPlans {
  readonly #nodes: readonly Pick<AnyNode, 'look'>[];
  /** By trip and the epoch that a step ends. */
  readonly #steps = new Map<string, Step>();
  readonly #known = new Set<string>();

  constructor(nodes: readonly Pick<AnyNode, 'look'>[]) {
    this.#nodes = nodes;
  }

  /** A trip and those whose passengers came over to it. */
  sourcesOf(tripId: string): string[] {
    this.#know(tripId);
    const merged = [...this.#steps.values()].filter(({ tripId: from, to }) => to.tripId === tripId && from !== tripId);
    return [tripId, ...merged.flatMap((step) => this.sourcesOf(step.tripId))];
  }

  /** The plan of a trip that is in force. */
  epochOf(tripId: string): number {
    this.#know(tripId);
    const plans = [...this.#steps.values()].filter(({ to }) => to.tripId === tripId);
    return Math.max(1, ...plans.map(({ to }) => to.epoch));
  }

  /** The seats of a plan, as text; empty for the first one and for one that nobody knows. */
  seatsOf({ tripId, epoch }: Pick<Place, 'tripId' | 'epoch'>): string {
    this.#know(tripId);
    return [...this.#steps.values()].find(({ to }) => to.tripId === tripId && to.epoch === epoch)?.seats ?? '';
  }

  /** Where these legs are in the plan in force, whatever of them is left. */
  pieces(place: Place): Place[] {
    const steps = this.#stepsFrom(place);
    const { tripId, epoch } = steps.at(-1)?.to ?? place;
    const moved = movedThrough(steps, { seat: place.seat, legs: legMask(place.legs) });
    return moved.map(({ seat, legs }) => ({ tripId, epoch, seat, legs }));
  }

  /** The one seat of a passenger with these legs; undefined for one who has lost it. */
  whole(place: Place): Place | undefined {
    let now: Place = place;
    for (const step of this.#stepsFrom(place)) {
      const moved: SeatLegs | undefined = movedWhole(step, { seat: now.seat, legs: legMask(now.legs) });
      if (!moved) return undefined;
      now = { ...step.to, ...moved };
    }
    return now;
  }

  #stepsFrom({ tripId, epoch }: Place): Step[] {
    const steps: Step[] = [];
    for (let plan: Pick<Place, 'tripId' | 'epoch'> = { tripId, epoch }; ; ) {
      this.#know(plan.tripId);
      const step = this.#steps.get(`${plan.tripId} ${plan.epoch}`);
      if (!step) return steps;
      steps.push(step);
      plan = step.to;
    }
  }

  #know(tripId: string): void {
    if (this.#known.has(tripId)) return;
    this.#known.add(tripId);
    for (const node of this.#nodes) {
      for (const row of rows<StepRow>(node, STEPS, tripId, tripId)) {
        const key = `${row.tripId} ${row.epoch}`;
        if (!this.#steps.has(key)) this.#steps.set(key, stepOf(row));
        this.#know(row.tripId);
      }
    }
  }
}

function stepOf({ tripId, target, targetEpoch, seats, moves, stops }: StepRow): Step {
  const placed = stops === null ? undefined : (JSON.parse(stops) as number[]);
  return { tripId, to: { tripId: target, epoch: targetEpoch }, seats, moves: JSON.parse(moves), stops: placed };
}
