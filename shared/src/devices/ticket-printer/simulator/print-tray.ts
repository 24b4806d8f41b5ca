import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Hono } from 'hono';
import { z } from 'zod';
import { refusalAnswer } from '../../../http/problem.ts';
import { paperSvg, paperText } from './paper-svg.ts';
import { isPrinterFault, PRINTER_FAULTS } from './printer-fault.ts';
import type { PrintedTicket, SimulatedPrinter } from './simulated-printer.ts';

const faultBody = z.object({ fault: z.string().refine(isPrinterFault) });

const PAGE = join(import.meta.dirname, 'print-tray.html');
const TOKENS = join(import.meta.dirname, '../../../ui/tokens.css');

/** A simulated printer with the address that a driver is given. */
export type TrayPrinter = SimulatedPrinter & { readonly address: string };

/**
 * 打印盘: what the simulated printers have printed, newest first, as a page and as JSON, and the buttons that break them.
 * For demo, trainer and tests; it shows whole tickets, so it is served on the loopback interface only.
 */
export function printTray(printers: ReadonlyMap<string, TrayPrinter>): Hono {
  const app = new Hono();
  const page = readFileSync(PAGE, 'utf8');
  const tokens = readFileSync(TOKENS, 'utf8');
  app.get('/', (c) => c.html(page));
  app.get('/tokens.css', (c) => c.text(tokens, 200, { 'content-type': 'text/css; charset=utf-8' }));

  app.get('/printers', (c) =>
    c.json({
      printers: [...printers.values()].map((printer) => ({
        id: printer.id,
        address: printer.address,
        fault: printer.fault(),
        tickets: printer.tickets().length,
      })),
      faults: PRINTER_FAULTS,
    }),
  );

  app.get('/tickets', (c) => {
    const wanted = c.req.query('printer');
    const all = [...printers.values()].filter(({ id }) => !wanted || id === wanted).flatMap(({ tickets }) => tickets());
    return c.json({ tickets: all.sort((a, b) => b.startedAt - a.startedAt || b.seq - a.seq).map(ticketView) });
  });

  app.get('/tickets/:printer/:picture', (c) => {
    const seq = /^(\d{1,9})\.svg$/.exec(c.req.param('picture'))?.[1];
    const printer = printers.get(c.req.param('printer'));
    const ticket = printer?.tickets().find((each) => each.seq === Number(seq));
    if (!ticket) return refusalAnswer(c, { code: 'device.unknown' });
    return c.body(paperSvg(ticket.paper), 200, { 'content-type': 'image/svg+xml; charset=utf-8' });
  });

  app.post('/printers/:id/fault', async (c) => {
    const printer = printers.get(c.req.param('id'));
    if (!printer) return refusalAnswer(c, { code: 'device.unknown' });
    const body = faultBody.safeParse(await c.req.json().catch(() => null));
    if (!body.success) return refusalAnswer(c, { code: 'body.malformed' });
    printer.misbehave(body.data.fault);
    return c.json({ id: printer.id, fault: printer.fault() });
  });
  return app;
}

/** A ticket as JSON: its words from top to bottom, and what its codes say. `picture` is relative to the tray. */
export function ticketView(ticket: PrintedTicket) {
  const { seq, printerId, startedAt, state, processId, paper } = ticket;
  return {
    seq,
    printerId,
    startedAt,
    state,
    processId,
    heightMm: paper.heightDots / 8,
    text: paperText(paper),
    qr: paper.items.flatMap((item) => (item.kind === 'qr' ? [item.text] : [])),
    picture: `tickets/${printerId}/${seq}.svg`,
  };
}
