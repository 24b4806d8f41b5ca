import type { FareType } from '../domain/fare-type.ts';
import { fen, yuan } from '../domain/money.ts';
import {
  clockMinutes,
  type EpochMs,
  formatMinutes,
  minutesInto,
  type ServiceDate,
  serviceDateOf,
  wallTime,
  weekday,
} from '../domain/service-day.ts';

/**
 * What stands on a coach ticket (票面), after JT/T 319-2010 and the real-name rules. Passenger and number are masked before
 * they get here: paper is left on seats.
 */
export type TicketFace = {
  readonly ticketNo: string;
  /** 票据号: number of the paper where it is controlled stock, else absent. */
  readonly stockNo?: string | undefined;
  /** Begins the title: 浙江省 → 浙江省汽车客票. */
  readonly province: string;
  readonly fromName: string;
  readonly toName: string;
  readonly serviceDate: string;
  /** `14:45` on the service date; `24:10` is ten past midnight of the next day. */
  readonly departs: string;
  readonly tripNo: string;
  readonly seat: string;
  readonly gate: string;
  readonly fareType: FareType;
  readonly fareFen: number;
  /** 上限票价, where the authority sets one. */
  readonly ceilingFen?: number | null | undefined;
  readonly passenger: string;
  readonly idNo: string;
  /** Where it was sold: station, counter or kiosk, clerk. */
  readonly stationName: string;
  readonly counter: string;
  readonly clerk?: string | null | undefined;
  readonly soldAt: EpochMs;
  /** 车牌, known late or never. */
  readonly plate?: string | undefined;
  readonly vehicleClass?: string | undefined;
  readonly carrier?: string | undefined;
  /** The signed code, ASCII. */
  readonly qr: string;
  /** 1 for the first paper of a ticket; only the newest paper is valid at the gate. */
  readonly printSeq: number;
  /** 练习票, 补, …: printed large. */
  readonly stamp?: string | undefined;
};

export type FaceField =
  | 'title'
  | 'stamp'
  | 'ticketNo'
  | 'stockNo'
  | 'fromName'
  | 'toName'
  | 'date'
  | 'departs'
  | 'tripNo'
  | 'seat'
  | 'gate'
  | 'fareType'
  | 'fare'
  | 'ceiling'
  | 'passenger'
  | 'idNo'
  | 'seller'
  | 'soldAt'
  | 'plate'
  | 'vehicle'
  | 'printSeq'
  | 'qr';

const FARE_TYPES: Readonly<Record<FareType, string>> = {
  full: '全票',
  half: '半票',
  freeChild: '免票',
  privilegeHalf: '优待票',
};

const WEEKDAYS = ['', '周一', '周二', '周三', '周四', '周五', '周六', '周日'];
const LATER = ['', '次日', '第三天'];
const ZONE = 'Asia/Shanghai';

/** Every field as the words that are printed; empty where the ticket has none. */
export function faceFields(face: TicketFace): Readonly<Record<FaceField, string>> {
  return {
    title: `${face.province}汽车客票`,
    stamp: face.stamp ?? '',
    ticketNo: face.ticketNo,
    stockNo: face.stockNo ?? '',
    fromName: face.fromName,
    toName: face.toName,
    date: dateWords(face.serviceDate as ServiceDate),
    departs: departureWords(face.departs),
    tripNo: face.tripNo,
    seat: face.seat,
    gate: face.gate,
    fareType: FARE_TYPES[face.fareType],
    fare: `￥${yuan(fen(face.fareFen))}`,
    ceiling: face.ceilingFen == null ? '' : `￥${yuan(fen(face.ceilingFen))}`,
    passenger: face.passenger,
    idNo: face.idNo,
    seller: [face.stationName, face.counter, face.clerk ?? ''].filter((part) => part !== '').join(' '),
    soldAt: instantWords(face.soldAt),
    plate: face.plate ?? '',
    vehicle: [face.vehicleClass ?? '', face.carrier ?? ''].filter((part) => part !== '').join(' '),
    printSeq: String(face.printSeq),
    qr: face.qr,
  };
}

function dateWords(date: ServiceDate): string {
  return `${date.slice(0, 4)}年${date.slice(4, 6)}月${date.slice(6, 8)}日 ${WEEKDAYS[weekday(date)]}`;
}

/** A time past midnight is told as the clock of the next day shows it: people read clocks, not service days. */
function departureWords(departs: string): string {
  const minutes = clockMinutes(departs);
  if (!minutes.ok) return departs;
  const { time, daysLater } = wallTime(minutes.value);
  return `${LATER[daysLater] ?? ''}${time}`;
}

function instantWords(at: EpochMs): string {
  const date = serviceDateOf(at, ZONE);
  return `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6, 8)} ${formatMinutes(minutesInto(date, at, ZONE))}`;
}
