import type { Align, TextSize } from '../devices/ticket-printer/page.ts';

/** Words of a ticket with `{field}` where its data stands. Left out when one of its fields is empty. */
export type TemplateText = {
  readonly kind: 'text';
  readonly xMm: number;
  readonly widthMm: number;
  readonly text: string;
  /** Tried in this order; what does not fit even at the last one is cut with an ellipsis. */
  readonly sizes: readonly TextSize[];
  readonly bold?: boolean;
  readonly align?: Align;
};

/** A row is as high as it says and is left out, with its height, when nothing of it is printed. */
export type TemplateRow = {
  readonly heightMm: number;
  readonly items: readonly (
    | TemplateText
    | { readonly kind: 'rule' }
    | { readonly kind: 'qr'; readonly sideMm: number; readonly text: string }
  )[];
};

/** How a ticket looks, in millimetres from top to bottom: data that a station may replace, never code. */
export type TicketTemplate = { readonly name: string; readonly widthMm: number; readonly rows: readonly TemplateRow[] };

const label = (text: string, xMm: number): TemplateText => ({ kind: 'text', xMm, widthMm: 10, text, sizes: [1] });

/** 80 mm thermal paper, 72 mm of it printable. What gate and passenger look for is large; the code is last, below the fold. */
export const COACH_TICKET_80MM: TicketTemplate = {
  name: 'coach ticket, 80 mm thermal',
  widthMm: 72,
  rows: [
    {
      heightMm: 7,
      items: [{ kind: 'text', xMm: 0, widthMm: 72, text: '{title}', sizes: [2, 1], bold: true, align: 'center' }],
    },
    {
      heightMm: 7,
      items: [{ kind: 'text', xMm: 0, widthMm: 72, text: '【{stamp}】', sizes: [2, 1], bold: true, align: 'center' }],
    },
    {
      heightMm: 4,
      items: [
        { kind: 'text', xMm: 0, widthMm: 40, text: '票号 {ticketNo}', sizes: [1] },
        { kind: 'text', xMm: 42, widthMm: 30, text: '票据 {stockNo}', sizes: [1], align: 'right' },
      ],
    },
    { heightMm: 2, items: [{ kind: 'rule' }] },
    {
      heightMm: 8,
      items: [
        { kind: 'text', xMm: 0, widthMm: 36, text: '{fromName}', sizes: [2, 1], bold: true },
        { kind: 'text', xMm: 37, widthMm: 3, text: '→', sizes: [1] },
        { kind: 'text', xMm: 41, widthMm: 31, text: '{toName}', sizes: [2, 1], bold: true, align: 'right' },
      ],
    },
    {
      heightMm: 8,
      items: [
        { kind: 'text', xMm: 0, widthMm: 36, text: '{date}', sizes: [1], bold: true },
        { kind: 'text', xMm: 36, widthMm: 36, text: '{departs}开', sizes: [2, 1], bold: true, align: 'right' },
      ],
    },
    {
      heightMm: 8,
      items: [
        label('班次', 0),
        { kind: 'text', xMm: 7, widthMm: 24, text: '{tripNo}', sizes: [2, 1], bold: true },
        label('座号', 32),
        { kind: 'text', xMm: 39, widthMm: 13, text: '{seat}', sizes: [2, 1], bold: true },
        { kind: 'text', xMm: 53, widthMm: 19, text: '检票口 {gate}', sizes: [1], bold: true, align: 'right' },
      ],
    },
    {
      heightMm: 8,
      items: [
        { kind: 'text', xMm: 0, widthMm: 18, text: '{fareType}', sizes: [2, 1], bold: true },
        { kind: 'text', xMm: 20, widthMm: 30, text: '{fare}', sizes: [2, 1], bold: true },
        { kind: 'text', xMm: 51, widthMm: 21, text: '上限{ceiling}', sizes: [1], align: 'right' },
      ],
    },
    {
      heightMm: 4.5,
      items: [
        { kind: 'text', xMm: 0, widthMm: 34, text: '旅客 {passenger}', sizes: [1] },
        { kind: 'text', xMm: 35, widthMm: 37, text: '{idNo}', sizes: [1], align: 'right' },
      ],
    },
    {
      heightMm: 4.5,
      items: [
        { kind: 'text', xMm: 0, widthMm: 44, text: '{vehicle}', sizes: [1] },
        { kind: 'text', xMm: 45, widthMm: 27, text: '车牌 {plate}', sizes: [1], align: 'right' },
      ],
    },
    {
      heightMm: 4.5,
      items: [
        { kind: 'text', xMm: 0, widthMm: 46, text: '售票 {seller}', sizes: [1] },
        { kind: 'text', xMm: 47, widthMm: 25, text: '{soldAt}', sizes: [1], align: 'right' },
      ],
    },
    { heightMm: 2, items: [{ kind: 'rule' }] },
    { heightMm: 36, items: [{ kind: 'qr', sideMm: 34, text: '{qr}' }] },
    {
      heightMm: 4,
      items: [
        {
          kind: 'text',
          xMm: 0,
          widthMm: 72,
          text: '限乘当日当次车 · 第{printSeq}次打印，以最新一张为准',
          sizes: [1],
          align: 'center',
        },
      ],
    },
  ],
};
