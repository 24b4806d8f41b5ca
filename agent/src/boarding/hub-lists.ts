import { done, refuse } from '@lianpiao/shared/domain/outcome';
import type { HubList } from '@lianpiao/shared/protocol/ticketing';
import { finalsOf } from '@lianpiao/shared/store/trips/trip-finals';
import { findTrip } from '@lianpiao/shared/store/trips/trip-rows';
import type { Agent } from '../agent.ts';

/** At which stops of a trip the hub has said that it sells no more, and whether this station's gate knows the same passengers. */
export async function hubLists({ store }: Pick<Agent, 'store'>, tripId: string) {
  if (!(await findTrip(store.read, tripId))) return refuse({ code: 'trip.unknown', tripId });
  const finals = await finalsOf(store.read, tripId);
  return done(finals.map(({ stop, tickets, differs, at }): HubList => ({ stop, tickets, differs: differs === 1, at })));
}
