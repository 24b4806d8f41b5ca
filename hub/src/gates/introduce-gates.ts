import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { stationsAlong } from '@lianpiao/shared/domain/trip';
import { keepMeta } from '@lianpiao/shared/store/meta-rows';
import { bodyOf, type TicketRow } from '@lianpiao/shared/store/tickets/ticket-rows';
import { findTrip, type KnownTrip } from '@lianpiao/shared/store/trips/trip-rows';
import { and, asc, eq, gt, inArray, like } from 'drizzle-orm';
import type { Hub } from '../hub.ts';
import type { HubTx } from '../store/hub-store.ts';
import { sayWhenKnown } from './say-when-known.ts';
import { tellTripTo } from './tell-trip.ts';

/** Trips looked at in one transaction. */
const TRIPS_MAX = 200;
/** Key of `meta`, by station: its enrolment and the last trip that it was told of, with `end` behind the last of all. */
const TOLD = 'gate-told/';
const END = '~';

type Introducing = Pick<Hub, 'store' | 'persons'>;

/**
 * Tells each agent, once it is enrolled, of the trips that call at its station and of the passengers that board there:
 * whatever was published and sold before. Goes through all trips that have not arrived, some at a call; what is published
 * meanwhile is told as it comes, and hearing it twice changes nothing. Returns how many trips it looked at.
 */
export async function introduceGates(hub: Introducing, now: EpochMs): Promise<number> {
  const { db, t } = hub.store.read;
  const enrolled = await db.select().from(t.stations).where(eq(t.stations.state, 'enrolled'));
  const told = new Map(
    (
      await db
        .select()
        .from(t.meta)
        .where(like(t.meta.key, `${TOLD}%`))
    ).map(({ key, value }) => [key, value]),
  );
  let looked = 0;
  for (const { code, enrolledAt } of enrolled) {
    const key = TOLD + code;
    const [since, upTo = ''] = (told.get(key) ?? '').split(' ');
    const enrolment = String(enrolledAt);
    if (since === enrolment && upTo === END) continue;
    looked += await introduceTo(hub, { station: code, key, enrolment, after: since === enrolment ? upTo : '' }, now);
  }
  return looked;
}

type Introduction = {
  readonly station: string;
  readonly key: string;
  readonly enrolment: string;
  readonly after: string;
};

function introduceTo(hub: Introducing, { station, key, enrolment, after }: Introduction, now: EpochMs) {
  return hub.store.transaction(async (tx) => {
    const { trips } = tx.t;
    const running = await tx.db
      .select({ tripId: trips.tripId })
      .from(trips)
      .where(and(gt(trips.tripId, after), gt(trips.arrivesAt, now)))
      .orderBy(asc(trips.tripId))
      .limit(TRIPS_MAX);
    for (const { tripId } of running) {
      const trip = (await findTrip(tx, tripId))!;
      if (!stationsAlong(trip).includes(station)) continue;
      await tellTripTo(tx, station, trip, now);
      for (const row of await waitingAt(tx, trip, station)) await tellWaiting(hub, tx, station, row, now);
    }
    const upTo = running.length === TRIPS_MAX ? running.at(-1)!.tripId : END;
    await keepMeta(tx, key, `${enrolment} ${upTo}`);
    return running.length;
  });
}

/** Tickets of others that are to board at a station. */
async function waitingAt(tx: HubTx, trip: KnownTrip, station: string): Promise<TicketRow[]> {
  const { tickets } = tx.t;
  const here = trip.stops.flatMap((stop, index) => (stop.station === station ? [index] : []));
  const rows = await tx.db
    .select()
    .from(tickets)
    .where(
      and(
        eq(tickets.tripId, trip.tripId),
        inArray(tickets.fromStop, here),
        inArray(tickets.state, ['sold', 'collected']),
      ),
    );
  return rows.filter(({ home }) => home !== station);
}

async function tellWaiting(hub: Introducing, tx: HubTx, peer: string, row: TicketRow, now: EpochMs): Promise<void> {
  const { tripId: agg, bizDate } = row;
  const who = row.person && hub.persons.open(row.person);
  const sold = { peer, type: 'hub-ticket.sold' as const, agg, fact: bodyOf(row) };
  await sayWhenKnown(tx, who ? { ...sold, person: hub.persons.seal(who, bizDate) } : sold, now);
}
