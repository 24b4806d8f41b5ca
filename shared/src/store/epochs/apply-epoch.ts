import { and, eq } from 'drizzle-orm';
import { type EpochStep, filledLegs, moved, movedWhole } from '../../domain/epoch-map.ts';
import { allLegs, LEGS_MAX, type LegMask, legMask, legsBetween, NO_LEGS, union, without } from '../../domain/legs.ts';
import { childPlaces, PLACES_MAX } from '../../domain/pseudo-seats.ts';
import { newSeat, type SeatState } from '../../domain/seats.ts';
import type { EpochMs } from '../../domain/service-day.ts';
import { holdsSeat, type TicketState } from '../../domain/ticket.ts';
import { Fault } from '../../fault.ts';
import type { EventBody } from '../../protocol/events.ts';
import { placesOfTrip, release, seatsOfTrip } from '../seats/seat-rows.ts';
import { given, insertRows, statement, value } from '../statement.ts';
import type { Tx } from '../store.ts';
import type { SharedTables } from '../tables/shared.ts';
import type { TicketRow } from '../tickets/ticket-rows.ts';
import { epochOf, isOver, keepStep } from './epoch-rows.ts';
import { noteOverflow, seatedNow } from './seat-now.ts';

type Reseated = EventBody<'trip.reseated'>;

const dropSeats = statement((db, { seats }: SharedTables) => db.delete(seats).where(eq(seats.tripId, value('tripId'))));

const insertSeats = insertRows((t: SharedTables) => t.seats);

const heldSeats = statement((db, { holds }: SharedTables) =>
  db
    .select({ holdId: holds.holdId, fromStop: holds.fromStop, toStop: holds.toStop, seats: holds.seats })
    .from(holds)
    .where(and(eq(holds.tripId, value('tripId')), eq(holds.state, 'held'))),
);

const moveHold = statement((db, { holds }: SharedTables) =>
  db
    .update(holds)
    .set(given<HoldPlace>(['tripId', 'fromStop', 'toStop', 'seats']))
    .where(eq(holds.holdId, value('holdId'))),
);

const endHold = statement((db, { holds }: SharedTables) =>
  db
    .update(holds)
    .set({ state: 'expired' })
    .where(eq(holds.holdId, value('holdId'))),
);

const ticketsOfPlan = statement((db, { tickets }: SharedTables) =>
  db
    .select()
    .from(tickets)
    .where(and(eq(tickets.tripId, value('tripId')), eq(tickets.epoch, value('epoch')))),
);

const seatTicket = statement((db, { tickets }: SharedTables) =>
  db
    .update(tickets)
    .set(given<TicketPlace>(['tripId', 'epoch', 'seat', 'legs', 'fromStop', 'toStop']))
    .where(eq(tickets.ticketNo, value('ticketNo'))),
);

type HoldPlace = Pick<SharedTables['holds']['$inferInsert'], 'tripId' | 'fromStop' | 'toStop' | 'seats'>;
type TicketPlace = Pick<TicketRow, 'tripId' | 'epoch' | 'seat' | 'legs' | 'fromStop' | 'toStop'>;
/** A plan that ends with a fact. */
export type Source = EpochStep & { readonly tripId: string; readonly epoch: number };

/**
 * Brings this party's rows of a trip into its new seat plan: seats and children's places with all that is owned and claimed
 * of them, holds and tickets. What was owned of a dropped leg is lost. `capacity` are the legs of a new seat or place that no old one had: all of them at
 * the origin, whose they are, none elsewhere.
 *
 * Every party does the same from the same map, so that a leg has one owner before and after. A hold that lost a seat ends;
 * a ticket that did is listed. Plans come in order; one that is known already changes nothing.
 */
export async function applyEpoch(
  tx: Tx<SharedTables>,
  fact: Reseated,
  capacity: LegMask,
  now: EpochMs,
): Promise<'applied' | 'known'> {
  const { tripId, epoch, joined } = fact;
  const known = await epochOf(tx, tripId);
  if (epoch <= known) return 'known';
  if (epoch !== known + 1 || (joined && (await epochOf(tx, joined.tripId)) !== joined.epoch)) {
    throw new Fault('epoch.out-of-order', `plan ${epoch} of ${tripId} came after plan ${known}`, {
      hint: '座位方案的次序不连续，该站座位通道已停：请核对双方的座位方案。',
      retryable: false,
      facts: { tripId, epoch, known },
    });
  }
  const sources = plansEndedBy(fact);
  for (const source of sources) await keep(tx, source, fact, now);
  await moveSeats(tx, sources, fact, capacity);
  for (const source of sources) {
    await moveHolds(tx, source, tripId);
    await moveTickets(tx, source, now);
  }
  return 'applied';
}

