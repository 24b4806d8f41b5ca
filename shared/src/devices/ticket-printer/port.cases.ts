import { describe, expect, it } from 'vitest';
import { soon } from '../soon.ts';
import type { TicketPage } from './page.ts';
import type { PrinterTrouble, TicketPrinter } from './port.ts';
import type { PrinterFault } from './simulator/printer-fault.ts';
import type { SimulatedPrinter } from './simulator/simulated-printer.ts';

/** A driver under test, with the simulated printer at the other end of its line. */
export type PrinterUnderTest = {
  readonly printer: TicketPrinter;
  readonly simulated: SimulatedPrinter;
  /** Takes the printer off the line altogether. */
  unplug(): Promise<void>;
};

/** Short waits, so that a silent printer costs a test milliseconds. */
export const TEST_TIMES = { answerMs: 250, sendMs: 1_000, confirmMs: 400, lookMs: 100 };

export const CASE_PAGE: TicketPage = {
  widthMm: 72,
  items: [
    { kind: 'text', xMm: 6, yMm: 0, text: '浙江省汽车客票', size: 2, bold: true },
    { kind: 'rule', yMm: 8 },
    { kind: 'text', xMm: 0, yMm: 10, text: '杭州客运中心', size: 1, bold: false },
    { kind: 'text', xMm: 36, yMm: 10, text: 'H220', size: 1, bold: true },
    { kind: 'text', xMm: 0, yMm: 16, text: '12号', size: 2, bold: false },
    { kind: 'text', xMm: 0, yMm: 24, text: '33050200110030001842', size: 1, bold: false },
    { kind: 'qr', yMm: 30, align: 'center', sideMm: 24, text: 'LP1.33050200110030001842' },
  ],
};

const BEFORE: readonly [PrinterFault, PrinterTrouble][] = [
  ['paper-out', 'printer.out-of-paper'],
  ['cover-open', 'printer.cover-open'],
  ['offline', 'printer.offline'],
  ['cutter-jam', 'printer.cutter-jam'],
  ['silent', 'printer.timeout'],
];

const MIDDLE: readonly [PrinterFault, PrinterTrouble][] = [
  ['paper-out-mid-ticket', 'printer.out-of-paper'],
  ['drop-mid-ticket', 'printer.connection-lost'],
];

const UNTRUSTED: readonly PrinterFault[] = ['half-reply', 'stale-reply'];

/** What every ticket printer must do, whatever its family and line. `confirmsById`: it proves each single ticket. */
export function ticketPrinterCases(
  name: string,
  make: () => Promise<PrinterUnderTest>,
  { confirmsById }: { readonly confirmsById: boolean },
): void {
  describe(name, () => {
    it('confirms a ticket only when it is complete on paper', async () => {
      const { printer, simulated } = await make();
      expect(await printer.print(CASE_PAGE, '0001')).toEqual({ kind: 'confirmed' });
      expect(simulated.tickets()).toMatchObject([{ state: 'complete' }]);
      expect(textOf(simulated)).toEqual(
        expect.arrayContaining(['浙江省汽车客票', '杭州客运中心', 'H220', '12号', '33050200110030001842']),
      );
      expect(
        simulated.tickets()[0]?.paper.items.filter((item) => item.kind === 'qr' || item.kind === 'bitmap'),
      ).not.toEqual([]);
    });

    it('prints tickets that are asked for at once one after the other, none twice', async () => {
      const { printer, simulated } = await make();
      const outcomes = await Promise.all(['0001', '0002', '0003'].map((id) => printer.print(CASE_PAGE, id)));
      expect(outcomes.map(({ kind }) => kind)).toEqual(['confirmed', 'confirmed', 'confirmed']);
      expect(simulated.tickets().map(({ seq, state }) => [seq, state])).toEqual([
        [3, 'complete'],
        [2, 'complete'],
        [1, 'complete'],
      ]);
    });

    it.each(BEFORE)('sends nothing while the printer is in trouble: %s', async (fault, trouble) => {
      const { printer, simulated } = await make();
      simulated.misbehave(fault);
      expect(await printer.status()).toMatchObject({ ready: false, trouble });
      expect(await printer.print(CASE_PAGE, '0001')).toEqual({ kind: 'failedBeforeSend', trouble });
      simulated.misbehave('none');
      expect(await printer.status()).toMatchObject({ ready: true });
      expect(simulated.tickets()).toEqual([]);
    });

    it.each(MIDDLE)('calls a ticket unknown when the printer fails in its middle: %s', async (fault, trouble) => {
      const { printer, simulated } = await make();
      simulated.misbehave(fault);
      expect(await printer.print(CASE_PAGE, '0001')).toEqual({ kind: 'unknown', trouble });
      expect(simulated.tickets()).toMatchObject([{ state: 'partial' }]);
    });

    it('finds that the rest of a ticket comes out after new paper, so that nobody may print it again', async () => {
      const { printer, simulated } = await make();
      simulated.misbehave('paper-out-mid-ticket');
      await printer.print(CASE_PAGE, '0001');
      simulated.misbehave('none');
      await soon(() => expect(simulated.tickets()).toMatchObject([{ seq: 1, state: 'complete' }]));
    });

    it.each(confirmsById ? UNTRUSTED : [])('does not take a wrong answer for a confirmation: %s', async (fault) => {
      const { printer, simulated } = await make();
      simulated.misbehave(fault);
      expect(await printer.print(CASE_PAGE, '0001')).toEqual({ kind: 'unknown', trouble: 'printer.timeout' });
    });

    it('goes on printing when the paper is only near its end, and says so', async () => {
      const { printer, simulated } = await make();
      simulated.misbehave('near-end');
      expect(await printer.status()).toEqual({ ready: true, notices: ['paper-near-end'] });
      expect(await printer.print(CASE_PAGE, '0001')).toEqual({ kind: 'confirmed' });
    });

    it('waits for a slow printer', async () => {
      const { printer, simulated } = await make();
      simulated.misbehave('slow');
      expect(await printer.print(CASE_PAGE, '0001')).toEqual({ kind: 'confirmed' });
    });

    it('reports a printer that is not there, and has sent nothing', async () => {
      const { printer, unplug } = await make();
      await unplug();
      expect(await printer.status()).toMatchObject({ ready: false });
      expect(await printer.print(CASE_PAGE, '0001')).toMatchObject({ kind: 'failedBeforeSend' });
    });
  });
}

function textOf(simulated: SimulatedPrinter): string[] {
  return simulated
    .tickets()
    .flatMap(({ paper }) => paper.items.flatMap((item) => (item.kind === 'text' ? [item.text] : [])));
}
