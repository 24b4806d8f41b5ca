import {
  covers,
  intersection,
  type LegMask,
  legCount,
  legMask,
  legsBetween,
  meets,
  NO_LEGS,
  union,
  without,
} from '@lianpiao/shared/domain/legs';
import type { SeatState } from '@lianpiao/shared/domain/seats';
import type { Cell } from './bodies.ts';

/** What the picture needs of a ticket. A free child has no seat of its own. */
export type SeatedTicket = {
  readonly ticketNo: string;
  readonly seat: string;
  readonly legs: number;
  readonly state: string;
  readonly fareType: string;
};

/** Seats of one trip as the hub knows them: its own rows, live tickets of every home, and grants that have not been confirmed. */
export type TripPicture = {
  readonly seats: readonly string[];
  readonly legs: number;
  readonly own: ReadonlyMap<string, SeatState>;
  readonly tickets: readonly SeatedTicket[];
  readonly underWay: readonly { readonly seat: string; readonly legs: number }[];
};

const ENDED = new Set(['refunded', 'voided', 'rebooked']);
const BOARDED = new Set(['boarded', 'departed']);

/** Tickets that still have their seat in this picture: what was forfeited keeps it in the books of the trip. */
export function seated(tickets: readonly SeatedTicket[]): SeatedTicket[] {
  return tickets.filter(({ state, fareType }) => !ENDED.has(state) && fareType !== 'freeChild');
}

/**
 * Each seat on each leg: who owns it, what became of it, whose ticket lies there.
 *
 * A leg that the hub does not own and that is not on its way belongs to the station; what the station holds or blocks of it
 * is the station's own knowledge, so it counts as free here until a ticket is told.
 */
export function cellsOf(picture: TripPicture): { readonly seat: string; readonly cells: readonly Cell[] }[] {
  const bySeat = Map.groupBy(seated(picture.tickets), ({ seat }) => seat);
  const leaving = Map.groupBy(picture.underWay, ({ seat }) => seat);
  return picture.seats.map((seat) => {
    const own = picture.own.get(seat);
    const tickets = bySeat.get(seat) ?? [];
    const gone = (leaving.get(seat) ?? []).reduce((legs, grant) => union(legs, legMask(grant.legs)), NO_LEGS);
    const cells = Array.from({ length: picture.legs }, (_, leg): Cell => {
      const here = legsBetween(leg, leg + 1);
      const ticket = tickets.find(({ legs }) => meets(legMask(legs), here));
      const ticketNo = ticket?.ticketNo ?? null;
      if (own && meets(own.mine, here)) return { owner: 'hub', state: stateAtHub(own, here, ticket), ticketNo };
      if (meets(gone, here)) return { owner: 'underWay', state: 'free', ticketNo };
      return { owner: 'station', state: ticket ? soldOrBoarded(ticket) : 'free', ticketNo };
    });
    return { seat, cells };
  });
}

function stateAtHub(own: SeatState, here: LegMask, ticket: SeatedTicket | undefined): Cell['state'] {
  if (meets(own.sold, here)) return ticket ? soldOrBoarded(ticket) : 'sold';
  if (meets(own.held, here)) return 'held';
  if (meets(own.freed, here)) return 'freed';
  return meets(own.blocked, here) ? 'blocked' : 'free';
}

function soldOrBoarded({ state }: SeatedTicket): Cell['state'] {
  return BOARDED.has(state) ? 'boarded' : 'sold';
}

export type OwnerCounts = { owned: number; free: number; held: number; sold: number };
export type TripCounts = {
  readonly sold: number;
  readonly boarded: number;
  readonly remaining: { readonly station: number; readonly hub: number };
  readonly station: OwnerCounts;
  readonly hub: OwnerCounts;
  readonly underWay: number;
};

/** Sums of a trip in seats × legs, and seats that are free for the whole of it. By masks: a list has many trips. */
export function countsOf({ seats, legs, own, tickets, underWay }: TripPicture): TripCounts {
  const live = seated(tickets);
  const whole = legsBetween(0, legs);
  const hub: OwnerCounts = { owned: 0, free: 0, held: 0, sold: 0 };
  const claimedHere = new Map<string, LegMask>();
  const notStation = new Map<string, LegMask>();
  const remaining = { station: 0, hub: 0 };
  for (const state of own.values()) {
    const taken = union(union(state.held, state.sold), union(state.freed, state.blocked));
    hub.owned += legCount(state.mine);
    hub.held += legCount(state.held);
    hub.sold += legCount(state.sold);
    hub.free += legCount(without(state.mine, taken));
    if (covers(without(state.mine, taken), whole)) remaining.hub += 1;
    notStation.set(state.seat, state.mine);
  }
  let leaving = 0;
  for (const grant of underWay) {
    const away = without(legMask(grant.legs), notStation.get(grant.seat) ?? NO_LEGS);
    leaving += legCount(away);
    notStation.set(grant.seat, union(notStation.get(grant.seat) ?? NO_LEGS, away));
  }
  let stationSold = 0;
  for (const ticket of live) {
    const mine = without(legMask(ticket.legs), notStation.get(ticket.seat) ?? NO_LEGS);
    stationSold += legCount(mine);
    claimedHere.set(ticket.seat, union(claimedHere.get(ticket.seat) ?? NO_LEGS, mine));
  }
  for (const seat of seats) if (!notStation.get(seat) && !claimedHere.get(seat)) remaining.station += 1;
  const owned = seats.length * legs - hub.owned - leaving;
  return {
    sold: live.length,
    boarded: live.filter(({ state }) => BOARDED.has(state)).length,
    remaining,
    station: { owned, free: owned - stationSold, held: 0, sold: stationSold },
    hub,
    underWay: leaving,
  };
}

/** What must hold: no leg of a seat has two tickets, and what is claimed or sold lies wholly with one owner. */
export function checksOf({ seats, legs, own, tickets }: TripPicture) {
  const live = seated(tickets);
  const bySeat = Map.groupBy(live, ({ seat }) => seat);
  const oneTicketALeg = [...bySeat.values()].every((list) => {
    const sum = list.reduce((total, { legs: ride }) => total + legCount(legMask(ride)), 0);
    return sum === legCount(list.reduce((all, { legs: ride }) => union(all, legMask(ride)), NO_LEGS));
  });
  const claimsInside = [...own.values()].every(({ mine, held, sold, freed, blocked }) =>
    covers(mine, union(union(held, sold), union(freed, blocked))),
  );
  const oneOwnerEach = live.every(({ seat, legs: ride }) => {
    const mine = intersection(legMask(ride), own.get(seat)?.mine ?? NO_LEGS);
    return mine === NO_LEGS || mine === ride;
  });
  return { oneTicketALeg, soldIsOwned: claimsInside && oneOwnerEach, seatLegs: seats.length * legs };
}
