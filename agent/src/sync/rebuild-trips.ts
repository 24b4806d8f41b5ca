import { Fault } from '@lianpiao/shared/fault';
import type { FactHandlers } from '@lianpiao/shared/link/facts';
import { initialLegs, noteTransfer } from '@lianpiao/shared/store/seats/count-ownership';
import { tripOfBody } from '@lianpiao/shared/store/trips/trip-body';
import { findTrip, saveTrip } from '@lianpiao/shared/store/trips/trip-rows';
import { eq } from 'drizzle-orm';
import { type Agent, HUB } from '../agent.ts';
import { ownSeats } from '../seats/own-seats.ts';
import type { AgentTables } from '../store/tables.ts';

/** Trips that the station once published, and the seats of them that it gave away. */
export function tripFacts({ station }: Pick<Agent, 'station'>): FactHandlers<AgentTables> {
  return {
    'trip.published': async (tx, { fact }) => {
      const trip = tripOfBody(fact);
      if (!trip.ok) throw unreadable(fact.tripId, trip.refusal.code);
      const known = await findTrip(tx, fact.tripId);
      await saveTrip(tx, trip.value);
      if (!known) await ownSeats(tx, trip.value);
    },
    'trip.suspended': async (tx, { fact }) => {
      const { trips } = tx.t;
      await tx.db.update(trips).set({ state: 'suspended' }).where(eq(trips.tripId, fact.tripId));
    },
    'seat.granted': async (tx, { fact, at }) => {
      const initial = initialLegs(await findTrip(tx, fact.tripId), station.code, fact.seat);
      await noteTransfer(tx, { fact, peer: HUB, direction: 'given', initial }, at);
    },
  };
}

function unreadable(tripId: string, code: string): Fault {
  return new Fault('station.not-rebuilt', `a trip of this station cannot be read again: ${code}`, {
    hint: '恢复本站数据时遇到读不懂的班次：请联系联网中心，恢复前不能售票。',
    retryable: false,
    facts: { tripId, code },
  });
}
