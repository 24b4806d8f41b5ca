import { invariant } from '../../../domain/invariant.ts';
import { type Bitmap, blankBitmap, type GlyphSource, qrBitmap, qrSymbol, setDot } from '../bitmap.ts';
import { MISSING_SORT, textColumns, textPieces } from '../characters.ts';
import type { BarcodeItem, PageItem, QrItem, TextItem, TicketPage } from '../page.ts';
import type { PrinterProfile } from '../printer-profile.ts';
import {
  advance,
  align,
  processId as askProcessId,
  askSensor,
  bold,
  chineseOn,
  code128,
  concat,
  feedAndCut,
  initialise,
  inlineGlyph,
  moveTo,
  qr,
  raster,
  size,
} from './commands.ts';

/** Height of a Han character at size 1, and width of an ASCII character, in dots. */
const CHAR_DOTS = 24;
const COLUMN_DOTS = 12;

/** Under three dots a module, phones and gate readers fail on thermal paper. */
const QR_MODULE_DOTS_MIN = 3;
const QR_MODULE_DOTS_MAX = 8;

const RULE_DOTS = 2;
const BARCODE_MODULE_DOTS = 2;

/** Something that takes the paper forward: a line of text, a code, a rule. */
type Band = { readonly top: number; readonly height: number; readonly bytes: Uint8Array };

/**
 * A page as the bytes of one ticket: from initialise to the cut, and the question by which the printer confirms it.
 *
 * Throws InvariantError for a page that no printer of this width can print (text past the edge, lines that overlap): a
 * template is tested, so this is a bug and not a clerk's problem.
 */
export function encodePage(page: TicketPage, id: string, profile: PrinterProfile, glyphs?: GlyphSource): Uint8Array {
  const dots = (mm: number) => Math.round(mm * profile.dotsPerMm);
  const parts: Uint8Array[] = [initialise(), chineseOn()];
  let at = 0;
  for (const band of bands(page, profile, dots, glyphs)) {
    invariant(band.top >= at, 'lines of a ticket must not overlap', { topMm: band.top / profile.dotsPerMm });
    parts.push(advance(band.top - at), band.bytes);
    at = band.top + band.height;
  }
  parts.push(feedAndCut(profile.cutFeedDots));
  if (profile.confirms === 'process-id') parts.push(askProcessId(id));
  if (profile.confirms === 'sensor') parts.push(askSensor());
  return concat(parts);
}

function bands(page: TicketPage, profile: PrinterProfile, dots: (mm: number) => number, glyphs?: GlyphSource): Band[] {
  const lines = new Map<number, TextItem[]>();
  const result: Band[] = [];
  for (const item of page.items) {
    if (item.kind === 'text') lines.set(dots(item.yMm), [...(lines.get(dots(item.yMm)) ?? []), item]);
    else result.push(blockBand(item, profile, dots));
  }
  for (const [top, items] of lines) result.push(lineBand(top, items, profile, dots, glyphs));
  return result.sort((a, b) => a.top - b.top);
}

function lineBand(
  top: number,
  items: readonly TextItem[],
  profile: PrinterProfile,
  dots: (mm: number) => number,
  glyphs?: GlyphSource,
): Band {
  const height = CHAR_DOTS * Math.max(...items.map((item) => item.size));
  const parts: Uint8Array[] = [];
  let edge = 0;
  for (const item of [...items].sort((a, b) => a.xMm - b.xMm)) {
    const x = dots(item.xMm);
    invariant(x >= edge, 'texts of a line must not overlap', { text: item.text });
    edge = x + textColumns(item.text) * COLUMN_DOTS * item.size;
    invariant(edge <= profile.widthDots, 'a text must not pass the edge of the paper', { text: item.text });
    parts.push(size(item.size), bold(item.bold), moveTo(x), encodeText(item, glyphs));
  }
  parts.push(advance(height));
  return { top, height, bytes: concat(parts) };
}

function encodeText(item: TextItem, glyphs?: GlyphSource): Uint8Array {
  return concat(
    textPieces(item.text).map((piece) => {
      if (piece.kind === 'plain') return piece.bytes;
      const glyph = glyphs?.(piece.char);
      // A picture inside a line does not follow GS !: within large text the rare character stays small but readable.
      return glyph
        ? inlineGlyph(glyph)
        : concat(textPieces(MISSING_SORT).map((mark) => (mark as { bytes: Uint8Array }).bytes));
    }),
  );
}

function blockBand(item: Exclude<PageItem, TextItem>, profile: PrinterProfile, dots: (mm: number) => number): Band {
  const top = dots(item.yMm);
  if (item.kind === 'rule') return { top, height: RULE_DOTS, bytes: raster(rule(profile.widthDots)) };
  if (item.kind === 'qr') return { top, ...qrBlock(item, profile, dots(item.sideMm)) };
  return { top, ...barcodeBlock(item, profile, dots(item.heightMm)) };
}

function qrBlock(item: QrItem, profile: PrinterProfile, sideDots: number): Omit<Band, 'top'> {
  const symbol = qrSymbol(item.text);
  const moduleDots = Math.min(QR_MODULE_DOTS_MAX, Math.floor(sideDots / symbol.modules));
  invariant(moduleDots >= QR_MODULE_DOTS_MIN, 'the QR code needs more room than the template gives', {
    modules: symbol.modules,
    sideDots,
  });
  const code = profile.nativeQr
    ? qr(new TextEncoder().encode(item.text), moduleDots)
    : raster(qrBitmap(symbol, moduleDots));
  return { height: symbol.modules * moduleDots, bytes: aligned(item, code) };
}

function barcodeBlock(item: BarcodeItem, profile: PrinterProfile, heightDots: number): Omit<Band, 'top'> {
  invariant(heightDots <= 255, 'a barcode is at most 255 dots high', { heightDots });
  // Start, code characters and checksum have 11 modules each, the stop has 13.
  const widthDots = ((item.text.length + 2) * 11 + 13) * BARCODE_MODULE_DOTS;
  invariant(widthDots <= profile.widthDots, 'a barcode must not pass the edge of the paper', { text: item.text });
  return { height: heightDots, bytes: aligned(item, code128(item.text, heightDots, BARCODE_MODULE_DOTS)) };
}

function aligned(item: QrItem | BarcodeItem, bytes: Uint8Array): Uint8Array {
  return concat([align(item.align), bytes, align('left')]);
}

function rule(widthDots: number): Bitmap {
  const bitmap = blankBitmap(widthDots, RULE_DOTS);
  for (let x = 0; x < widthDots; x += 1) for (let y = 0; y < RULE_DOTS; y += 1) setDot(bitmap, x, y);
  return bitmap;
}
