/**
 * Where each seat of a coach is drawn, from its labels alone: the coach lies on its side, its front to the left.
 *
 * Labels with a letter (`12A`) say row and side themselves. Plain numbers are laid four to a row with the aisle in the
 * middle, and the last row takes one more where the number leaves one: the bench across the back.
 */
export type SeatPlace = { readonly seat: string; readonly row: number; readonly column: number };
export type SeatLayout = {
  readonly places: readonly SeatPlace[];
  /** Rows of the coach are columns of the drawing, counted from 1 at the front. */
  readonly columns: number;
  /** Lines of the drawing, the aisle included. */
  readonly rows: number;
  readonly aisle: number;
};

const SIDE = 2;

export function seatLayout(seats: readonly string[]): SeatLayout {
  const lettered = seats.every((seat) => /^\d+[A-Z]$/.test(seat));
  return lettered && seats.length > 0 ? byLetter(seats) : inFours(seats);
}

function byLetter(seats: readonly string[]): SeatLayout {
  const letters = [...new Set(seats.map((seat) => seat.slice(-1)))].sort();
  const numbers = [...new Set(seats.map((seat) => Number(seat.slice(0, -1))))].sort((a, b) => a - b);
  const near = Math.floor(letters.length / 2);
  const places = seats.map((seat) => {
    const line = letters.indexOf(seat.slice(-1));
    return { seat, row: line < near ? line + 1 : line + 2, column: numbers.indexOf(Number(seat.slice(0, -1))) + 1 };
  });
  return { places, columns: numbers.length, rows: letters.length + 1, aisle: near + 1 };
}

function inFours(seats: readonly string[]): SeatLayout {
  const width = SIDE * 2;
  const bench = seats.length > width && seats.length % width === 1;
  const columns = Math.max(1, Math.ceil((seats.length - (bench ? 1 : 0)) / width));
  const places = seats.map((seat, index) => {
    if (bench && Math.floor(index / width) >= columns - 1) {
      // Five abreast: the one in the middle sits in the aisle's line.
      return { seat, row: index - (columns - 1) * width + 1, column: columns };
    }
    const line = index % width;
    return { seat, row: line < SIDE ? line + 1 : line + 2, column: Math.floor(index / width) + 1 };
  });
  return { places, columns, rows: width + 1, aisle: SIDE + 1 };
}

export type Direction = 'Up' | 'Down' | 'Left' | 'Right';

/** The seat that an arrow leads to: the nearest in that direction, preferring the same line. Stays where nothing is. */
export function neighbour(layout: SeatLayout, seat: string, direction: Direction): string {
  const here = layout.places.find((place) => place.seat === seat);
  if (!here) return layout.places[0]?.seat ?? seat;
  const along = (place: SeatPlace) =>
    direction === 'Left' || direction === 'Right' ? place.column - here.column : place.row - here.row;
  const across = (place: SeatPlace) =>
    direction === 'Left' || direction === 'Right' ? place.row - here.row : place.column - here.column;
  const sign = direction === 'Left' || direction === 'Up' ? -1 : 1;
  const ahead = layout.places.filter((place) => along(place) * sign > 0);
  ahead.sort((a, b) => Math.abs(along(a)) + 8 * Math.abs(across(a)) - (Math.abs(along(b)) + 8 * Math.abs(across(b))));
  return ahead[0]?.seat ?? seat;
}

/** The seat that typed characters mean: the label itself, with or without leading zeros; null while none or several fit. */
export function seatTyped(seats: readonly string[], typed: string): string | null {
  const wanted = typed.toUpperCase();
  return (
    seats.find((seat) => seat === wanted) ??
    seats.find((seat) => seat.replace(/^0+/, '') === wanted.replace(/^0+/, '')) ??
    null
  );
}
