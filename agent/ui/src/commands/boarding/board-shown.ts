import type { BoardInput, TicketView } from '@lianpiao/shared/protocol/ticketing';
import { scanForm } from '@lianpiao/shared/ui/scan-catcher';
import type { Card } from '../../counter-bodies.ts';
import type { Desk } from '../../desk.ts';
import { newKey } from '../../new-key.ts';
import { changeBoarding } from './change-boarding.ts';

/** What was shown at the gate, by its form: a ticket number, an ID number, or the signed code on the paper. */
export function shownAs(tripId: string, text: string): BoardInput {
  const form = scanForm(text);
  if (form === 'ticket') return { tripId, ticketNo: text };
  if (form === 'document') return { tripId, idType: 'resident', idNo: text.toUpperCase() };
  return { tripId, qr: text };
}

export function boardCard(desk: Desk, card: Card): Promise<void> | undefined {
  const { trip } = desk.state().boarding;
  return trip ? boardShown(desk, { tripId: trip.tripId, idType: card.idType, idNo: card.idNo }) : undefined;
}

/** Boards whoever showed it and says yes or no in one word; the next one can be shown at once. */
export async function boardShown(desk: Desk, input: BoardInput): Promise<void> {
  const { boarding } = desk.state();
  if (boarding.busy) return;
  changeBoarding(desk, { busy: true, typed: '' });
  const answer = await desk.api.board(input, newKey());
  if (!answer.ok) return changeBoarding(desk, { busy: false, verdict: { kind: 'no', problem: answer.problem } });
  const { ticketNo } = answer.value;
  changeBoarding(desk, {
    busy: false,
    lastTicket: ticketNo,
    verdict: { kind: 'yes', boarded: answer.value },
    manifest: withState(desk, ticketNo, 'boarded'),
  });
}

/** The list with one ticket's state changed, until it is fetched again. */
export function withState(desk: Desk, ticketNo: string, state: TicketView['state']): TicketView[] | null {
  const { manifest } = desk.state().boarding;
  return manifest?.map((ticket) => (ticket.ticketNo === ticketNo ? { ...ticket, state } : ticket)) ?? null;
}
