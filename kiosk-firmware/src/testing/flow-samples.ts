import type { TicketView } from '@lianpiao/shared/protocol/ticketing';
import { aPassenger } from '@lianpiao/shared/testing/builders';
import type { FlowEvent } from '../flow/flow-event.ts';
import type { Health, Paper } from '../flow/session.ts';

export const FIT: Health = { agent: null, printer: null, reader: null, hub: true };

/** A ticket of a synthetic passenger, masked as an agent sends it. */
export function aTicket(index: number, wishes: Partial<TicketView> = {}): TicketView {
  return {
    ticketNo: `3305020011003${String(index).padStart(7, '0')}`,
    orderId: 'order-1',
    tripId: '330502001-20261121-H220',
    tripNo: 'H220',
    serviceDate: '20261121',
    departs: '18:45',
    departsAt: Date.UTC(2026, 10, 21, 10, 45),
    fromName: '湖州总站',
    toName: '嘉兴',
    from: 0,
    to: 2,
    seat: String(index + 1).padStart(2, '0'),
    gate: '3',
    fareType: 'full',
    fareFen: 3800,
    insuranceFen: 0,
    payMethod: 'psp',
    channel: 'web',
    state: 'sold',
    home: 'hub',
    seller: 'web-demo',
    passenger: '测**',
    idNo: '3*************0010',
    printSeq: 0,
    soldAt: Date.UTC(2026, 10, 20),
    clerk: null,
    ...wishes,
  };
}

export function aPaper(index: number, state: Paper['state'] = 'waiting'): Paper {
  const { ticketNo, seat, toName, departs } = aTicket(index);
  return { jobId: String(index), ticketNo, seat, toName, departs, state };
}

const found = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ ticket: aTicket(index), departed: index === 1 }));
const papers = (...states: Paper['state'][]) => states.map((state, index) => aPaper(index, state));
type Timeless = FlowEvent extends infer Event ? (Event extends unknown ? Omit<Event, 'at'> : never) : never;

/** One event of each kind and meaning that can reach a kiosk in its `session`; a walk over them visits the whole flow. */
export function eventsFor(session: number): readonly Timeless[] {
  const { idType, idNo } = aPassenger(1);
  return [
    { type: 'tick' },
    { type: 'health', health: FIT },
    { type: 'health', health: { ...FIT, agent: 'agent.offline' } },
    { type: 'health', health: { ...FIT, printer: 'printer.out-of-paper' } },
    { type: 'health', health: { ...FIT, reader: 'id-reader.unreachable', hub: false } },
    { type: 'start' },
    { type: 'digit', digit: '7' },
    { type: 'erase' },
    { type: 'submit' },
    { type: 'toggle', ticketNo: aTicket(0).ticketNo },
    { type: 'turn', step: 1 },
    { type: 'turn', step: -1 },
    { type: 'collect' },
    { type: 'back' },
    { type: 'quit' },
    { type: 'stay' },
    { type: 'finish' },
    { type: 'speak', language: 'en' },
    { type: 'card', idType, idNo },
    { type: 'cardTrouble', code: 'id-reader.replace-card' },
    { type: 'found', session, choices: [] },
    { type: 'found', session, choices: found(6) },
    { type: 'notFound', session, problem: { code: 'link.offline' } },
    { type: 'claimed', session, reference: 'K101-0001', papers: papers('waiting', 'waiting') },
    { type: 'claimRefused', session, problem: { code: 'pickup.not-found' } },
    { type: 'claimLost', session, reference: 'K101-0001' },
    { type: 'papers', papers: papers('printing', 'waiting'), trouble: null },
    { type: 'papers', papers: papers('printed', 'waiting'), trouble: 'printer.out-of-paper' },
    { type: 'papers', papers: papers('printed', 'printed'), trouble: null },
    { type: 'papers', papers: papers('printed', 'unknown'), trouble: null },
    { type: 'resumed', reference: 'K101-0001', papers: null },
    { type: 'resumed', reference: 'K101-0001', papers: papers('waiting', 'printed') },
  ];
}
