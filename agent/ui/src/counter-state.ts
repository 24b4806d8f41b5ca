import { type ServiceDate, serviceDateOf } from '@lianpiao/shared/domain/service-day';
import type {
  Boarded,
  Collected,
  Departed,
  Destination,
  LinkState,
  Offer,
  PickupProof,
  Problem,
  Refunded,
  RefundQuote,
  TicketView,
} from '@lianpiao/shared/protocol/ticketing';
import type { Label } from '@lianpiao/shared/ui/keys';
import type { Card, PrintJob, Session, ShiftClosed, SignIn } from './counter-bodies.ts';
import { emptySale, type Receipt, type Sale } from './sale/sale-state.ts';
import type { Moment } from './sale/trip-filter.ts';
import { emptyPick, type TicketPick } from './tickets/ticket-pick.ts';

export type Screen =
  | 'sale'
  | 'refund'
  | 'rebook'
  | 'pickup'
  | 'void'
  | 'reprint'
  | 'prints'
  | 'boarding'
  | 'shift'
  | 'link';

/** Everything the counter shows. Replaced as a whole at each change, never changed in place. */
export type Counter = {
  /** `asking` until the agent said whether somebody is signed in. */
  readonly session: Session | 'asking' | null;
  readonly signIn: SignIn & { readonly busy: boolean };
  readonly screen: Screen;
  readonly overlay: 'help' | 'palette' | null;
  /** `found` names the commands that fit the query. */
  readonly palette: { readonly query: string; readonly found: readonly string[]; readonly cursor: number };
  readonly problem: { readonly problem: Problem; readonly at: number } | null;
  /** One line about the last key, gone with the next one. */
  readonly note: Label | null;
  /** The station's time by the agent's clock, once a second. */
  readonly now: number;
  readonly link: LinkState | null;
  readonly silentSince: number | null;
  readonly numLockOff: boolean;
  /** 下位证件: a document laid down when no line waits for one. */
  readonly nextCard: Card | null;
  readonly known: readonly Destination[];
  readonly departures: readonly Offer[] | null;
  readonly boardCursor: number;
  /** The clerk moved the cursor: it follows its trip instead of the first one that can be sold. */
  readonly boardMoved: boolean;
  readonly sale: Sale;
  readonly last: Receipt | null;
  readonly escAt: number;
  readonly jobs: readonly PrintJob[] | null;
  readonly jobCursor: number;
  readonly refund: TicketPick & { readonly quote: RefundQuote | null; readonly done: Refunded | null };
  readonly voiding: TicketPick & { readonly done: { readonly ticketNo: string; readonly payoutFen: number } | null };
  readonly reprint: TicketPick & { readonly reason: number; readonly done: boolean };
  readonly rebook: TicketPick & {
    readonly date: ServiceDate;
    readonly offers: readonly Offer[] | null;
    readonly tripCursor: number;
    readonly done: { readonly ticket: TicketView; readonly differenceFen: number } | null;
  };
  readonly pickup: Pickup;
  readonly boarding: Boarding;
  readonly shift: Shift;
};

export type Pickup = {
  readonly typed: string;
  readonly busy: boolean;
  readonly proof: PickupProof | null;
  readonly found: readonly TicketView[] | null;
  readonly chosen: readonly string[];
  readonly cursor: number;
  readonly key: string;
  readonly done: Collected | null;
};

export type Verdict =
  | { readonly kind: 'yes' | 'undone'; readonly boarded: Partial<Boarded> }
  | { readonly kind: 'no'; readonly problem: Problem };
export type Boarding = {
  readonly step: 'trips' | 'gate' | 'depart';
  readonly cursor: number;
  readonly trip: Offer | null;
  readonly manifest: readonly TicketView[] | null;
  readonly typed: string;
  readonly verdict: Verdict | null;
  readonly lastTicket: string | null;
  readonly vehicle: string;
  readonly key: string;
  readonly busy: boolean;
  readonly departed: Departed | null;
};

export type Shift = {
  readonly counts: readonly string[];
  readonly cursor: number;
  readonly key: string;
  readonly busy: boolean;
  readonly closed: ShiftClosed | null;
};

export const ZONE_DEFAULT = 'Asia/Shanghai';

/** The counter before anybody has signed in. `counter` is the number of this window, remembered by the page. */
export function freshCounter(today: ServiceDate, counter: string, now: number): Counter {
  return {
    session: 'asking',
    signIn: { user: '', password: '', counter, busy: false },
    screen: 'sale',
    overlay: null,
    palette: { query: '', found: [], cursor: 0 },
    problem: null,
    note: null,
    now,
    link: null,
    silentSince: null,
    numLockOff: false,
    nextCard: null,
    known: [],
    departures: null,
    boardCursor: 0,
    boardMoved: false,
    sale: emptySale(today),
    last: null,
    escAt: 0,
    jobs: null,
    jobCursor: 0,
    ...freshScreens(today),
  };
}

/** The screens beside the sale, as they open. Each opening has its own idempotency key. */
export function freshScreens(
  today: ServiceDate,
  key = '',
): Pick<Counter, 'refund' | 'voiding' | 'reprint' | 'rebook' | 'pickup' | 'boarding' | 'shift'> {
  return {
    refund: { ...emptyPick(key), quote: null, done: null },
    voiding: { ...emptyPick(key), done: null },
    reprint: { ...emptyPick(key), reason: 0, done: false },
    rebook: { ...emptyPick(key), date: today, offers: null, tripCursor: 0, done: null },
    pickup: { typed: '', busy: false, proof: null, found: null, chosen: [], cursor: 0, key, done: null },
    boarding: {
      step: 'trips',
      cursor: 0,
      trip: null,
      manifest: null,
      typed: '',
      verdict: null,
      lastTicket: null,
      vehicle: '',
      key,
      busy: false,
      departed: null,
    },
    shift: { counts: Array(8).fill(''), cursor: 0, key, busy: false, closed: null },
  };
}

/** The zone in which this station tells the time. */
export function zoneOf(counter: Counter): string {
  return signedIn(counter)?.station.zone ?? ZONE_DEFAULT;
}

/** The clerk at this counter, or null while there is none. */
export function signedIn(counter: Counter): Session | null {
  return counter.session === 'asking' ? null : counter.session;
}

/** What decides here and now what can be sold. */
/** The service day that it is at this station. */
export function todayOf(counter: Counter): ServiceDate {
  return serviceDateOf(counter.now, zoneOf(counter));
}

export function momentOf(counter: Counter): Moment {
  return { online: isOnline(counter), now: counter.now };
}

/** True while the hub answers: its seats, other stations and refunds of their tickets are within reach. */
export function isOnline(counter: Counter): boolean {
  return counter.silentSince === null && (counter.link?.state === 'online' || counter.link?.state === 'late');
}
