/**
 * A scanner that types like a keyboard: a burst of characters, ended by Enter.
 *
 * The catcher sees every key before the screen does. Until a burst is certain the keys go through as if typed, because
 * waiting would make a person's keys feel slow; when it is certain, `began` tells the screen to go back to what it was
 * before the first key of the burst. The Enter of a burst never reaches the screen: a scan commits nothing.
 */
export type Caught =
  | { readonly kind: 'typed' }
  | { readonly kind: 'first' }
  | { readonly kind: 'began' }
  | { readonly kind: 'inside' }
  | { readonly kind: 'scanned'; readonly text: string };

/** A person at 12 keys a second needs 80 ms a key; wedge scanners send one in 1 to 15 ms. */
export const BURST_GAP_MS = 30;
export const BURST_LENGTH_MIN = 8;
/** The longest code that we print is under 400 characters. More is a stuck key. */
export const BURST_LENGTH_MAX = 512;

export class ScanCatcher {
  #text = '';
  #lastAt = Number.NEGATIVE_INFINITY;

  /** `character` is the key as it was sent (case matters in a code), `atMs` a monotonic time. */
  feed(character: string, atMs: number): Caught {
    const quick = atMs - this.#lastAt <= BURST_GAP_MS;
    this.#lastAt = atMs;
    if (character === 'Enter') {
      const text = this.#text;
      this.#text = '';
      return quick && text.length >= BURST_LENGTH_MIN ? { kind: 'scanned', text } : { kind: 'typed' };
    }
    if (character.length !== 1) {
      // A scanner's Shift is part of its burst; any other named key is a hand.
      if (!quick || character !== 'Shift') this.#text = '';
      return { kind: 'typed' };
    }
    if (!quick || this.#text.length >= BURST_LENGTH_MAX) this.#text = '';
    this.#text += character;
    if (this.#text.length === 1) return { kind: 'first' };
    if (this.#text.length < BURST_LENGTH_MIN) return { kind: 'typed' };
    return { kind: this.#text.length === BURST_LENGTH_MIN ? 'began' : 'inside' };
  }
}

/** What a scanned text is, by its form alone: `ticket` number, `document` number, `pickup` code, else a signed ticket `code`. */
export function scanForm(text: string): 'ticket' | 'document' | 'pickup' | 'code' {
  if (/^\d{20}$/.test(text)) return 'ticket';
  if (/^\d{17}[\dXx]$/.test(text)) return 'document';
  if (/^\d{8,12}$/.test(text)) return 'pickup';
  return 'code';
}
