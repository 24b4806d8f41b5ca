/**
 * Who asks, and under which idempotency key. `bodyHash` is the digest of what is asked: the same key with another body is
 * refused, never answered with the old answer.
 */
export type Caller = {
  /** Unique name of the caller: a counter, a kiosk, an adapter token, a channel, a station. */
  readonly id: string;
  readonly channel: 'counter' | 'kiosk' | 'web' | 'outlet' | 'app' | 'telephone' | 'other';
  /** Three digits of the ticket number. */
  readonly terminal: string;
  readonly clerk: string | null;
  readonly shiftId: string | null;
};

export type Call = { readonly caller: Caller; readonly key: string; readonly bodyHash: string };
