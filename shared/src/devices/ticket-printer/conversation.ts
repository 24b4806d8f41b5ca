import type { Connect, Transport } from '../transport/transport.ts';
import { askRealtime } from './escpos/commands.ts';
import type { PrinterStatus } from './port.ts';
import { type PrinterProfile, readStatus } from './printer-profile.ts';
import { type PrinterSignal, StatusDemux } from './status-demux.ts';

/** How long the driver waits for what, in milliseconds. */
export type PrinterTimes = {
  /** For one real-time answer. A printer that is awake needs under 50. */
  readonly answerMs: number;
  /** For the system to take all bytes of a ticket: a printer that stopped reading blocks here. */
  readonly sendMs: number;
  /** From the last byte to the printer's word that the ticket is on paper. */
  readonly confirmMs: number;
  /** While waiting for that word, the printer is asked for trouble this often. */
  readonly lookMs: number;
};

export const USUAL_PRINTER_TIMES: PrinterTimes = { answerMs: 1_000, sendMs: 15_000, confirmMs: 20_000, lookMs: 1_000 };

type Missing = 'timeout' | 'closed';

/**
 * One connection to a printer: writes, and hands out what comes back in the order in which it is asked for.
 *
 * Signals are kept until somebody takes them, so that an answer that is faster than the question's bookkeeping is not lost.
 */
export class Conversation {
  readonly #transport: Transport;
  readonly #profile: PrinterProfile;
  readonly #times: PrinterTimes;
  readonly #demux = new StatusDemux();
  #kept: PrinterSignal[] = [];
  #closed = false;
  #wake: () => void = noWaiter;

  private constructor(transport: Transport, profile: PrinterProfile, times: PrinterTimes) {
    this.#transport = transport;
    this.#profile = profile;
    this.#times = times;
    transport.onData((bytes) => {
      this.#kept.push(...this.#demux.push(bytes));
      this.#wake();
    });
    transport.onClose(() => {
      this.#closed = true;
      this.#wake();
    });
  }

  /** Throws Fault `transport.unreachable`. */
  static async open(connect: Connect, profile: PrinterProfile, times: PrinterTimes): Promise<Conversation> {
    const transport = connect();
    const conversation = new Conversation(transport, profile, times);
    await transport.open();
    return conversation;
  }

  /** Asks DLE EOT 1 to 4, one after the other: the answers do not say which question they belong to. */
  async status(): Promise<PrinterStatus> {
    if (this.#profile.asks === 'nothing') return { ready: true, notices: [] };
    const answers: number[] = [];
    for (const which of [1, 2, 3, 4] as const) {
      this.#kept = this.#kept.filter((signal) => signal.kind !== 'realtime');
      const sent = await this.send(askRealtime(which));
      const answer = sent === 'sent' ? await this.take(isRealtime, this.#times.answerMs) : sent;
      if (answer === 'timeout') return { ready: false, trouble: 'printer.timeout', notices: [] };
      if (answer === 'closed') return { ready: false, trouble: 'printer.connection-lost', notices: [] };
      answers.push(answer.byte);
    }
    return readStatus(this.#profile, answers);
  }

  /** `sent` means taken by the system, not read by the printer. */
  async send(bytes: Uint8Array): Promise<'sent' | Missing> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'timeout'>((resolve) => {
      timer = setTimeout(() => resolve('timeout'), this.#times.sendMs);
    });
    const written = this.#transport.write(bytes).then(
      () => 'sent' as const,
      () => 'closed' as const,
    );
    return Promise.race([written, late]).finally(() => clearTimeout(timer));
  }

  /** Before a GS r is sent: its answer carries no mark. */
  expectSensor(): void {
    this.#demux.expectSensor();
  }

  /** The first kept or coming signal that matches; what stands before it and does not match stays kept. */
  async take<Wanted extends PrinterSignal>(
    wanted: (signal: PrinterSignal) => signal is Wanted,
    withinMs: number,
  ): Promise<Wanted | Missing> {
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      this.#wake();
    }, withinMs);
    try {
      for (;;) {
        const found = this.#kept.find(wanted);
        if (found) {
          this.#kept = this.#kept.filter((signal) => signal !== found);
          return found;
        }
        if (this.#closed) return 'closed';
        if (late) return 'timeout';
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    } finally {
      clearTimeout(timer);
      this.#wake = noWaiter;
    }
  }

  close(): Promise<void> {
    return this.#transport.close();
  }
}

function noWaiter(): void {
  // Nobody waits: the signal is kept for whoever asks next.
}

function isRealtime(signal: PrinterSignal): signal is PrinterSignal & { kind: 'realtime' } {
  return signal.kind === 'realtime';
}
