import type { SeatView } from '@lianpiao/shared/protocol/ticketing';
import { type Direction, neighbour, seatLayout, seatTyped } from '@lianpiao/shared/ui/seat-layout';

/** Choosing seats on the map. `own` are the seats that this order already holds: they stay choosable though the map says held. */
export type SeatChoice = {
  readonly seats: readonly SeatView[] | null;
  readonly cursor: string | null;
  readonly chosen: readonly string[];
  readonly own: readonly string[];
  readonly count: number;
  readonly typed: string;
};

export function openChoice(count: number, own: readonly string[]): SeatChoice {
  return { seats: null, cursor: null, chosen: own, own, count, typed: '' };
}

/** A seat that can be taken: free on the whole ride, or already ours. `elsewhere` is the hub's and costs a question. */
export function choosable(choice: SeatChoice, seat: string): boolean {
  const state = choice.seats?.find((view) => view.seat === seat)?.state;
  return state === 'free' || state === 'elsewhere' || choice.own.includes(seat);
}

export function seatsCame(choice: SeatChoice, seats: readonly SeatView[]): SeatChoice {
  const shown: SeatChoice = { ...choice, seats };
  const first = choice.chosen[0] ?? seats.find((view) => view.state === 'free')?.seat ?? seats[0]?.seat ?? null;
  return {
    ...shown,
    cursor: first,
    chosen: choice.chosen.length > 0 ? choice.chosen : first !== null && choosable(shown, first) ? [first] : [],
  };
}

export function moveCursor(choice: SeatChoice, direction: Direction): SeatChoice {
  if (!choice.seats || choice.cursor === null) return choice;
  const layout = seatLayout(choice.seats.map((view) => view.seat));
  return { ...choice, cursor: neighbour(layout, choice.cursor, direction), typed: '' };
}

/** Takes or gives back a seat. With all seats chosen a further one takes the place of the first. */
export function toggleSeat(choice: SeatChoice, seat: string): SeatChoice {
  if (choice.chosen.includes(seat))
    return { ...choice, cursor: seat, chosen: choice.chosen.filter((chosen) => chosen !== seat) };
  if (!choosable(choice, seat)) return { ...choice, cursor: seat };
  return { ...choice, cursor: seat, chosen: [...choice.chosen, seat].slice(-choice.count) };
}

/** One more character of a label. A character that fits no label starts a new one. */
export function typeLabel(choice: SeatChoice, key: string): SeatChoice {
  const labels = (choice.seats ?? []).map((view) => view.seat);
  const longer = choice.typed + key.toUpperCase();
  const typed = labels.some((label) => label.startsWith(longer) || label.replace(/^0+/, '').startsWith(longer))
    ? longer
    : key.toUpperCase();
  return { ...choice, typed, cursor: seatTyped(labels, typed) ?? choice.cursor };
}

/** Lets the agent choose: the first free seats from the front, together. */
export function bestSeats(choice: SeatChoice): SeatChoice {
  const free = (choice.seats ?? [])
    .filter((view) => view.state === 'free' || choice.own.includes(view.seat))
    .map((view) => view.seat);
  const chosen = free.slice(0, choice.count);
  return { ...choice, chosen, cursor: chosen[0] ?? choice.cursor, typed: '' };
}
