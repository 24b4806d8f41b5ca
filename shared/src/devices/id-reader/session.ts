import type { Connect, Transport } from '../transport/transport.ts';
import { encodeFrame, SamFrameReader } from './frames.ts';

/** Third status byte of a reply. The first two forward what the card said and do not decide anything. */
export const SW = { ok: 0x90, found: 0x9f, noCard: 0x80, selfTestFailed: 0x60, notAuthorised: 0x66 } as const;

/**
 * A command, what a good reply to it looks like, and how long it may take.
 *
 * A reply does not name its command. `good` therefore also tells a late reply to the command before from the one that is
 * waited for, by status byte and length.
 */
export type SamCommand = {
  readonly bytes: Uint8Array;
  readonly good: (reply: SamReply) => boolean;
  readonly withinMs: number;
};

export type SamReply = { readonly sw: number; readonly data: Uint8Array };

/** The text page has 256 bytes, the photo 1024, after two lengths of two bytes each. */
const TEXT_AND_PHOTO_BYTES = 4 + 256 + 1024;

export const SAM_STATUS: SamCommand = {
  bytes: Uint8Array.of(0x11, 0xff),
  good: ({ sw, data }) => sw === SW.ok && data.length === 0,
  withinMs: 1_500,
};
export const FIND_CARD: SamCommand = {
  bytes: Uint8Array.of(0x20, 0x01),
  good: ({ sw }) => sw === SW.found,
  withinMs: 1_500,
};
export const SELECT_CARD: SamCommand = {
  bytes: Uint8Array.of(0x20, 0x02),
  good: ({ sw, data }) => sw === SW.ok && data.length === 8,
  withinMs: 1_500,
};
/** Text and photo. The command that would read the fingerprint too (30 10) is never sent. */
export const READ_TEXT: SamCommand = {
  bytes: Uint8Array.of(0x30, 0x01),
  good: ({ sw, data }) => sw === SW.ok && data.length >= TEXT_AND_PHOTO_BYTES,
  withinMs: 5_000,
};

/** Codes that say yes to some command. Any other code is a no to whatever was asked last. */
const YES = new Set<number>([SW.ok, SW.found]);

/** One connection to a reader: one command at a time, each with its own time limit. */
export class SamSession {
  readonly #transport: Transport;
  readonly #reader = new SamFrameReader();
  readonly #hurry: number;
  #closed = false;
  #heard: ((reply: SamReply | 'closed') => void) | null = null;

  private constructor(transport: Transport, hurry: number) {
    this.#transport = transport;
    this.#hurry = hurry;
    transport.onData((bytes) => this.#hear(this.#reader.push(bytes)));
    transport.onClose(() => {
      this.#closed = true;
      this.#heard?.('closed');
    });
  }

  /** Throws Fault `transport.unreachable`. `hurry` divides all time limits, for tests. */
  static async open(connect: Connect, hurry = 1): Promise<SamSession> {
    const transport = connect();
    const session = new SamSession(transport, hurry);
    await transport.open();
    return session;
  }

  async ask(command: SamCommand): Promise<SamReply | 'timeout' | 'closed'> {
    if (this.#closed) return 'closed';
    const answer = new Promise<SamReply | 'timeout' | 'closed'>((resolve) => {
      const timer = setTimeout(() => {
        // What is stuck in a half frame may hide a whole one, and would swallow the next reply.
        this.#hear(this.#reader.expire());
        settle('timeout');
      }, command.withinMs / this.#hurry);
      const settle = (result: SamReply | 'timeout' | 'closed') => {
        clearTimeout(timer);
        this.#heard = null;
        resolve(result);
      };
      this.#heard = (reply) => {
        if (reply === 'closed' || command.good(reply) || !YES.has(reply.sw)) settle(reply);
      };
    });
    const sent = await this.#transport.write(encodeFrame(command.bytes)).then(
      () => true,
      () => false,
    );
    if (!sent) (this.#heard as ((reply: 'closed') => void) | null)?.('closed');
    return answer;
  }

  close(): Promise<void> {
    return this.#transport.close();
  }

  #hear(frames: ReturnType<SamFrameReader['push']>): void {
    for (const frame of frames) {
      // A reply has three status bytes; anything shorter is an echo of our own request or rubbish.
      if (frame.kind !== 'frame' || frame.body.length < 3) continue;
      this.#heard?.({ sw: frame.body[2]!, data: frame.body.subarray(3) });
    }
  }
}
