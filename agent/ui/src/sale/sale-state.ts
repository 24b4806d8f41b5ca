import type { FareType } from '@lianpiao/shared/domain/fare-type';
import type { ServiceDate } from '@lianpiao/shared/domain/service-day';
import type { Destination, Held, Offer, Sold } from '@lianpiao/shared/protocol/ticketing';
import type { DocumentEntry } from './document-entry.ts';
import { typeMoney } from './money-entry.ts';
import { type Line, linesFor, totalsOf, waitingLine } from './passenger-lines.ts';
import type { SeatChoice } from './seat-choice.ts';
import { filterTrips, firstSaleable, type Moment, TIME_FILTERS, type TimeFilter } from './trip-filter.ts';

/** Where a sale is. `done` looks like `idle` with the last sale's change still on the screen, until the next key. */
export type SaleStep = 'idle' | 'destination' | 'trips' | 'seats' | 'passengers' | 'payment' | 'done';

export type Sale = {
  readonly step: SaleStep;
  readonly query: string;
  /** The text field for characters is open. */
  readonly characters: boolean;
  readonly candidates: readonly Destination[];
  readonly candidateCursor: number;
  readonly destination: { readonly code: string; readonly name: string } | null;
  readonly date: ServiceDate;
  readonly filter: TimeFilter;
  /** Null while they are being asked for. `ask` tells a late answer from the one that is waited for. */
  readonly offers: readonly Offer[] | null;
  /** The offers of the chosen time of day: what the cursor walks on. */
  readonly shown: readonly Offer[] | null;
  readonly ask: number;
  readonly tripCursor: number;
  readonly count: number;
  readonly holding: boolean;
  readonly offer: Offer | null;
  readonly held: Held | null;
  readonly lines: readonly Line[];
  readonly lineCursor: number;
  readonly entry: DocumentEntry | null;
  readonly choice: SeatChoice | null;
  readonly insuranceFenEach: number;
  readonly money: MoneyScreen;
  readonly receipt: Receipt | null;
};

export type MoneyScreen = {
  readonly typed: string;
  readonly openedAt: number;
  readonly key: string;
  readonly warned: boolean;
  readonly busy: boolean;
};
export type Receipt = { readonly sold: Sold; readonly offer: Offer };

export type SaleEvent =
  | { readonly is: 'queryChanged'; readonly query: string; readonly candidates: readonly Destination[] }
  | { readonly is: 'candidatesCame'; readonly query: string; readonly candidates: readonly Destination[] }
  | { readonly is: 'candidateMoved'; readonly by: number }
  | { readonly is: 'charactersOpened'; readonly open: boolean }
  | {
      readonly is: 'destinationTaken';
      readonly destination: { code: string; name: string };
      readonly date: ServiceDate;
    }
  | {
      readonly is: 'offersCame';
      readonly ask: number;
      readonly offers: readonly Offer[];
      readonly moment: Moment;
    }
  | { readonly is: 'offersRefused'; readonly ask: number }
  | { readonly is: 'boardTaken'; readonly offers: readonly Offer[]; readonly cursor: number }
  | { readonly is: 'tripMoved'; readonly to: number }
  | { readonly is: 'counted'; readonly count: number }
  | { readonly is: 'filterTurned'; readonly moment: Moment }
  | { readonly is: 'insuranceSet'; readonly fenEach: number }
  | { readonly is: 'holdAsked' }
  | { readonly is: 'holdRefused' }
  | { readonly is: 'held'; readonly held: Held; readonly offer: Offer; readonly keep: readonly Line[] }
  | { readonly is: 'choiceChanged'; readonly choice: SeatChoice | null }
  | { readonly is: 'linesChanged'; readonly lines: readonly Line[] }
  | { readonly is: 'lineMoved'; readonly by: number }
  | { readonly is: 'fareTypeChosen'; readonly fareType: FareType }
  | { readonly is: 'entryChanged'; readonly entry: DocumentEntry | null }
  | { readonly is: 'paymentOpened'; readonly at: number; readonly key: string }
  | { readonly is: 'paymentLeft' }
  | { readonly is: 'moneyTyped'; readonly key: string }
  | { readonly is: 'moneyErased' }
  | { readonly is: 'moneyWarned' }
  | { readonly is: 'payAsked' }
  | { readonly is: 'payRefused'; readonly key: string }
  | { readonly is: 'sold'; readonly sold: Sold; readonly date: ServiceDate }
  | { readonly is: 'cleared'; readonly date: ServiceDate };

