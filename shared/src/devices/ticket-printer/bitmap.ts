import qrcode from 'qrcode';
import { invariant } from '../../domain/invariant.ts';

/** Black dots, row by row, eight to a byte, leftmost dot in the highest bit; each row begins on a byte. */
export type Bitmap = { readonly widthDots: number; readonly heightDots: number; readonly rows: Uint8Array };

/** 24 × 24 dots of one character, for characters that the printer's own font lacks; undefined when this source lacks it too. */
export type GlyphSource = (char: string) => Bitmap | undefined;

export function blankBitmap(widthDots: number, heightDots: number): Bitmap {
  return { widthDots, heightDots, rows: new Uint8Array(Math.ceil(widthDots / 8) * heightDots) };
}

export function dotAt(bitmap: Bitmap, x: number, y: number): boolean {
  const byte = bitmap.rows[y * Math.ceil(bitmap.widthDots / 8) + (x >> 3)] ?? 0;
  return (byte & (0x80 >> (x & 7))) !== 0;
}

export function setDot(bitmap: Bitmap, x: number, y: number): void {
  const index = y * Math.ceil(bitmap.widthDots / 8) + (x >> 3);
  bitmap.rows[index] = (bitmap.rows[index] ?? 0) | (0x80 >> (x & 7));
}

/** A QR symbol: modules per side, and which are dark. */
export type QrSymbol = { readonly modules: number; dark(column: number, row: number): boolean };

/** The QR code of `text` with error correction M. UTF-8 where it is not plain ASCII. */
export function qrSymbol(text: string): QrSymbol {
  const { modules } = qrcode.create(text, { errorCorrectionLevel: 'M' });
  return { modules: modules.size, dark: (column, row) => modules.get(row, column) !== 0 };
}

/** The symbol in dots, without quiet zone: the paper around it is white. */
export function qrBitmap(symbol: QrSymbol, moduleDots: number): Bitmap {
  invariant(moduleDots >= 1, 'a QR module has at least one dot', { moduleDots });
  const bitmap = blankBitmap(symbol.modules * moduleDots, symbol.modules * moduleDots);
  for (let y = 0; y < bitmap.heightDots; y += 1) {
    for (let x = 0; x < bitmap.widthDots; x += 1) {
      if (symbol.dark(Math.floor(x / moduleDots), Math.floor(y / moduleDots))) setDot(bitmap, x, y);
    }
  }
  return bitmap;
}
