import type { PrinterOp } from '../escpos/printer-op.ts';

/** Every way in which the simulated printer can misbehave, with what a trainer reads on the button. */
export const PRINTER_FAULTS = {
  none: { zh: '正常', en: 'works' },
  'near-end': { zh: '纸将尽', en: 'paper near its end' },
  'paper-out': { zh: '缺纸', en: 'out of paper' },
  'paper-out-mid-ticket': { zh: '打到一半缺纸', en: 'out of paper in the middle of a ticket' },
  'cover-open': { zh: '开盖', en: 'cover open' },
  'cutter-jam': { zh: '切刀卡纸', en: 'cutter jammed' },
  offline: { zh: '脱机', en: 'off line' },
  slow: { zh: '很慢', en: 'very slow' },
  silent: { zh: '不应答', en: 'does not answer' },
  'half-reply': { zh: '确认只答一半', en: 'half a confirmation' },
  'stale-reply': { zh: '确认成上一张', en: 'confirms the ticket before' },
  'drop-mid-ticket': { zh: '打到一半断电', en: 'power cut in the middle of a ticket' },
} as const;

export type PrinterFault = keyof typeof PRINTER_FAULTS;

export function isPrinterFault(name: string): name is PrinterFault {
  return Object.hasOwn(PRINTER_FAULTS, name);
}

/** A real printer stops before the next line, or before the cut, and keeps what it holds. */
export function stops(fault: PrinterFault, next: PrinterOp): boolean {
  if (fault === 'cutter-jam') return next.kind === 'cut';
  return fault === 'paper-out' || fault === 'cover-open' || fault === 'offline';
}

/** Answer to DLE EOT 1…4; bits 1 and 4 are always set. */
export function realtimeAnswer(which: number, fault: PrinterFault): number {
  const fixed = 0x12;
  const stopped = fault === 'paper-out' || fault === 'cover-open' || fault === 'offline' || fault === 'cutter-jam';
  if (which === 1) return fixed | (stopped ? 0x08 : 0);
  if (which === 2) {
    return (
      fixed |
      (fault === 'cover-open' ? 0x04 : 0) |
      (fault === 'paper-out' ? 0x20 : 0) |
      (fault === 'cutter-jam' ? 0x40 : 0)
    );
  }
  if (which === 3) return fixed | (fault === 'cutter-jam' ? 0x08 : 0);
  return fixed | (fault === 'near-end' ? 0x0c : 0) | (fault === 'paper-out' ? 0x6c : 0);
}

/** The four bytes of GS a. The last one is not defined; 0F has been seen. */
export function automaticStatus(fault: PrinterFault): readonly number[] {
  const stopped = fault === 'paper-out' || fault === 'cover-open' || fault === 'offline' || fault === 'cutter-jam';
  return [
    0x10 | (stopped ? 0x08 : 0) | (fault === 'cover-open' ? 0x20 : 0),
    fault === 'cutter-jam' ? 0x08 : 0,
    (fault === 'near-end' ? 0x03 : 0) | (fault === 'paper-out' ? 0x0f : 0),
    0x0f,
  ];
}
