import type { Cell } from '../../../src/api/console/bodies.ts';

/** Neighbouring legs of a seat that are one thing: a through ticket reads as one piece. */
export type Run = Cell & { readonly from: number; readonly to: number };

/** Joins equal neighbours. Free legs stay apart: each can be sold by itself. */
export function runsOf(cells: readonly Cell[]): Run[] {
  const runs: Run[] = [];
  for (const [leg, cell] of cells.entries()) {
    const last = runs.at(-1);
    if (last && cell.state !== 'free' && sameThing(last, cell)) runs[runs.length - 1] = { ...last, to: leg + 1 };
    else runs.push({ ...cell, from: leg, to: leg + 1 });
  }
  return runs;
}

function sameThing(a: Cell, b: Cell): boolean {
  return a.owner === b.owner && a.state === b.state && a.ticketNo === b.ticketNo;
}

/** Sign of each state, the second signal beside the ground that says the owner. */
export const CELL_SIGNS: Record<Cell['state'], string> = {
  free: '▢',
  held: '◐',
  sold: '■',
  boarded: '✓',
  freed: '…',
  blocked: '╳',
};

/** Seats beside each other, so that a coach fits on the screen: long trips need the width for their legs. */
export function seatColumns(legs: number): number {
  return legs <= 6 ? 4 : legs <= 14 ? 2 : 1;
}
