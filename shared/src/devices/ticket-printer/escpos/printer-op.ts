import type { Bitmap } from '../bitmap.ts';

/** One thing that a printer is told to do, as its decoder understood it. */
export type PrinterOp =
  | { readonly kind: 'initialise' }
  | { readonly kind: 'chinese'; readonly on: boolean }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'size'; readonly width: number; readonly height: number }
  | { readonly kind: 'bold'; readonly on: boolean }
  | { readonly kind: 'align'; readonly to: 'left' | 'center' | 'right' }
  | { readonly kind: 'move-to'; readonly dots: number }
  | { readonly kind: 'move-by'; readonly dots: number }
  | { readonly kind: 'left-margin'; readonly dots: number }
  | { readonly kind: 'line-spacing'; readonly dots: number | null }
  /** Prints the line; the paper goes on by so many dots, or by so many lines. */
  | { readonly kind: 'feed-dots'; readonly dots: number }
  | { readonly kind: 'feed-lines'; readonly lines: number }
  | { readonly kind: 'glyph'; readonly bitmap: Bitmap }
  | { readonly kind: 'bitmap'; readonly bitmap: Bitmap }
  | {
      readonly kind: 'qr';
      readonly payload: Uint8Array;
      readonly moduleDots: number;
      readonly correction: QrCorrection;
    }
  | {
      readonly kind: 'barcode';
      readonly symbology: number;
      readonly text: string;
      readonly heightDots: number;
      readonly moduleDots: number;
    }
  | { readonly kind: 'cut'; readonly partial: boolean; readonly feedDots: number }
  | { readonly kind: 'process-id'; readonly id: string }
  | { readonly kind: 'ask-sensor'; readonly which: number }
  | { readonly kind: 'ask-realtime'; readonly which: number }
  | { readonly kind: 'automatic-status'; readonly mask: number }
  /** Understood and without effect on paper: code pages, fonts, drawers, buzzers. */
  | { readonly kind: 'ignored'; readonly bytes: Uint8Array }
  | { readonly kind: 'unknown'; readonly bytes: Uint8Array };

export type QrCorrection = 'L' | 'M' | 'Q' | 'H';

/** What a command needs to know of earlier ones. */
export type DecoderState = {
  chinese: boolean;
  qrModuleDots: number;
  qrCorrection: QrCorrection;
  qrStored: Uint8Array;
  barcodeHeightDots: number;
  barcodeModuleDots: number;
};