const NO_MONEY: MoneyScreen = { typed: '', openedAt: 0, key: '', warned: false, busy: false };

/** A sale before its first key. Insurance stays as the clerk left it; everything else starts anew. */
export function emptySale(date: ServiceDate, insuranceFenEach = 0, ask = 0): Sale {
  return {
    step: 'idle',
    query: '',
    characters: false,
    candidates: [],
    candidateCursor: 0,
    destination: null,
    date,
    filter: 'all',
    offers: null,
    shown: null,
    ask,
    tripCursor: 0,
    count: 1,
    holding: false,
    offer: null,
    held: null,
    lines: [],
    lineCursor: 0,
    entry: null,
    choice: null,
    insuranceFenEach,
    money: NO_MONEY,
    receipt: null,
  };
}

/** What the order costs as it stands. */
export function totals(sale: Sale) {
  const prices = sale.held ?? sale.shown?.[sale.tripCursor] ?? { fullFen: 0, halfFen: 0 };
  const lines = sale.held ? sale.lines : linesFor(Array.from({ length: sale.count }, (_, index) => String(index)));
  return totalsOf(lines, prices, sale.insuranceFenEach);
}

/** The next state of a sale. Pure: events carry time, keys and answers. An event that does not belong to the step changes nothing. */
export function nextSale(sale: Sale, event: SaleEvent): Sale {
  switch (event.is) {
    case 'queryChanged':
      if (event.query === '')
        return { ...emptySale(sale.date, sale.insuranceFenEach, sale.ask + 1), characters: sale.characters };
      return {
        ...emptySale(sale.date, sale.insuranceFenEach, sale.ask + 1),
        step: 'destination',
        query: event.query,
        candidates: event.candidates,
        characters: sale.characters,
      };
    case 'candidatesCame':
      return sale.step === 'destination' && sale.query === event.query
        ? { ...sale, candidates: event.candidates, candidateCursor: 0 }
        : sale;
    case 'candidateMoved':
      return { ...sale, candidateCursor: within(sale.candidateCursor + event.by, sale.candidates.length) };
    case 'charactersOpened':
      return { ...sale, characters: event.open };
    case 'destinationTaken':
      return {
        ...sale,
        step: 'trips',
        destination: event.destination,
        date: event.date,
        characters: false,
        offers: null,
        shown: null,
        ask: sale.ask + 1,
        tripCursor: 0,
        receipt: null,
      };
    case 'offersCame':
      if (sale.step !== 'trips' || event.ask !== sale.ask) return sale;
      return showing({ ...sale, offers: event.offers }, event.moment);
    case 'offersRefused':
      return sale.step === 'trips' && event.ask === sale.ask ? { ...sale, offers: [], shown: [] } : sale;
    case 'boardTaken': {
      const offer = event.offers[event.cursor];
      if (!offer) return sale;
      const destination = { code: '', name: offer.toName };
      return {
        ...emptySale(offer.serviceDate as ServiceDate, sale.insuranceFenEach, sale.ask + 1),
        step: 'trips',
        destination,
        offers: event.offers,
        shown: event.offers,
        tripCursor: event.cursor,
      };
    }
    case 'tripMoved':
      return sale.step === 'trips' ? { ...sale, tripCursor: within(event.to, sale.shown?.length ?? 0) } : sale;
    case 'counted':
      return sale.step === 'trips' ? { ...sale, count: event.count } : sale;
    case 'filterTurned':
      return showing(
        { ...sale, filter: TIME_FILTERS[(TIME_FILTERS.indexOf(sale.filter) + 1) % TIME_FILTERS.length]! },
        event.moment,
      );
    case 'insuranceSet':
      return { ...sale, insuranceFenEach: event.fenEach };
    case 'holdAsked':
      return { ...sale, holding: true };
    case 'holdRefused':
      return { ...sale, holding: false };
    case 'held':
      // Left meanwhile: whoever asked gives the seats back.
      if (!sale.holding) return sale;
      return afterHold(sale, event.held, event.offer, event.keep);
    case 'choiceChanged':
      return { ...sale, choice: event.choice, step: event.choice ? 'seats' : sale.held ? 'passengers' : 'trips' };
    case 'linesChanged':
      return sale.held ? { ...sale, lines: event.lines, lineCursor: cursorOn(event.lines) } : sale;
    case 'lineMoved':
      return { ...sale, lineCursor: within(sale.lineCursor + event.by, sale.lines.length) };
    case 'fareTypeChosen':
      return {
        ...sale,
        lines: sale.lines.map((line, index) =>
          index === sale.lineCursor && line.seat !== null ? { ...line, fareType: event.fareType, byHand: true } : line,
        ),
      };
    case 'entryChanged':
      return sale.step === 'passengers' ? { ...sale, entry: event.entry } : sale;
    case 'paymentOpened':
      if (sale.step !== 'passengers' || waitingLine(sale.lines) >= 0 || sale.lines.length === 0) return sale;
      return { ...sale, step: 'payment', entry: null, money: { ...NO_MONEY, openedAt: event.at, key: event.key } };
    case 'paymentLeft':
      return sale.step === 'payment' && !sale.money.busy ? { ...sale, step: 'passengers', money: NO_MONEY } : sale;
    case 'moneyTyped':
      return canType(sale)
        ? { ...sale, money: { ...sale.money, typed: typeMoney(sale.money.typed, event.key), warned: false } }
        : sale;
    case 'moneyErased':
      return canType(sale)
        ? { ...sale, money: { ...sale.money, typed: sale.money.typed.slice(0, -1), warned: false } }
        : sale;
    case 'moneyWarned':
      return { ...sale, money: { ...sale.money, warned: true } };
    case 'payAsked':
      return canType(sale) ? { ...sale, money: { ...sale.money, busy: true } } : sale;
    case 'payRefused':
      return sale.step === 'payment' ? { ...sale, money: { ...sale.money, busy: false, key: event.key } } : sale;
    case 'sold':
      if (sale.step !== 'payment' || !sale.offer) return sale;
      return {
        ...emptySale(event.date, sale.insuranceFenEach, sale.ask + 1),
        step: 'done',
        receipt: { sold: event.sold, offer: sale.offer },
      };
    case 'cleared':
      return emptySale(event.date, sale.insuranceFenEach, sale.ask + 1);
  }
}

function afterHold(sale: Sale, held: Held, offer: Offer, keep: readonly Line[]): Sale {
  // Lines that were filled keep their documents in order; free children ride along without a seat.
  const seated = keep.filter((line) => line.seat !== null);
  const lines = linesFor(held.seats).map((line, index) => ({ ...line, ...seated[index], seat: line.seat }));
  const all = [...lines, ...keep.filter((line) => line.seat === null)];
  return {
    ...sale,
    step: 'passengers',
    holding: false,
    held,
    offer,
    choice: null,
    entry: null,
    count: held.seats.length,
    lines: all,
    lineCursor: cursorOn(all),
  };
}

function showing(sale: Sale, moment: Moment): Sale {
  const shown = sale.offers === null ? null : filterTrips(sale.offers, sale.filter, moment.now);
  return { ...sale, shown, tripCursor: firstSaleable(shown ?? [], moment) };
}

function cursorOn(lines: readonly Line[]): number {
  const waiting = waitingLine(lines);
  return waiting >= 0 ? waiting : Math.max(0, lines.length - 1);
}

function canType(sale: Sale): boolean {
  return sale.step === 'payment' && !sale.money.busy;
}

function within(index: number, length: number): number {
  return Math.max(0, Math.min(index, length - 1));
}
