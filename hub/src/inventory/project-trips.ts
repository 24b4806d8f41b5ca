import { boardingStation, type Trip } from '@lianpiao/shared/domain/trip';
import type { FactHandlers } from '@lianpiao/shared/link/facts';
import type { TripBody } from '@lianpiao/shared/protocol/events';
import { isOver, planOf } from '@lianpiao/shared/store/epochs/epoch-rows';
import { releaseHold } from '@lianpiao/shared/store/seats/release-hold';
import { statement, value } from '@lianpiao/shared/store/statement';
import { tripOfBody } from '@lianpiao/shared/store/trips/trip-body';
import { findTrip, saveTrip } from '@lianpiao/shared/store/trips/trip-rows';
import { and, eq, inArray } from 'drizzle-orm';
import { takeHomes } from '../gates/take-homes.ts';
import { tellLeftBehind } from '../gates/tell-left-behind.ts';
import { tellTrip } from '../gates/tell-trip.ts';
import { HUB, type Hub } from '../hub.ts';
import { hubIncarnation } from '../ingest/station-record.ts';
import { bringExchangesOfTripBack } from '../restore/lost-exchanges.ts';
import type { HubTx } from '../store/hub-store.ts';
import type { HubTables } from '../store/tables.ts';
import { touchTrip } from '../store/touched-trips.ts';
import { CannotApply } from './cannot-apply.ts';
import { placeSeats } from './project-seats.ts';
import { toldPlan, toldTrip } from './told-yet.ts';

const knowStop = statement((db, t: HubTables) =>
  db
    .insert(t.stops)
    .values({ code: value('code'), name: value('name'), pinyin: value('pinyin'), station: value('station') })
    .onConflictDoNothing(),
);

const pinyinOf = statement((db, t: HubTables) =>
  db
    .select({ pinyin: t.stationDirectory.pinyin })
    .from(t.stationDirectory)
    .where(eq(t.stationDirectory.name, value('name')))
    .limit(1),
);

/** Lane `ev`: trips as their origin publishes, suspends and sends them off. */
export function tripFacts(hub: Pick<Hub, 'persons' | 'money' | 'clock'>): FactHandlers<HubTables> {
  return {
    'trip.published': async (tx, { fact }, peer) => {
      if (fact.origin !== peer) throw new CannotApply('trip.other-origin', { tripId: fact.tripId, station: peer });
      const trip = await inPlan(tx, readable(fact));
      const isBack = (await hubIncarnation(tx)) > 1 && !(await findTrip(tx, trip.tripId));
      await saveTrip(tx, trip);
      if (isBack) await bringExchangesOfTripBack(hub, tx, trip.tripId);
      // Lane `seat` has brought the merger first: the trip is not on sale again.
      if (await isOver(tx, trip))
        await tx.db.update(tx.t.trips).set({ state: 'merged' }).where(eq(tx.t.trips.tripId, trip.tripId));
      for (const { code, name, station } of trip.stops) {
        const [listed] = await pinyinOf(tx, { name });
        await knowStop(tx, { code, name, pinyin: listed?.pinyin ?? '', station });
      }
      const { seats } = tx.t;
      const granted = await tx.db.select({ seat: seats.seat }).from(seats).where(eq(seats.tripId, trip.tripId));
      await placeSeats(
        tx,
        trip.tripId,
        trip.seats,
        granted.map(({ seat }) => seat),
      );
      touchTrip(tx, trip.tripId, 'trip');
      await tellTrip(tx, trip.tripId, hub.clock.now());
    },
    'trip.suspended': async (tx, { fact }, peer) => {
      const { tripId } = fact;
      await tripOfPeer(tx, tripId, peer);
      const { trips } = tx.t;
      const running = and(eq(trips.tripId, tripId), inArray(trips.state, ['planned', 'open', 'closed']));
      await tx.db.update(trips).set({ state: 'suspended' }).where(running);
      await endHolds(tx, tripId);
      touchTrip(tx, tripId, 'trip');
      await tellTrip(tx, tripId, hub.clock.now());
    },
    'trip.departed': async (tx, { fact }, peer) => {
      const { tripId, stop, at, bizDate, boarded, forfeited, vehicle, homes, epoch } = fact;
      const trip = await tripAlong(tx, tripId, peer);
      // Who rides along from a trip that was merged into this one is on it with that plan.
      if (epoch !== undefined) await toldPlan(tx, tripId, epoch);
      if (boardingStation(trip, stop) !== peer)
        throw new CannotApply('trip.other-stop', { tripId, stop, station: peer });
      const { trips, tickets, departures } = tx.t;
      const row = {
        tripId,
        stop,
        departedAt: at,
        bizDate,
        boarded,
        forfeited,
        vehicle,
        waybillNo: `${tripId}-${stop}`,
      };
      await tx.db.insert(departures).values(row).onConflictDoNothing();
      const under = and(eq(trips.tripId, tripId), inArray(trips.state, ['open', 'closed']));
      await tx.db.update(trips).set({ state: 'departed' }).where(under);
      const aboard = and(eq(tickets.tripId, tripId), eq(tickets.fromStop, stop), eq(tickets.state, 'boarded'));
      await tx.db.update(tickets).set({ state: 'departed', endedAt: at }).where(aboard);
      if (homes === HUB) await takeHomes(tx, peer, fact);
      await tellLeftBehind(tx, { tripId, stop, at, bizDate, gate: peer }, hub.clock.now());
      touchTrip(tx, tripId, 'trip');
      await hub.money.tripDeparted(tx, fact, { from: peer, now: hub.clock.now() });
    },
  };
}

/** A trip that a station along its line speaks of: the origin may still have to tell of it. */
async function tripAlong(tx: HubTx, tripId: string, peer: string): Promise<Trip> {
  const trip = await findTrip(tx, tripId);
  if (!trip && tripId.startsWith(`${peer}-`)) throw new CannotApply('trip.unknown', { tripId });
  return trip ?? toldTrip(tx, tripId);
}

async function tripOfPeer(tx: HubTx, tripId: string, peer: string) {
  const trip = await findTrip(tx, tripId);
  if (!trip) throw new CannotApply('trip.unknown', { tripId });
  if (trip.origin !== peer) throw new CannotApply('trip.other-origin', { tripId, station: peer });
  return trip;
}

/**
 * The plan of a published trip is the one that lane `seat` has come to: seats are claimed and told by it. A publication that
 * is ahead of it or behind says everything else.
 */
async function inPlan(tx: HubTx, trip: Trip): Promise<Trip> {
  const plan = await planOf(tx, trip.tripId);
  const epoch = plan?.epoch ?? 1;
  if (epoch === trip.epoch) return trip;
  const seats = plan?.seats ?? (await findTrip(tx, trip.tripId))?.seats ?? trip.seats;
  return { ...trip, seats, epoch };
}

function readable(body: TripBody): Trip {
  const trip = tripOfBody(body);
  if (!trip.ok) throw new CannotApply(trip.refusal.code, { tripId: body.tripId });
  return trip.value;
}

/** A suspended trip holds nothing: orders under way end, and a payment that still comes is refunded. */
async function endHolds(tx: HubTx, tripId: string): Promise<void> {
  const { holds } = tx.t;
  const live = await tx.db
    .select({ holdId: holds.holdId })
    .from(holds)
    .where(and(eq(holds.tripId, tripId), eq(holds.state, 'held')));
  for (const { holdId } of live) await releaseHold(tx, holdId, 'expired');
}
