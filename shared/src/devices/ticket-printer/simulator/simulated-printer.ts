import type { Transport } from '../../transport/transport.ts';
import { EscposDecoder } from '../escpos/decoder.ts';
import type { PrinterOp } from '../escpos/printer-op.ts';
import { type Paper, PrintHead } from '../paper.ts';
import { automaticStatus, type PrinterFault, realtimeAnswer, stops } from './printer-fault.ts';

/** One ticket that came out, or is half out: `partial` until the cut. */
export type PrintedTicket = {
  /** Counts up per printer from 1. */
  readonly seq: number;
  readonly printerId: string;
  /** When its first line was printed, epoch ms. */
  readonly startedAt: number;
  readonly state: 'partial' | 'complete';
  readonly processId: string | null;
  readonly paper: Paper;
};

/** The oldest tickets are thrown away, as in a real tray. */
export const TRAY_TICKETS_MAX = 200;

/** After so many lines the faults "in the middle of a ticket" strike. */
const MID_TICKET_ROWS = 4;

const SLOW_MS_A_LINE = 150;

export type SimulatedPrinter = {
  readonly id: string;
  /** Takes the printer's end of a line. Like most printers it serves one host at a time; the next one waits. */
  attach(transport: Transport): void;
  /** Breaks the printer in one way, or repairs it with `none`; what was held back then prints on. */
  misbehave(fault: PrinterFault): void;
  fault(): PrinterFault;
  /** Newest first, the one that is being printed included. */
  tickets(): readonly PrintedTicket[];
  onChange(listener: () => void): () => void;
  /** Hangs up on every host. */
  close(): Promise<void>;
};

type Link = {
  readonly transport: Transport;
  readonly decoder: EscposDecoder;
  readonly inbox: Uint8Array[];
  mask: number;
};

export function simulatedPrinter(options: {
  readonly id: string;
  readonly now: () => number;
  readonly widthDots?: number;
  readonly slowMsALine?: number;
}): SimulatedPrinter {
  const { id, now, widthDots = 576, slowMsALine = SLOW_MS_A_LINE } = options;
  const head = new PrintHead(widthDots);
  const links: Link[] = [];
  const listeners = new Set<() => void>();
  const queue: { readonly op: PrinterOp; readonly link: Link }[] = [];
  let tickets: PrintedTicket[] = [];
  let fault: PrinterFault = 'none';
  let seq = 0;
  let draining = false;
  let lastProcessId = '    ';

  const changed = () => {
    for (const listener of listeners) listener();
  };
  const send = (link: Link, ...bytes: number[]) => {
    // A host that hung up does not hear the rest; a printer does not mind.
    if (fault !== 'silent') link.transport.write(Uint8Array.from(bytes)).catch(() => undefined);
  };
  const tellStatus = () => {
    for (const link of links) if (link.mask !== 0) send(link, ...automaticStatus(fault));
  };

  function attach(transport: Transport): void {
    const link: Link = { transport, decoder: new EscposDecoder(), inbox: [], mask: 0 };
    links.push(link);
    transport.onData((bytes) => {
      link.inbox.push(bytes);
      read();
    });
    transport.onClose(() => {
      const at = links.indexOf(link);
      if (at >= 0) links.splice(at, 1);
      read();
    });
  }

  function read(): void {
    const link = links[0];
    if (!link) return;
    for (const bytes of link.inbox.splice(0)) {
      for (const op of link.decoder.push(bytes)) {
        if (op.kind === 'ask-realtime') send(link, realtimeAnswer(op.which, fault));
        else queue.push({ op, link });
      }
    }
    if (!draining) drain().catch(() => undefined);
  }

  async function drain(): Promise<void> {
    draining = true;
    for (let next = queue[0]; next; next = queue[0]) {
      if (stops(fault, next.op)) break;
      queue.shift();
      const rows = head.rows;
      carryOut(next.op, next.link);
      if (head.rows > rows && fault === 'slow') await new Promise((resolve) => setTimeout(resolve, slowMsALine));
      if (head.rows >= MID_TICKET_ROWS && fault === 'paper-out-mid-ticket') misbehave('paper-out');
      if (head.rows >= MID_TICKET_ROWS && fault === 'drop-mid-ticket') powerCut();
    }
    draining = false;
  }

  function carryOut(op: PrinterOp, link: Link): void {
    const before = head.rows;
    const finished = head.apply(op);
    if (before === 0 && head.rows > 0) begin();
    if (finished) replace({ state: 'complete', paper: finished });
    else if (head.rows > before) replace({ paper: head.paper() });
    if (op.kind === 'process-id') confirm(op.id, link);
    if (op.kind === 'ask-sensor') send(link, fault === 'near-end' ? 0x03 : 0x00);
    if (op.kind === 'automatic-status') {
      link.mask = op.mask;
      if (op.mask !== 0) send(link, ...automaticStatus(fault));
    }
  }

  function begin(): void {
    seq += 1;
    const ticket = {
      seq,
      printerId: id,
      startedAt: now(),
      state: 'partial',
      processId: null,
      paper: head.paper(),
    } as const;
    tickets = [ticket, ...tickets].slice(0, TRAY_TICKETS_MAX);
  }

  function replace(change: Partial<PrintedTicket>): void {
    const [newest, ...older] = tickets;
    if (newest) tickets = [{ ...newest, ...change }, ...older];
    changed();
  }

  function confirm(processId: string, link: Link): void {
    const told = fault === 'stale-reply' ? lastProcessId : processId;
    const reply = [0x37, 0x22, ...[...told].map((char) => char.charCodeAt(0)), 0x00];
    send(link, ...(fault === 'half-reply' ? reply.slice(0, 3) : reply));
    lastProcessId = processId;
    if (tickets[0]?.state === 'complete' && tickets[0].processId === null) replace({ processId });
  }

  /** The buffer is lost with the power; the half ticket stays in the slot. */
  function powerCut(): void {
    queue.splice(0);
    head.apply({ kind: 'initialise' });
    head.apply({ kind: 'cut', partial: false, feedDots: 0 });
    fault = 'none';
    for (const link of links.splice(0)) link.transport.close().catch(() => undefined);
    changed();
  }

  function misbehave(next: PrinterFault): void {
    fault = next;
    tellStatus();
    changed();
    if (!draining) drain().catch(() => undefined);
  }

  return {
    id,
    attach,
    misbehave,
    fault: () => fault,
    tickets: () => tickets,
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: async () => {
      queue.splice(0);
      await Promise.all(links.map((link) => link.transport.close()));
    },
  };
}
