import type { Connect } from '../../transport/transport.ts';
import type { GlyphSource } from '../bitmap.ts';
import type { PrinterTimes } from '../conversation.ts';
import type { TicketPrinter } from '../port.ts';
import { printerOverTransport } from '../printer-over-transport.ts';
import type { PrinterProfile } from '../printer-profile.ts';
import { encodePage } from './encode-page.ts';

/** A thermal ESC/POS printer with Chinese text, by our own encoder. The driver that stations use. */
export function escposPrinter(options: {
  readonly connect: Connect;
  readonly profile: PrinterProfile;
  readonly times?: PrinterTimes;
  /** Draws the characters that the printer's font lacks; without it they print as 〓. */
  readonly glyphs?: GlyphSource;
}): TicketPrinter {
  const { connect, profile, times, glyphs } = options;
  return printerOverTransport({
    connect,
    profile,
    times,
    compose: (page, processId) => encodePage(page, processId, profile, glyphs),
  });
}
