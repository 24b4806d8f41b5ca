import { legsBetween } from '@lianpiao/shared/domain/legs';
import { boardingStation } from '@lianpiao/shared/domain/trip';
import { findTicket, insertTicket, type TicketRow } from '@lianpiao/shared/store/tickets/ticket-rows';
import { findTrip } from '@lianpiao/shared/store/trips/trip-rows';
import { HUB } from '../agent.ts';
import type { AgentTx } from '../store/open-agent-store.ts';

const orderOf = (ticketNo: string) => `lost-${ticketNo}`;

/** The order of a ticket that is known by its code alone. */
export const orderByCode = (ticketNo: string) => `qr-${ticketNo}`;

/** True for a row that stands for a ticket whose sale has not come back yet: a fact spoke of it, or its passenger showed it. */
export function isShown({ ticketNo, orderId }: Pick<TicketRow, 'ticketNo' | 'orderId'>): boolean {
  return orderId === orderOf(ticketNo) || orderId === orderByCode(ticketNo);
}

/** Whose ticket it is, once its sale is back: who shows paper does not say, and behind the coach it is the hub's. */
export function homeOf(shown: TicketRow, sold: { readonly home: string }): string {
  const hasLeft = shown.state === 'departed' || shown.state === 'forfeited';
  return shown.orderId === orderByCode(shown.ticketNo) && !hasLeft ? sold.home : shown.home;
}

type Shown = {
  readonly ticketNo: string;
  readonly tripId: string;
  readonly at: number;
  readonly bizDate: string;
  readonly printSeq?: number;
};

/**
 * A ticket that a fact of this station speaks of. One that somebody else sold may not be here yet: the hub's own fact about it
 * comes again after this one and fills in seat, price and passenger, as for one that boards by its code alone.
 */
export async function shownTicket(tx: AgentTx, station: string, shown: Shown): Promise<TicketRow> {
  const { ticketNo, tripId, at, bizDate, printSeq = 0 } = shown;
  const known = await findTicket(tx, ticketNo);
  if (known) return known;
  const trip = await findTrip(tx, tripId);
  const from = Math.max(0, trip?.stops.findIndex((_, stop) => boardingStation(trip, stop) === station) ?? 0);
  const to = Math.max(from + 1, (trip?.stops.length ?? 0) - 1);
  const ride = { tripId, epoch: trip?.epoch ?? 1, seat: '?', legs: legsBetween(from, to), from, to };
  const sale = { clerk: null, shiftId: null, rules: 'unknown', soldAt: at, bizDate, home: HUB, printSeq };
  const price = { fareType: 'full', fareFen: 0, insuranceFen: 0, payMethod: 'psp' } as const;
  const seller = { orderId: orderOf(ticketNo), channel: 'other', seller: HUB, terminal: '000' } as const;
  await insertTicket(tx, { ticketNo, ...ride, ...price, ...seller, ...sale }, null);
  return (await findTicket(tx, ticketNo))!;
}
