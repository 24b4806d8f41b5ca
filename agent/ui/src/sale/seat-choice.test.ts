import type { SeatView } from '@lianpiao/shared/protocol/ticketing';
import { expect, it } from 'vitest';
import { bestSeats, moveCursor, openChoice, seatsCame, toggleSeat, typeLabel } from './seat-choice.ts';

const SEATS: SeatView[] = Array.from({ length: 12 }, (_, index) => ({
  seat: String(index + 1).padStart(2, '0'),
  state: index === 2 ? 'sold' : index === 4 ? 'held' : index === 6 ? 'elsewhere' : 'free',
}));
const choice = (count: number, own: string[] = []) => seatsCame(openChoice(count, own), SEATS);

it('does not take a seat that somebody else has', () => {
  expect(toggleSeat(choice(2), '03').chosen).toEqual(['01']);
});

it('keeps the seats of this order choosable though the map says held', () => {
  expect(toggleSeat(toggleSeat(choice(1, ['05']), '05'), '05').chosen).toEqual(['05']);
});

it('lets the newest choice push out the oldest', () => {
  expect(['02', '04', '06'].reduce(toggleSeat, choice(2)).chosen).toEqual(['04', '06']);
});

it('jumps to a label typed with or without its zero', () => {
  expect([
    typeLabel(choice(1), '7').cursor,
    ['1', '2'].reduce(typeLabel, choice(1)).cursor,
    ['0', '9'].reduce(typeLabel, choice(1)).cursor,
  ]).toEqual(['07', '12', '09']);
});

it('moves by arrows and offers the first free seats as the best', () => {
  expect(moveCursor(choice(1), 'Right').cursor).toBe('05');
  expect(bestSeats(choice(3)).chosen).toEqual(['01', '02', '04']);
});
