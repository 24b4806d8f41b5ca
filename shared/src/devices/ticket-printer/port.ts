import type { TicketPage } from './page.ts';

/**
 * What stops a printer, as a closed union: each code has its own sentence for the clerk in docs/errors.md.
 *
 * They are values and not faults: a printer without paper is an everyday answer to "print this".
 */
export type PrinterTrouble =
  /** No connection: switched off, unplugged, wrong address. */
  | 'printer.unreachable'
  /** Connected, but it does not answer, or did not answer in time. */
  | 'printer.timeout'
  /** It hung up, or was unplugged, in the middle. */
  | 'printer.connection-lost'
  /** It says that it is offline and gives no cause we know. */
  | 'printer.offline'
  | 'printer.out-of-paper'
  | 'printer.cover-open'
  | 'printer.cutter-jam'
  /** The head is hot or the voltage is off: it recovers by itself. */
  | 'printer.too-hot'
  /** An unrecoverable error by its own account: switch off and on, else repair. */
  | 'printer.needs-repair'
  /** The ticket was sent, and this model has no way to say that it was printed. */
  | 'printer.cannot-confirm'
  /** The program ended while the ticket was being sent. */
  | 'printer.interrupted';

/**
 * What became of one ticket.
 *
 * `confirmed`: the printer itself said that the paper is printed. `failedBeforeSend`: not one byte of the ticket left, so
 * it may be tried again. `unknown`: anything else; a person looks at the paper, the program never prints it again.
 */
export type PrintOutcome =
  | { readonly kind: 'confirmed' }
  | { readonly kind: 'unknown'; readonly trouble: PrinterTrouble }
  | { readonly kind: 'failedBeforeSend'; readonly trouble: PrinterTrouble };

/** What a person should soon do, while the printer goes on printing. */
export type PrinterNotice = 'paper-near-end' | 'ticket-not-taken';

export type PrinterStatus =
  | { readonly ready: true; readonly notices: readonly PrinterNotice[] }
  | { readonly ready: false; readonly trouble: PrinterTrouble; readonly notices: readonly PrinterNotice[] };

export type TicketPrinter = {
  /**
   * Prints one ticket and waits for the printer's own word that it is on paper. Calls are worked off one after the other.
   *
   * `processId` is four printable ASCII characters that the printer sends back; neighbouring tickets need different ones.
   * Throws only for a bug, and then before the first byte.
   */
  print(page: TicketPage, processId: string): Promise<PrintOutcome>;
  /** Asks the printer now; a printer that cannot be asked is in trouble too. Never throws. */
  status(): Promise<PrinterStatus>;
};
