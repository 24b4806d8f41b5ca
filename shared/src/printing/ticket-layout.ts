import { textColumns } from '../devices/ticket-printer/characters.ts';
import type { PageItem, TextItem, TextSize, TicketPage } from '../devices/ticket-printer/page.ts';
import { type FaceField, faceFields, type TicketFace } from './ticket-face.ts';
import { COACH_TICKET_80MM, type TemplateRow, type TemplateText, type TicketTemplate } from './ticket-template.ts';

/** Half a Han character at size 1: 12 dots of 1/8 mm. */
const COLUMN_MM = 1.5;

const ELLIPSIS = '…';

/** Puts a ticket's data into a template. Any data gives a page that prints: what is too long is set smaller, then cut. */
export function layoutTicket(face: TicketFace, template: TicketTemplate = COACH_TICKET_80MM): TicketPage {
  const fields = faceFields(face);
  const items: PageItem[] = [];
  let yMm = 0;
  for (const row of template.rows) {
    const placed = placeRow(row, yMm, fields);
    if (placed.length === 0) continue;
    items.push(...placed);
    yMm += row.heightMm;
  }
  return { widthMm: template.widthMm, items };
}

function placeRow(row: TemplateRow, yMm: number, fields: Readonly<Record<FaceField, string>>): PageItem[] {
  return row.items.flatMap((item): PageItem[] => {
    if (item.kind === 'rule') return [{ kind: 'rule', yMm }];
    const text = filled(item.text, fields);
    if (text === null) return [];
    return item.kind === 'qr'
      ? [{ kind: 'qr', yMm, align: 'center', sideMm: item.sideMm, text }]
      : [placeText(item, text, yMm)];
  });
}

/** Null when a field that the text shows is empty. */
function filled(text: string, fields: Readonly<Record<FaceField, string>>): string | null {
  let complete = true;
  const words = text.replaceAll(/\{(\w+)\}/g, (_whole, name: string) => {
    const value = fields[name as FaceField];
    if (!value) complete = false;
    return value ?? '';
  });
  return complete ? words : null;
}

function placeText(item: TemplateText, words: string, yMm: number): TextItem {
  const size = item.sizes.find((each) => widthMm(words, each) <= item.widthMm) ?? item.sizes.at(-1)!;
  const text = cut(words, Math.floor(item.widthMm / (COLUMN_MM * size)));
  const room = item.widthMm - widthMm(text, size);
  const xMm = item.xMm + (item.align === 'right' ? room : item.align === 'center' ? room / 2 : 0);
  return { kind: 'text', xMm, yMm, text, size, bold: item.bold ?? false };
}

function widthMm(text: string, size: TextSize): number {
  return textColumns(text) * COLUMN_MM * size;
}

function cut(text: string, columnsMax: number): string {
  if (textColumns(text) <= columnsMax) return text;
  let kept = '';
  for (const char of text) {
    if (textColumns(kept + char + ELLIPSIS) > columnsMax) break;
    kept += char;
  }
  return kept + ELLIPSIS;
}
