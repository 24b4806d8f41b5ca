import { type Bitmap, qrSymbol } from './bitmap.ts';
import { textColumns } from './characters.ts';
import type { PrinterOp } from './escpos/printer-op.ts';

/** What stands on a piece of paper, in dots from its top left corner. */
export type PaperItem =
  | {
      readonly kind: 'text';
      readonly x: number;
      readonly y: number;
      readonly width: number;
      readonly height: number;
      readonly text: string;
      readonly bold: boolean;
    }
  | { readonly kind: 'qr'; readonly x: number; readonly y: number; readonly side: number; readonly text: string }
  | {
      readonly kind: 'barcode';
      readonly x: number;
      readonly y: number;
      readonly width: number;
      readonly height: number;
      readonly text: string;
    }
  | { readonly kind: 'bitmap'; readonly x: number; readonly y: number; readonly bitmap: Bitmap };

export type Paper = { readonly widthDots: number; readonly heightDots: number; readonly items: readonly PaperItem[] };

const CHAR_DOTS = 24;
const COLUMN_DOTS = 12;
const LINE_SPACING_DEFAULT = 30;

/** What a code with error correction M holds. A printer draws nothing for more. */
const QR_BYTES_MAX = 2331;

type Style = { width: number; height: number; bold: boolean };
type LinePiece = {
  x: number;
  width: number;
  height: number;
  text: string | null;
  bitmap: Bitmap | null;
  bold: boolean;
};

/**
 * The print head over the paper: puts operations on it as a thermal printer in standard mode does, line by line, and hands
 * out a piece of paper at each cut.
 */
export class PrintHead {
  readonly #widthDots: number;
  #items: PaperItem[] = [];
  #y = 0;
  #x = 0;
  #line: LinePiece[] = [];
  #style: Style = { width: 1, height: 1, bold: false };
  #align: 'left' | 'center' | 'right' = 'left';
  #margin = 0;
  #lineSpacing = LINE_SPACING_DEFAULT;
  /** Lines of text, codes and pictures on the present piece of paper. */
  #rows = 0;

  constructor(widthDots: number) {
    this.#widthDots = widthDots;
  }

  get rows(): number {
    return this.#rows;
  }

  /** What is on the present piece of paper so far. */
  paper(): Paper {
    return { widthDots: this.#widthDots, heightDots: this.#y, items: [...this.#items] };
  }

  /** Returns the finished piece of paper when `op` is a cut. */
  apply(op: PrinterOp): Paper | null {
    if (op.kind === 'initialise') this.#initialise();
    else if (op.kind === 'text') this.#type(op.text);
    else if (op.kind === 'glyph')
      this.#put({ text: null, bitmap: op.bitmap, width: op.bitmap.widthDots, height: CHAR_DOTS });
    else if (op.kind === 'size') this.#style = { ...this.#style, width: op.width, height: op.height };
    else if (op.kind === 'bold') this.#style = { ...this.#style, bold: op.on };
    else if (op.kind === 'align') this.#align = op.to;
    else if (op.kind === 'left-margin') this.#margin = op.dots;
    else if (op.kind === 'move-to') this.#x = op.dots;
    else if (op.kind === 'move-by') this.#x = Math.max(0, this.#x + op.dots);
    else if (op.kind === 'line-spacing') this.#lineSpacing = op.dots ?? LINE_SPACING_DEFAULT;
    else if (op.kind === 'feed-dots') this.#endLine(op.dots);
    else if (op.kind === 'feed-lines') this.#endLine(op.lines * this.#lineSpacing);
    else if (op.kind === 'bitmap')
      this.#block(op.bitmap.widthDots, op.bitmap.heightDots, { kind: 'bitmap', bitmap: op.bitmap });
    else if (op.kind === 'qr') this.#qr(op.payload, op.moduleDots);
    else if (op.kind === 'barcode') this.#barcode(op.text, op.heightDots, op.moduleDots);
    else if (op.kind === 'cut') return this.#cut(op.feedDots);
    return null;
  }

  #initialise(): void {
    this.#line = [];
    this.#x = 0;
    this.#style = { width: 1, height: 1, bold: false };
    this.#align = 'left';
    this.#margin = 0;
    this.#lineSpacing = LINE_SPACING_DEFAULT;
  }

