import type { Connect } from '../transport/transport.ts';
import { Conversation, type PrinterTimes, USUAL_PRINTER_TIMES } from './conversation.ts';
import type { TicketPage } from './page.ts';
import type { PrinterStatus, PrinterTrouble, PrintOutcome, TicketPrinter } from './port.ts';
import type { PrinterProfile } from './printer-profile.ts';
import type { PrinterSignal } from './status-demux.ts';

export type PrinterOverTransport = {
  readonly connect: Connect;
  readonly profile: PrinterProfile;
  readonly times?: PrinterTimes;
  /** The whole ticket as bytes, with the question at its end by which this profile confirms. Pure. */
  readonly compose: (page: TicketPage, processId: string) => Uint8Array | Promise<Uint8Array>;
};

/**
 * The one way in which all byte-stream printers print: ask, send, wait for the printer's own word.
 *
 * It connects anew for each ticket: printers serve one host at a time, and a shared one must be free between tickets.
 * Up to the first byte of the ticket every failure is `failedBeforeSend`; from then on it is `unknown`.
 */
export function printerOverTransport(options: PrinterOverTransport): TicketPrinter {
  const times = options.times ?? USUAL_PRINTER_TIMES;
  let last: Promise<unknown> = Promise.resolve();

  /** One conversation at a time, in the order of the calls. */
  function inTurn<Value>(
    task: (conversation: Conversation) => Promise<Value>,
    failed: (trouble: PrinterTrouble) => Value,
  ) {
    const turn = last.then(async () => {
      const conversation = await Conversation.open(options.connect, options.profile, times).catch(() => null);
      if (!conversation) return failed('printer.unreachable');
      try {
        return await task(conversation);
      } finally {
        await conversation.close();
      }
    });
    last = turn.catch(() => null);
    return turn;
  }

  return {
    status: () =>
      inTurn<PrinterStatus>(
        (conversation) => conversation.status(),
        (trouble) => ({ ready: false, trouble, notices: [] }),
      ),
    print: async (page, processId) => {
      const bytes = await options.compose(page, processId);
      return inTurn<PrintOutcome>(
        async (conversation) => {
          const status = await conversation.status();
          if (!status.ready) return { kind: 'failedBeforeSend', trouble: status.trouble };
          return sendAndConfirm(conversation, bytes, processId, options.profile, times);
        },
        (trouble) => ({ kind: 'failedBeforeSend', trouble }),
      );
    },
  };
}

async function sendAndConfirm(
  conversation: Conversation,
  bytes: Uint8Array,
  processId: string,
  profile: PrinterProfile,
  times: PrinterTimes,
): Promise<PrintOutcome> {
  if (profile.confirms === 'sensor') conversation.expectSensor();
  const sent = await conversation.send(bytes);
  if (sent === 'timeout') return unknown('printer.timeout');
  if (sent === 'closed') return unknown('printer.connection-lost');
  if (profile.confirms === 'never') return unknown('printer.cannot-confirm');

  const isConfirmation = (signal: PrinterSignal): signal is PrinterSignal =>
    profile.confirms === 'process-id'
      ? signal.kind === 'printed' && signal.processId === processId
      : signal.kind === 'sensor';
  for (let left = times.confirmMs; left > 0; left -= times.lookMs) {
    const word = await conversation.take(isConfirmation, Math.min(left, times.lookMs));
    if (word === 'closed') return unknown('printer.connection-lost');
    if (word !== 'timeout') return { kind: 'confirmed' };

    // Whoever waits at the counter learns at once that the paper ended in the middle, not after the full time. A busy
    // printer may leave the question unanswered: that alone is no trouble yet.
    const status = await conversation.status();
    if (!status.ready && status.trouble !== 'printer.timeout') return unknown(status.trouble);
  }
  return unknown('printer.timeout');
}

function unknown(trouble: PrinterTrouble): PrintOutcome {
  return { kind: 'unknown', trouble };
}
