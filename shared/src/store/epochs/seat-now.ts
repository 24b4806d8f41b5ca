import { movedThrough, movedWhole, type SeatLegs } from '../../domain/epoch-map.ts';
import { legMask } from '../../domain/legs.ts';
import type { EpochMs } from '../../domain/service-day.ts';
import { statement, value } from '../statement.ts';
import type { Reader, Tx } from '../store.ts';
import type { SharedTables } from '../tables/shared.ts';
import { isOver, type PlanId, stepsFrom } from './epoch-rows.ts';

/** Legs of a seat of a trip. */
export type Place = SeatLegs & { readonly tripId: string };
type PlanPlace = PlanId & { readonly seat: string; readonly legs: number };

/** Where legs of an older plan are now: one place as a rule, several where the seat was cut up, none where it was dropped. */
export async function placesNow(on: Reader<SharedTables>, from: PlanPlace): Promise<Place[]> {
  const steps = await stepsFrom(on, from);
  const { tripId } = steps.at(-1)?.to ?? from;
  const places = movedThrough(steps, { seat: from.seat, legs: legMask(from.legs) });
  return places.map((place) => ({ tripId, ...place }));
}

/** What of a ticket changes with the plan. */
export type SeatedIn = {
  readonly tripId: string;
  readonly epoch: number;
  readonly seat: string;
  readonly legs: number;
  readonly from: number;
  readonly to: number;
};

/** A ticket in the newest plan that still has its seat whole. */
export async function seatedNow<Ticket extends SeatedIn>(on: Reader<SharedTables>, ticket: Ticket): Promise<Ticket> {
  let now = ticket;
  for (const step of await stepsFrom(on, ticket)) {
    const { stops, to: plan } = step;
    const place = movedWhole(step, { seat: now.seat, legs: legMask(now.legs) });
    if (!place) return now;
    const [from, to] = [stops?.[now.from] ?? now.from, stops?.[now.to] ?? now.to];
    now = { ...now, ...place, ...plan, from, to };
  }
  return now;
}

const list = statement((db, t: SharedTables) =>
  db
    .insert(t.overflow)
    .values({ ticketNo: value('ticketNo'), tripId: value('tripId'), epoch: value('epoch'), since: value('now') })
    .onConflictDoNothing(),
);

/** Puts a passenger without a seat before a person. */
export async function noteOverflow(
  tx: Tx<SharedTables>,
  { ticketNo, tripId, epoch }: PlanId & { readonly ticketNo: string },
  now: EpochMs,
): Promise<void> {
  await list(tx, { ticketNo, tripId, epoch, now });
}

/**
 * A ticket as it is to be kept here, from a fact that may speak of an older plan: with its present seat, or on the list of
 * those who have none.
 */
export async function ticketOnArrival<Ticket extends SeatedIn & { readonly ticketNo: string }>(
  tx: Tx<SharedTables>,
  ticket: Ticket,
  now: EpochMs,
): Promise<Ticket> {
  const seated = await seatedNow(tx, ticket);
  if (await isOver(tx, seated)) await noteOverflow(tx, seated, now);
  return seated;
}
