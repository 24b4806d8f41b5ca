import type { TicketState } from '@lianpiao/shared/domain/ticket';
import type { TripBasis } from '@lianpiao/shared/fsck/find-trip-differences';
import type { TripRecords } from '@lianpiao/shared/fsck/trip-records';
import type { TicketRow } from '@lianpiao/shared/store/tickets/ticket-rows';
import { tripOf } from '@lianpiao/shared/store/trips/trip-rows';
import { liveClearing } from '../clearing/clearing-rows.ts';
import { boardingGate } from '../gates/boarding-gate.ts';
import { HUB } from '../hub.ts';
import type { HubReader } from '../store/hub-store.ts';

/**
 * What comes about at the hub without a fact: where nobody checks tickets they count as travelled, and no gate is told that a
 * ticket of the hub has ended there or has another seat.
 */
export async function untold(
  read: HubReader,
  { tickets, trips, lives }: TripRecords,
): Promise<Pick<TripBasis, 'untold' | 'seatedUntold'>> {
  const counted = new Set<string>();
  for (const { ticketNo, state } of tickets)
    if (state === 'departed' && (await liveClearing(read, ticketNo))?.kind === 'travelled') counted.add(ticketNo);
  const gateless = new Set<string>();
  for (const { tripId, home, ticketNo, fromStop } of tickets) {
    const row = home === HUB && lives.has(ticketNo) ? trips.find((trip) => trip.tripId === tripId) : undefined;
    if (row && (await boardingGate(read, tripOf(row), fromStop)) === null) gateless.add(ticketNo);
  }
  const statesOf = ({ ticketNo, boardedAt }: TicketRow): readonly TicketState[] => [
    ...(boardedAt === null && counted.has(ticketNo) ? (['departed'] as const) : []),
    ...(gateless.has(ticketNo) ? (['refunded', 'rebooked', 'collected'] as const) : []),
  ];
  return { untold: statesOf, seatedUntold: ({ ticketNo }) => gateless.has(ticketNo) };
}
