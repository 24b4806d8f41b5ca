import type { PrinterNotice, PrinterStatus, PrinterTrouble } from './port.ts';

/** Which real-time answer (DLE EOT 1…4) means what. The first match decides, so causes stand before "offline". */
export type StatusRule = {
  readonly answer: 1 | 2 | 3 | 4;
  readonly mask: number;
  readonly means: PrinterTrouble | PrinterNotice;
};

/** What one family or model can do. Differences between models are rows here, never branches in a driver. */
export type PrinterProfile = {
  readonly name: string;
  /** Dots across the print head: 576 on 80 mm paper at 203 dpi. */
  readonly widthDots: number;
  readonly dotsPerMm: number;
  /** Draws QR codes from their text (GS ( k); else they are sent as dots. */
  readonly nativeQr: boolean;
  /** Answers DLE EOT. One that does not is trusted until a ticket is sent, and then cannot confirm. */
  readonly asks: 'dle-eot' | 'nothing';
  /**
   * How it says that a ticket is on paper: `process-id` by GS ( H; `sensor` by answering a GS r that stands behind the
   * cut, which it reads only when it has got there; `never`.
   */
  readonly confirms: 'process-id' | 'sensor' | 'never';
  /** From the last line to the cutter, beyond what the cut command feeds by itself. */
  readonly cutFeedDots: number;
  readonly statusRules: readonly StatusRule[];
};

/** Epson TM-T88III, Ithaca 80Plus, Bixolon SRP-350 and Epson A794 guides agree on these bits. */
const USUAL_STATUS_RULES: readonly StatusRule[] = [
  { answer: 2, mask: 0x04, means: 'printer.cover-open' },
  { answer: 2, mask: 0x20, means: 'printer.out-of-paper' },
  { answer: 4, mask: 0x60, means: 'printer.out-of-paper' },
  { answer: 3, mask: 0x08, means: 'printer.cutter-jam' },
  { answer: 3, mask: 0x20, means: 'printer.needs-repair' },
  { answer: 3, mask: 0x40, means: 'printer.too-hot' },
  { answer: 2, mask: 0x40, means: 'printer.needs-repair' },
  { answer: 1, mask: 0x08, means: 'printer.offline' },
  { answer: 4, mask: 0x0c, means: 'paper-near-end' },
];

/** TM-T88IV and later, T70, T82, T83, m30 and what copies them: QR codes, process ids. */
export const EPSON_80MM: PrinterProfile = {
  name: 'ESC/POS 80 mm',
  widthDots: 576,
  dotsPerMm: 8,
  nativeQr: true,
  asks: 'dle-eot',
  confirms: 'process-id',
  cutFeedDots: 16,
  statusRules: USUAL_STATUS_RULES,
};

/** Most Chinese 80 mm heads: no process ids, QR as dots. KP-628E manual: bit 7 of answer 1 is "ticket not torn away". */
export const CHINESE_HEAD_80MM: PrinterProfile = {
  ...EPSON_80MM,
  name: 'ESC/POS 80 mm, Chinese head',
  nativeQr: false,
  confirms: 'sensor',
  statusRules: [...USUAL_STATUS_RULES, { answer: 1, mask: 0x80, means: 'ticket-not-taken' }],
};

/** A printer that takes bytes and says nothing: every ticket ends `unknown` and a person confirms it. */
export const SILENT_80MM: PrinterProfile = { ...EPSON_80MM, name: 'mute 80 mm', asks: 'nothing', confirms: 'never' };

/** Reads the four real-time answers, `answers[0]` being that to DLE EOT 1. */
export function readStatus(profile: PrinterProfile, answers: readonly number[]): PrinterStatus {
  const meant = profile.statusRules.filter(({ answer, mask }) => ((answers[answer - 1] ?? 0) & mask) !== 0);
  const notices = meant.map(({ means }) => means).filter((means) => !isTrouble(means));
  const trouble = meant.map(({ means }) => means).find(isTrouble);
  return trouble ? { ready: false, trouble, notices } : { ready: true, notices };
}

function isTrouble(means: PrinterTrouble | PrinterNotice): means is PrinterTrouble {
  return means.startsWith('printer.');
}
