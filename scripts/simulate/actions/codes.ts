import { sm2Sign } from '@lianpiao/shared/crypto/sm2';
import { encodeTicketQr } from '@lianpiao/shared/crypto/ticket-qr';
import { invariant } from '@lianpiao/shared/domain/invariant';
import { rows } from '../checks/rows.ts';
import { TICKET_KEYS } from '../province/names.ts';
import type { KnownTicket, Run } from '../province/run-state.ts';

const PRINTED = 'SELECT print_seq AS printSeq, fare_type AS fareType FROM tickets WHERE ticket_no = ?';

/** The code on a passenger's paper or telephone: in the seat plan that they were told of, whatever has become of it. */
export function codeOf(run: Run, { ticketNo, home, trip, from, told }: KnownTicket): string {
  const [row] = rows<{ readonly printSeq: number; readonly fareType: string }>(run.node(home), PRINTED, ticketNo);
  const to = trip.stops[from + legCount(told.legs)]!;
  const code = encodeTicketQr(
    {
      keyNo: 1,
      ticketNo,
      tripId: told.tripId,
      serviceDate: trip.serviceDate,
      departs: trip.stops[from]!.departs,
      fromStop: trip.stops[from]!.code,
      toStop: to.code,
      seat: told.seat,
      epoch: told.epoch,
      fareType: row?.fareType ?? 'full',
      printSeq: row?.printSeq ?? 1,
    },
    (text) => sm2Sign(text, TICKET_KEYS),
  );
  invariant(code.ok, 'a ticket has a code', { ticketNo });
  return code.value;
}

/** Legs of a ride, which lie one behind the other. */
function legCount(legs: number): number {
  return legs.toString(2).replaceAll('0', '').length;
}
