/**
 * Cash as it is typed. Nothing typed means exact money. The text is digits with at most one point and two decimals; whole
 * yuan is what clerks type, fen what is kept.
 */

/** Seven digits are ten million yuan: more is a barcode in the wrong field. */
const DIGITS_MAX = 7;
/** The largest note. Change of that much or more means a figure was mistyped: nobody hands over a note too many. */
const LARGEST_NOTE_FEN = 10_000;
/** An Enter that was meant for the screen before must not count as exact money. */
export const EXACT_AFTER_MS = 250;
export const CASH_FEN = [10_000, 5_000, 2_000, 1_000, 500, 100, 50, 10] as const;

/** The entry after one more key; a key that does not fit leaves it as it is. */
export function typeMoney(typed: string, key: string): string {
  if (key === '.') return typed.includes('.') ? typed : `${typed === '' ? '0' : typed}.`;
  const [whole = '', decimals] = typed.split('.');
  if (decimals !== undefined) return decimals.length < 2 ? typed + key : typed;
  if (whole.length >= DIGITS_MAX) return typed;
  return whole === '0' ? key : typed + key;
}

/** What was typed in fen; null when nothing was. */
export function receivedFen(typed: string): number | null {
  if (typed === '') return null;
  const [whole = '0', decimals = ''] = typed.split('.');
  return Number(whole || '0') * 100 + Number(decimals.padEnd(2, '0'));
}

export type Tender =
  | { readonly kind: 'take'; readonly receivedFen: number; readonly changeFen: number }
  | { readonly kind: 'too-soon' }
  | { readonly kind: 'too-little'; readonly missingFen: number }
  | { readonly kind: 'unusual'; readonly receivedFen: number };

/** What Enter means in the money field: take it, wait, ask for more, or ask whether that was meant. `openForMs` counts from the field's focus. */
export function judgeTender(entry: {
  readonly typed: string;
  readonly dueFen: number;
  readonly openForMs: number;
  readonly warned: boolean;
}): Tender {
  const received = receivedFen(entry.typed);
  if (received === null) {
    return entry.openForMs < EXACT_AFTER_MS
      ? { kind: 'too-soon' }
      : { kind: 'take', receivedFen: entry.dueFen, changeFen: 0 };
  }
  const changeFen = received - entry.dueFen;
  if (changeFen < 0) return { kind: 'too-little', missingFen: -changeFen };
  if (changeFen >= LARGEST_NOTE_FEN && !entry.warned) return { kind: 'unusual', receivedFen: received };
  return { kind: 'take', receivedFen: received, changeFen };
}

/** Notes and coins that make up an amount, largest first: `[[2000, 1], [1000, 1]]`. What is under the smallest coin is left out. */
export function notesFor(amountFen: number): [fen: number, count: number][] {
  const notes: [number, number][] = [];
  let rest = amountFen;
  for (const note of CASH_FEN) {
    const count = Math.floor(rest / note);
    if (count > 0) notes.push([note, count]);
    rest -= count * note;
  }
  return notes;
}
