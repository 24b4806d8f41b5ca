import { sm3Hex } from '@lianpiao/shared/crypto/sm3';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import type { Caller } from '@lianpiao/shared/store/call';
import { eq } from 'drizzle-orm';
import type { HubStore } from '../store/hub-store.ts';

type KnownChannel = { readonly caller: Caller; readonly callsPerMinute: number; tokens: number; filledAt: EpochMs };

export type ChannelVerdict =
  | { readonly ok: true; readonly value: Caller }
  | {
      readonly ok: false;
      readonly refusal:
        | { readonly code: 'auth.needed' }
        | { readonly code: 'rate.limited'; readonly callsPerMinute: number };
    };

/** A channel that was closed is let in no longer than that, in ms. */
const REREAD_MS = 1000;

/**
 * Who is behind a channel's bearer token, and whether it may ask once more this minute. Kept in memory, for a search costs
 * less than a query; read again every second. The bucket holds ten seconds' worth of calls.
 */
export class ChannelCallers {
  readonly #store: HubStore;
  readonly #byHeader = new Map<string, string>();
  #byToken = new Map<string, KnownChannel>();
  #readAt = Number.NEGATIVE_INFINITY;

  constructor(store: HubStore) {
    this.#store = store;
  }

  /** `now` is a monotonic time in ms. A promise only when the channels have to be read again. */
  admit(authorization: string | undefined, now: number): ChannelVerdict | Promise<ChannelVerdict> {
    if (now - this.#readAt < REREAD_MS) return this.#judge(authorization, now);
    return this.#reread(now).then(() => this.#judge(authorization, now));
  }

  /** Admits if the answer is a sure yes. A no costs the caller nothing: `admit` tells why. */
  admits(authorization: string | undefined, now: number): boolean {
    return now - this.#readAt < REREAD_MS && this.#judge(authorization, now).ok;
  }

  #judge(authorization: string | undefined, now: number): ChannelVerdict {
    const channel = authorization === undefined ? undefined : this.#channelOf(authorization);
    if (!channel) return { ok: false, refusal: { code: 'auth.needed' } };
    const { callsPerMinute } = channel;
    const most = Math.max(10, callsPerMinute / 6);
    channel.tokens = Math.min(most, channel.tokens + ((now - channel.filledAt) * callsPerMinute) / 60_000);
    channel.filledAt = now;
    if (channel.tokens < 1) return { ok: false, refusal: { code: 'rate.limited', callsPerMinute } };
    channel.tokens -= 1;
    return { ok: true, value: channel.caller };
  }

  /** Digests are remembered for tokens that are good, so that guessing fills no memory. */
  #channelOf(authorization: string): KnownChannel | undefined {
    const known = this.#byHeader.get(authorization);
    if (known !== undefined) return this.#byToken.get(known);
    const token = /^Bearer ([\w-]{16,128})$/.exec(authorization)?.[1];
    if (token === undefined) return undefined;
    const hash = sm3Hex(token);
    const channel = this.#byToken.get(hash);
    if (channel) this.#byHeader.set(authorization, hash);
    return channel;
  }

  async #reread(now: number): Promise<void> {
    const { db, t } = this.#store.read;
    const rows = await db.select().from(t.channels).where(eq(t.channels.state, 'open'));
    const before = this.#byToken;
    this.#byToken = new Map(
      rows.map(({ id, kind, terminal, tokenHash, callsPerMinute }) => {
        const caller: Caller = { id, channel: kind as Caller['channel'], terminal, clerk: null, shiftId: null };
        const { tokens, filledAt } = before.get(tokenHash) ?? { tokens: callsPerMinute, filledAt: now };
        return [tokenHash, { caller, callsPerMinute, tokens, filledAt }];
      }),
    );
    this.#byHeader.clear();
    this.#readAt = now;
  }
}
