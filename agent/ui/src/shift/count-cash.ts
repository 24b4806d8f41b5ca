import { CASH_FEN } from '../sale/money-entry.ts';

/** What was counted: one number of pieces for each of `CASH_FEN`, as typed; nothing typed is none. In fen. */
export function countedFen(counts: readonly string[]): number {
  return CASH_FEN.reduce((sum, piece, index) => sum + piece * Number(counts[index] || 0), 0);
}
