import type { TicketPaper } from '../protocol/ticketing.ts';
import type { TicketFace } from './ticket-face.ts';

/** The face of a paper. `counter` names where it is printed, as passengers read it: `03号窗`, `自助机 101`. */
export function paperFace(paper: TicketPaper, province: string, counter: string): TicketFace {
  const {
    ticketNo,
    fromName,
    toName,
    serviceDate,
    departs,
    tripNo,
    seat,
    gate,
    fareType,
    fareFen,
    ceilingFen,
    passenger,
    idNo,
  } = paper;
  const { stationName, clerk, soldAt, vehicleClass, carrier, qr, printSeq, stamp } = paper;
  const ride = { ticketNo, fromName, toName, serviceDate, departs, tripNo, seat, gate, fareType, fareFen, ceilingFen };
  return {
    ...ride,
    province,
    passenger,
    idNo,
    stationName,
    counter,
    clerk,
    soldAt,
    vehicleClass,
    carrier,
    qr,
    printSeq,
    ...(stamp ? { stamp } : {}),
  };
}
