import { type PrinterTypes, ThermalPrinter } from 'node-thermal-printer';
import { invariant } from '../../../domain/invariant.ts';
import type { Connect } from '../../transport/transport.ts';
import { qrSymbol } from '../bitmap.ts';
import { MISSING_SORT, textColumns, textPieces } from '../characters.ts';
import type { PrinterTimes } from '../conversation.ts';
import { processId as askProcessId, askSensor, chineseOn } from '../escpos/commands.ts';
import type { PageItem, TextItem, TicketPage } from '../page.ts';
import type { TicketPrinter } from '../port.ts';
import { printerOverTransport } from '../printer-over-transport.ts';
import type { PrinterProfile } from '../printer-profile.ts';

export type ThermalFamily = 'epson' | 'tanca' | 'custom' | 'star' | 'brother' | 'daruma';

/** These take ESC/POS, hence FS & and our questions at the end of a ticket. The others end `unknown` by their profile. */
const ESCPOS_FAMILIES: ReadonlySet<ThermalFamily> = new Set<ThermalFamily>(['epson', 'tanca', 'custom']);

/** Double width and height is the largest size that all families have. */
const LARGEST_SIZE = 2;

const COLUMN_DOTS = 12;
const LINE_DOTS = 30;

/**
 * Printers of the families that node-thermal-printer knows. The package only builds bytes, line by line, and hands them
 * to us through its `interface` object; our transport sends them and asks for the confirmation.
 *
 * Kept away from, by measurement of 4.6.1: its transports (they report tickets as printed that were never read), its text
 * path (one rare character turns the rest of the ticket into Japanese codes), its QR codes beyond ASCII (wrong length),
 * its setTextSize (width and height are swapped, and Star has none). So text goes in as bytes of ours, and columns are counted here.
 */
export function nodeThermalPrinter(options: {
  readonly connect: Connect;
  readonly family: ThermalFamily;
  readonly profile: PrinterProfile;
  readonly times?: PrinterTimes;
}): TicketPrinter {
  const { connect, family, profile, times } = options;
  return printerOverTransport({
    connect,
    profile,
    times,
    compose: (page, processId) => buildTicket(page, processId, family, profile),
  });
}

/** Lines keep their order and columns; heights follow the printer's own line spacing, so millimetres hold across only. */
export async function buildTicket(
  page: TicketPage,
  id: string,
  family: ThermalFamily,
  profile: PrinterProfile,
): Promise<Uint8Array> {
  let built: Uint8Array = new Uint8Array();
  const printer = new ThermalPrinter({
    type: family as PrinterTypes,
    width: Math.floor(profile.widthDots / COLUMN_DOTS),
    // The declared type knows strings only; the package itself takes any object with `execute`.
    interface: {
      execute: async (bytes: Buffer) => {
        built = Uint8Array.from(bytes);
      },
    } as unknown as string,
  });
  const isEscpos = ESCPOS_FAMILIES.has(family);
  printer.append(Buffer.from([0x1b, 0x40]));
  if (isEscpos) printer.append(Buffer.from(chineseOn()));

  let bottom = 0;
  for (const { top, items } of lines(page, profile)) {
    for (let gap = top - bottom; gap >= LINE_DOTS; gap -= LINE_DOTS) printer.newLine();
    bottom = top + print(printer, items, profile, isEscpos);
  }
  printer.cut();
  if (isEscpos && profile.confirms === 'process-id') printer.append(Buffer.from(askProcessId(id)));
  if (isEscpos && profile.confirms === 'sensor') printer.append(Buffer.from(askSensor()));
  await printer.execute();
  return built;
}

type Line = { readonly top: number; readonly items: readonly PageItem[] };

function lines(page: TicketPage, profile: PrinterProfile): Line[] {
  const byTop = new Map<number, PageItem[]>();
  for (const item of page.items) {
    const top = Math.round(item.yMm * profile.dotsPerMm);
    byTop.set(top, [...(byTop.get(top) ?? []), item]);
  }
  return [...byTop].map(([top, items]) => ({ top, items })).sort((a, b) => a.top - b.top);
}

/** Prints one line and returns its height in dots. */
function print(
  printer: ThermalPrinter,
  items: readonly PageItem[],
  profile: PrinterProfile,
  isEscpos: boolean,
): number {
  const texts = items.filter((item) => item.kind === 'text');
  if (texts.length > 0) return printTexts(printer, texts, profile);
  let height = 0;
  for (const item of items) {
    if (item.kind === 'rule') {
      printer.drawLine();
      height = LINE_DOTS;
    } else if (item.kind === 'qr') {
      invariant(/^[\x20-\x7e]+$/.test(item.text), 'this builder draws ASCII QR codes only', { text: item.text });
      const { modules } = qrSymbol(item.text);
      const cellSize = Math.min(8, Math.floor((item.sideMm * profile.dotsPerMm) / modules));
      invariant(cellSize >= 3, 'the QR code needs more room than the template gives', { modules });
      align(printer, item.align);
      printer.printQR(item.text, { cellSize, correction: 'M', model: 2 });
      printer.alignLeft();
      height = modules * cellSize;
    } else if (item.kind === 'code128') {
      height = Math.round(item.heightMm * profile.dotsPerMm);
      align(printer, item.align);
      // ESC/POS families want dots here, Star a word.
      printer.code128(item.text, { width: isEscpos ? 2 : 'SMALL', height } as { width: 'SMALL'; height: number });
      printer.alignLeft();
    }
  }
  return height;
}

function printTexts(printer: ThermalPrinter, texts: readonly TextItem[], profile: PrinterProfile): number {
  let column = 0;
  for (const item of [...texts].sort((a, b) => a.xMm - b.xMm)) {
    const wanted = Math.round((item.xMm * profile.dotsPerMm) / COLUMN_DOTS);
    printer.setTextNormal();
    if (wanted > column) printer.append(Buffer.alloc(wanted - column, 0x20));
    if (item.size > 1) printer.setTextQuadArea();
    printer.bold(item.bold);
    printer.append(Buffer.from(asBytes(item.text)));
    printer.bold(false);
    column = Math.max(column, wanted) + textColumns(item.text) * Math.min(item.size, LARGEST_SIZE);
  }
  printer.newLine();
  return LINE_DOTS * Math.min(LARGEST_SIZE, Math.max(...texts.map((item) => item.size)));
}

function asBytes(text: string): number[] {
  return textPieces(text).flatMap((piece) => (piece.kind === 'plain' ? [...piece.bytes] : asBytes(MISSING_SORT)));
}

function align(printer: ThermalPrinter, to: 'left' | 'center' | 'right'): void {
  if (to === 'center') printer.alignCenter();
  else if (to === 'right') printer.alignRight();
  else printer.alignLeft();
}
