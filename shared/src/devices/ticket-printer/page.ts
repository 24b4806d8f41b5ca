/**
 * One ticket as it shall look, in millimetres from the top left of the printable area: no printer family, no dots.
 *
 * Text items with the same `yMm` stand on one line. Lines, codes and rules must not overlap vertically, because thermal
 * heads without page mode (most Chinese ones) print from top to bottom and cannot go back.
 */
export type TicketPage = {
  readonly widthMm: number;
  readonly items: readonly PageItem[];
};

export type Align = 'left' | 'center' | 'right';

/** Size 1 is 3 mm high (a Han character of 24 × 24 dots at 203 dpi), size 2 and 3 are twice and three times that. */
export type TextSize = 1 | 2 | 3;

export type TextItem = {
  readonly kind: 'text';
  readonly xMm: number;
  readonly yMm: number;
  readonly text: string;
  readonly size: TextSize;
  readonly bold: boolean;
};

/** Drawn as large as whole dots per module allow within `sideMm`. Error correction M: tickets are folded and sweated on. */
export type QrItem = {
  readonly kind: 'qr';
  readonly yMm: number;
  readonly align: Align;
  readonly sideMm: number;
  readonly text: string;
};

/** Code 128, code set B: printable ASCII only. */
export type BarcodeItem = {
  readonly kind: 'code128';
  readonly yMm: number;
  readonly align: Align;
  readonly heightMm: number;
  readonly text: string;
};

/** A line across the whole width. */
export type RuleItem = { readonly kind: 'rule'; readonly yMm: number };

export type PageItem = TextItem | QrItem | BarcodeItem | RuleItem;
