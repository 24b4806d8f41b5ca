import { encodeTicketQr } from '../../crypto/ticket-qr.ts';
import { fareOf } from '../../domain/fare.ts';
import { NATIONAL_FARE_RULES } from '../../domain/fare-type.ts';
import { invariant } from '../../domain/invariant.ts';
import type { EpochMs } from '../../domain/service-day.ts';
import type { Person } from '../../protocol/events.ts';
import type { TicketPaper } from '../../protocol/ticketing.ts';
import type { KnownTrip } from '../trips/trip-rows.ts';
import type { TicketRow } from './ticket-rows.ts';
import { ticketView } from './ticket-view.ts';

/** The key that signs codes: its number, and the signature of a text, r‖s. */
export type TicketSigner = { readonly keyNo: number; readonly sign: (text: string) => Uint8Array };
export type PaperFacts = {
  readonly row: TicketRow;
  readonly trip: KnownTrip;
  readonly who: Person | null;
  readonly printSeq: number;
  readonly stamp?: string;
};
export type PaperMaker = (facts: PaperFacts, now: EpochMs) => TicketPaper;

/** What goes on the paper of a ticket, with its signed code. The signature is made here, when the code is rendered, never inside a sale. */
export function paperMaker(
  signer: TicketSigner,
  station: { readonly name: string },
  sellerName: (seller: string) => string,
): PaperMaker {
  return ({ row, trip, who, printSeq, stamp }, now) => {
    const view = ticketView(row, trip, who);
    const [from, to] = [trip.stops[row.fromStop]!, trip.stops[row.toStop]!];
    const qr = encodeTicketQr(
      {
        keyNo: signer.keyNo,
        ticketNo: row.ticketNo,
        tripId: row.tripId,
        serviceDate: trip.serviceDate,
        departs: from.departs,
        fromStop: from.code,
        toStop: to.code,
        seat: row.seat,
        epoch: row.epoch,
        fareType: row.fareType,
        printSeq,
      },
      signer.sign,
    );
    invariant(qr.ok, 'a ticket of ours fits a code', { ticketNo: row.ticketNo });
    const fare = fareOf(trip.fares, row.fromStop, row.toStop, 'full', NATIONAL_FARE_RULES);
    return {
      ...view,
      printSeq,
      qr: qr.value,
      carrier: trip.carrier,
      vehicleClass: trip.vehicleClass,
      ceilingFen: fare.ok ? fare.value.ceilingFen : null,
      sellerName: sellerName(row.seller),
      stationName: station.name,
      printedAt: now,
      ...(stamp ? { stamp } : {}),
    };
  };
}
