import type { ServiceDate } from '@lianpiao/shared/domain/service-day';
import type { EventBody } from '@lianpiao/shared/protocol/events';
import { aTrip } from '@lianpiao/shared/testing/builders';

const SEATS = 45;

/** What a sale leaves to be told: the ticket, and before the first of a trip that trip. */
export type CrowdSale = {
  readonly trip?: EventBody<'trip.published'>;
  readonly ticket: EventBody<'ticket.sold'>;
};

/** Sale `index`, from 0, of a station that fills one trip of 45 seats after the other. */
export function crowdSale(station: string, serviceDate: ServiceDate, index: number, soldAt: number): CrowdSale {
  const trip = aTrip({ origin: station, serviceDate, tripNo: `K${Math.floor(index / SEATS)}` });
  const { stops, seats, fares } = trip;
  const ticket: CrowdSale['ticket'] = {
    ticketNo: `${station}1001${String(index).padStart(7, '0')}`,
    orderId: `order-${station}-${index}`,
    tripId: trip.tripId,
    epoch: 1,
    seat: seats[index % SEATS]!,
    legs: 3,
    from: 0,
    to: 2,
    fareType: 'full',
    fareFen: 4000,
    insuranceFen: 0,
    payMethod: 'cash',
    channel: 'counter',
    seller: station,
    terminal: '001',
    clerk: 'u1',
    shiftId: 'shift-1',
    rules: 'default',
    soldAt,
    bizDate: serviceDate,
    home: station,
    printSeq: 1,
  };
  if (index % SEATS !== 0) return { ticket };
  return { trip: { ...trip, stops: [...stops], seats: [...seats], fares: { ...fares } }, ticket };
}