/** What an origin means that knows nothing of places: no plan changes them. More legs than any trip has, so nobody else says them. */
export const PLACES_STAY = childPlaces(PLACES_MAX).map(({ seat }) => ({ seat, legs: allLegs(LEGS_MAX + 1), to: seat }));

const asMoves = (moves: Reseated['moves']) => moves.map((move) => ({ ...move, legs: legMask(move.legs) }));

function keep(tx: Tx<SharedTables>, source: Source, fact: Reseated, now: EpochMs): Promise<number> {
  const { tripId, epoch, moves, stops } = source;
  return keepStep(tx, {
    tripId,
    epoch,
    target: fact.tripId,
    targetEpoch: fact.epoch,
    seats: JSON.stringify(fact.seats),
    moves: JSON.stringify(moves),
    stops: stops ? JSON.stringify(stops) : null,
    reason: fact.reason,
    now,
  });
}

const MASKS = ['mine', 'owed', 'held', 'sold', 'freed', 'blocked'] as const;

/** The plans that end with a fact, and how each of them leads into the new one. */
export function plansEndedBy({ tripId, epoch, moves, places, joined }: Reseated): Source[] {
  const staying = places === undefined ? PLACES_STAY : [];
  const own: Source = { tripId, epoch: epoch - 1, moves: [...asMoves(moves), ...staying] };
  return joined ? [own, { ...joined, moves: asMoves(joined.moves) }] : [own];
}

async function moveSeats(
  tx: Tx<SharedTables>,
  sources: readonly Source[],
  { tripId, epoch, seats: plan, places = PLACES_MAX }: Reseated,
  capacity: LegMask,
): Promise<void> {
  const next = new Map<string, SeatState>();
  for (const source of sources) {
    for (const old of [...(await seatsOfTrip(tx, source.tripId)), ...(await placesOfTrip(tx, source.tripId))]) {
      for (const mask of MASKS) {
        for (const { seat, legs } of moved(source, { seat: old.seat, legs: old[mask] })) {
          const state = next.get(seat) ?? newSeat(seat, NO_LEGS);
          next.set(seat, { ...state, [mask]: union(state[mask], legs) });
        }
      }
    }
  }
  const filled = filledLegs(sources);
  for (const source of sources) await dropSeats(tx, { tripId: source.tripId });
  const rows: SharedTables['seats']['$inferSelect'][] = [];
  for (const { seat, position } of [
    ...plan.map((seat, index) => ({ seat, position: index })),
    ...childPlaces(places),
  ]) {
    const fresh = without(capacity, filled.get(seat) ?? NO_LEGS);
    const state = next.get(seat) ?? newSeat(seat, NO_LEGS);
    if (capacity === NO_LEGS && !next.has(seat)) continue;
    rows.push({ tripId, position, epoch, ...state, mine: union(state.mine, fresh) });
  }
  await insertSeats(tx, rows);
}

/** A hold goes on with its new seats, or ends: nobody is sold fewer seats than were held. */
async function moveHolds(tx: Tx<SharedTables>, source: Source, tripId: string): Promise<void> {
  for (const { holdId, fromStop, toStop, seats } of await heldSeats(tx, { tripId: source.tripId })) {
    const legs = legsBetween(fromStop, toStop);
    const old = (JSON.parse(seats) as string[]).map((seat) => ({ seat, legs }));
    const whole = old.map((place) => movedWhole(source, place));
    const kept = whole.every((place) => place !== undefined);
    if (!kept) {
      for (const place of old)
        for (const piece of moved(source, place)) await release(tx, { tripId, seat: piece.seat, legs: piece.legs });
    }
    const ride = { fromStop: source.stops?.[fromStop] ?? fromStop, toStop: source.stops?.[toStop] ?? toStop };
    if (kept) await moveHold(tx, { holdId, tripId, ...ride, seats: JSON.stringify(whole.map((place) => place!.seat)) });
    else await endHold(tx, { holdId });
  }
}

/** Tickets of the plan that ended. Those of older plans have lost their seat before, and are listed. */
async function moveTickets(tx: Tx<SharedTables>, source: Source, now: EpochMs): Promise<void> {
  const { tripId: of, epoch: plan } = source;
  for (const row of await ticketsOfPlan(tx, { tripId: of, epoch: plan })) {
    const { ticketNo, state } = row;
    const here = await seatedNow(tx, { ...row, from: row.fromStop, to: row.toStop });
    const { tripId, epoch, seat, legs, from: fromStop, to: toStop } = here;
    if (epoch !== row.epoch || tripId !== row.tripId)
      await seatTicket(tx, { ticketNo, tripId, epoch, seat, legs, fromStop, toStop });
    else if (holdsSeat(state as TicketState) && (await isOver(tx, row))) await noteOverflow(tx, row, now);
  }
}
