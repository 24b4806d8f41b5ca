import type { CounterCommand } from './commands/command.ts';
import { addNextCard } from './commands/sale/add-next-card.ts';
import { bestSeats } from './commands/sale/best-seats.ts';
import { characters } from './commands/sale/characters.ts';
import { clear } from './commands/sale/clear.ts';
import { closeCharacters } from './commands/sale/close-characters.ts';
import { count } from './commands/sale/count.ts';
import { digit } from './commands/sale/digit.ts';
import { documentDone } from './commands/sale/document-done.ts';
import { documentErase } from './commands/sale/document-erase.ts';
import { documentKey } from './commands/sale/document-key.ts';
import { documentKind } from './commands/sale/document-kind.ts';
import { documentLeave } from './commands/sale/document-leave.ts';
import { documentNext } from './commands/sale/document-next.ts';
import { dropCard } from './commands/sale/drop-card.ts';
import { eraseMoney } from './commands/sale/erase-money.ts';
import { eraseQuery } from './commands/sale/erase-query.ts';
import { filter } from './commands/sale/filter.ts';
import { freeChild } from './commands/sale/free-child.ts';
import { fullFare } from './commands/sale/full-fare.ts';
import { goOn } from './commands/sale/go-on.ts';
import { halfFare } from './commands/sale/half-fare.ts';
import { hold } from './commands/sale/hold.ts';
import { insurance } from './commands/sale/insurance.ts';
import { leavePayment } from './commands/sale/leave-payment.ts';
import { leaveSeats } from './commands/sale/leave-seats.ts';
import { moveBoard } from './commands/sale/move-board.ts';
import { moveCandidate } from './commands/sale/move-candidate.ts';
import { moveDate } from './commands/sale/move-date.ts';
import { moveLine } from './commands/sale/move-line.ts';
import { moveSeat } from './commands/sale/move-seat.ts';
import { moveTrip } from './commands/sale/move-trip.ts';
import { nameBack } from './commands/sale/name-back.ts';
import { openSeats } from './commands/sale/open-seats.ts';
import { pay } from './commands/sale/pay.ts';
import { privilegeFare } from './commands/sale/privilege-fare.ts';
import { refresh } from './commands/sale/refresh.ts';
import { removeLine } from './commands/sale/remove-line.ts';
import { sameAgain } from './commands/sale/same-again.ts';
import { search } from './commands/sale/search.ts';
import { takeBoard } from './commands/sale/take-board.ts';
import { takeDestination } from './commands/sale/take-destination.ts';
import { takeSeats } from './commands/sale/take-seats.ts';
import { today } from './commands/sale/today.ts';
import { toggleSeat } from './commands/sale/toggle-seat.ts';
import { typeDocument } from './commands/sale/type-document.ts';
import { typeMoney } from './commands/sale/type-money.ts';
import { typeSeat } from './commands/sale/type-seat.ts';
import type { Counter } from './counter-state.ts';

/** What the keyboard is about in each step of a sale. */
export type SaleMode =
  | 'sale.idle'
  | 'sale.destination'
  | 'sale.characters'
  | 'sale.trips'
  | 'sale.seats'
  | 'sale.passengers'
  | 'sale.document'
  | 'sale.name'
  | 'sale.payment';

export const SALE_COMMANDS: Readonly<Record<SaleMode, readonly CounterCommand[]>> = {
  'sale.idle': [
    takeBoard,
    sameAgain,
    search,
    digit,
    characters,
    moveBoard,
    moveDate,
    today,
    insurance,
    dropCard,
    clear,
  ],
  'sale.destination': [takeDestination, search, digit, moveCandidate, eraseQuery, moveDate, today, clear],
  'sale.characters': [takeDestination, moveCandidate, closeCharacters],
  'sale.trips': [
    hold,
    count,
    moveTrip,
    openSeats,
    filter,
    moveDate,
    refresh,
    insurance,
    today,
    search,
    eraseQuery,
    dropCard,
    clear,
  ],
  'sale.seats': [takeSeats, moveSeat, toggleSeat, typeSeat, bestSeats, leaveSeats],
  'sale.passengers': [
    goOn,
    typeDocument,
    halfFare,
    freeChild,
    privilegeFare,
    fullFare,
    openSeats,
    removeLine,
    addNextCard,
    insurance,
    moveLine,
    dropCard,
    clear,
  ],
  'sale.document': [documentNext, documentKey, documentErase, documentKind, documentLeave],
  'sale.name': [documentDone, nameBack],
  'sale.payment': [pay, typeMoney, eraseMoney, leavePayment],
};

export function saleModeOf({ sale }: Counter): SaleMode {
  if (sale.characters && (sale.step === 'idle' || sale.step === 'destination')) return 'sale.characters';
  if (sale.step === 'idle' || sale.step === 'done') return 'sale.idle';
  if (sale.step === 'passengers' && sale.entry) return sale.entry.stage === 'number' ? 'sale.document' : 'sale.name';
  return `sale.${sale.step}`;
}