  #type(text: string): void {
    const width = textColumns(text) * COLUMN_DOTS * this.#style.width;
    const before = this.#line.at(-1);
    // Text arrives in pieces of any length: it is one run as long as nothing moved between them.
    if (
      before?.text &&
      before.x + before.width === this.#x &&
      before.bold === this.#style.bold &&
      sameSize(before, this.#style)
    ) {
      before.text += text;
      before.width += width;
      this.#x += width;
      return;
    }
    this.#put({ text, bitmap: null, width, height: CHAR_DOTS * this.#style.height });
  }

  #put(piece: Pick<LinePiece, 'text' | 'bitmap' | 'width' | 'height'>): void {
    this.#line.push({ ...piece, x: this.#x, bold: this.#style.bold });
    this.#x += piece.width;
  }

  #endLine(feedDots: number): void {
    const height = Math.max(0, ...this.#line.map((piece) => piece.height));
    const shift = this.#shift(this.#line.reduce((edge, piece) => Math.max(edge, piece.x + piece.width), 0));
    for (const piece of this.#line) {
      const at = { x: shift + piece.x, y: this.#y + height - piece.height };
      if (piece.bitmap) this.#items.push({ kind: 'bitmap', ...at, bitmap: piece.bitmap });
      else this.#items.push(...inkOf(piece, at));
    }
    if (this.#line.length > 0) this.#rows += 1;
    this.#line = [];
    this.#x = 0;
    this.#y += Math.max(feedDots, height);
  }

  #qr(payload: Uint8Array, moduleDots: number): void {
    const text = new TextDecoder().decode(payload);
    if (new TextEncoder().encode(text).length > QR_BYTES_MAX) return;
    const side = qrSymbol(text).modules * moduleDots;
    this.#block(side, side, { kind: 'qr', side, text });
  }

  #barcode(text: string, height: number, moduleDots: number): void {
    const width = ((text.length + 2) * 11 + 13) * moduleDots;
    this.#block(width, height, { kind: 'barcode', width, height, text });
  }

  #block(width: number, height: number, item: Unplaced): void {
    if (this.#line.length > 0) this.#endLine(this.#lineSpacing);
    this.#items.push({ ...item, x: this.#shift(width), y: this.#y } as PaperItem);
    this.#rows += 1;
    this.#y += height;
  }

  #shift(width: number): number {
    const room = Math.max(0, this.#widthDots - this.#margin - width);
    return this.#margin + (this.#align === 'left' ? 0 : this.#align === 'center' ? Math.floor(room / 2) : room);
  }

  #cut(feedDots: number): Paper {
    if (this.#line.length > 0) this.#endLine(this.#lineSpacing);
    this.#y += feedDots;
    const paper = this.paper();
    this.#items = [];
    this.#y = 0;
    this.#rows = 0;
    return paper;
  }
}

/** Spaces leave no ink: builders without a positioning command pad with them. */
function inkOf(piece: LinePiece, at: { x: number; y: number }): PaperItem[] {
  const text = (piece.text ?? '').trim();
  if (text === '') return [];
  const scale = piece.width / textColumns(piece.text ?? '');
  const x = at.x + ((piece.text ?? '').length - (piece.text ?? '').trimStart().length) * scale;
  const width = textColumns(text) * scale;
  return [{ kind: 'text', x, y: at.y, width, height: piece.height, text, bold: piece.bold }];
}

type Unplaced =
  | { readonly kind: 'bitmap'; readonly bitmap: Bitmap }
  | { readonly kind: 'qr'; readonly side: number; readonly text: string }
  | { readonly kind: 'barcode'; readonly width: number; readonly height: number; readonly text: string };

function sameSize(piece: LinePiece, style: Style): boolean {
  return (
    piece.height === CHAR_DOTS * style.height &&
    piece.width === textColumns(piece.text ?? '') * COLUMN_DOTS * style.width
  );
}
