import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Direction, neighbour, seatLayout, seatTyped } from './seat-layout.ts';

const numbered = (count: number) => Array.from({ length: count }, (_, index) => String(index + 1).padStart(2, '0'));
const placeOf = (layout: ReturnType<typeof seatLayout>, seat: string) =>
  layout.places.find((place) => place.seat === seat);

it('lays a coach of 45 in elevens of four with five across the back', () => {
  const layout = seatLayout(numbered(45));
  expect(layout).toMatchObject({ columns: 11, rows: 5, aisle: 3 });
  expect(placeOf(layout, '01')).toMatchObject({ row: 1, column: 1 });
  expect(placeOf(layout, '03')).toMatchObject({ row: 4, column: 1 });
  expect(['41', '42', '43', '44', '45'].map((seat) => placeOf(layout, seat)?.row)).toEqual([1, 2, 3, 4, 5]);
});

it('believes labels that say row and side', () => {
  const layout = seatLayout(['1A', '1B', '1C', '2A', '2B', '2C']);
  expect(layout).toMatchObject({ columns: 2, rows: 4, aisle: 2 });
  expect(placeOf(layout, '2C')).toMatchObject({ row: 4, column: 2 });
});

it('never puts two seats on one place, whatever the coach', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 80 }), (count) => {
      const layout = seatLayout(numbered(count));
      expect(new Set(layout.places.map(({ row, column }) => `${row}/${column}`)).size).toBe(count);
      expect(layout.places.every(({ row, column }) => row <= layout.rows && column <= layout.columns)).toBe(true);
    }),
  );
});

it('reaches every seat by arrows and never leaves the coach', () => {
  const seats = numbered(45);
  const layout = seatLayout(seats);
  const reached = new Set(['01']);
  const queue = ['01'];
  for (let seat = queue.pop(); seat !== undefined; seat = queue.pop())
    for (const direction of ['Up', 'Down', 'Left', 'Right'] satisfies Direction[]) {
      const next = neighbour(layout, seat, direction);
      expect(seats).toContain(next);
      if (!reached.has(next)) queue.push(next);
      reached.add(next);
    }
  expect(reached.size).toBe(45);
});

it('finds a seat by its label with or without the zero', () => {
  expect([
    seatTyped(numbered(45), '7'),
    seatTyped(numbered(45), '07'),
    seatTyped(['1A', '12A'], '12a'),
    seatTyped(numbered(45), '77'),
  ]).toEqual(['07', '07', '12A', null]);
});
