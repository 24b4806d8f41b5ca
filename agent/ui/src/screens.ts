import { backToGate, backToTrips } from './commands/boarding/back.ts';
import { board } from './commands/boarding/board.ts';
import { depart } from './commands/boarding/depart.ts';
import { eraseShown } from './commands/boarding/erase-shown.ts';
import { moveDeparture } from './commands/boarding/move-departure.ts';
import { openDepart } from './commands/boarding/open-depart.ts';
import { openGate } from './commands/boarding/open-gate.ts';
import { typeShown } from './commands/boarding/type-shown.ts';
import { undo } from './commands/boarding/undo.ts';
import type { CounterCommand } from './commands/command.ts';
import { boarding } from './commands/global/boarding.ts';
import { help } from './commands/global/help.ts';
import { language } from './commands/global/language.ts';
import { link } from './commands/global/link.ts';
import { palette } from './commands/global/palette.ts';
import { pickup } from './commands/global/pickup.ts';
import { prints } from './commands/global/prints.ts';
import { rebook } from './commands/global/rebook.ts';
import { refund } from './commands/global/refund.ts';
import { reprint } from './commands/global/reprint.ts';
import { shift } from './commands/global/shift.ts';
import { voidScreen } from './commands/global/void.ts';
import { closeHelp } from './commands/overlay/close-help.ts';
import { closePalette } from './commands/overlay/close-palette.ts';
import { closeProblem } from './commands/overlay/close-problem.ts';
import { movePalette } from './commands/overlay/move-palette.ts';
import { runPalette } from './commands/overlay/run-palette.ts';
import { collect } from './commands/pickup/collect.ts';
import { eraseCode } from './commands/pickup/erase-code.ts';
import { findPickup } from './commands/pickup/find-pickup.ts';
import { movePickup } from './commands/pickup/move-pickup.ts';
import { togglePickup } from './commands/pickup/toggle-pickup.ts';
import { typeCode } from './commands/pickup/type-code.ts';
import { moveJob } from './commands/prints/move-job.ts';
import { voidAndReprint, wasPrinted } from './commands/prints/resolve.ts';
import { closeShift } from './commands/shift/close.ts';
import { eraseCount } from './commands/shift/erase-count.ts';
import { leaveShift } from './commands/shift/leave-shift.ts';
import { nextCount, previousCount } from './commands/shift/next-count.ts';
import { typeCount } from './commands/shift/type-count.ts';
import { signIn } from './commands/sign-in/sign-in.ts';
import { eraseNo } from './commands/tickets/erase-ticket-no.ts';
import { findRebook, moveRebookDate } from './commands/tickets/find-rebook.ts';
import { findTicket } from './commands/tickets/find-ticket.ts';
import { leave } from './commands/tickets/leave.ts';
import { moveRebookTrip } from './commands/tickets/move-rebook-trip.ts';
import { moveTicket } from './commands/tickets/move-ticket.ts';
import { quoteRefund } from './commands/tickets/quote-refund.ts';
import { rebookNow } from './commands/tickets/rebook.ts';
import { refundNow } from './commands/tickets/refund.ts';
import { reprintNow } from './commands/tickets/reprint.ts';
import { reprintReason } from './commands/tickets/reprint-reason.ts';
import { typeNo } from './commands/tickets/type-ticket-no.ts';
import { voidNow } from './commands/tickets/void.ts';
import type { Counter } from './counter-state.ts';
import { SALE_COMMANDS, type SaleMode, saleModeOf } from './sale-screens.ts';

/**
 * Which commands are possible where. A mode is what the keyboard is about at a moment: a screen, a step of the sale, or
 * what lies over them. Buttons, key bar, help and palette are made from these lists; the first command of Enter is the next step.
 */
export type Mode =
  | 'starting'
  | 'signIn'
  | 'problem'
  | 'help'
  | 'palette'
  | SaleMode
  | 'refund'
  | 'void'
  | 'reprint'
  | 'rebook'
  | 'pickup'
  | 'prints'
  | 'boarding'
  | 'gate'
  | 'depart'
  | 'shift'
  | 'shiftClosed'
  | 'link';

const COMMANDS: Readonly<Record<Exclude<Mode, SaleMode>, readonly CounterCommand[]>> = {
  starting: [],
  signIn: [signIn],
  problem: [closeProblem],
  help: [closeHelp],
  palette: [runPalette, movePalette, closePalette],
  refund: [quoteRefund, refundNow, typeNo, eraseNo, leave],
  void: [findTicket, voidNow, typeNo, moveTicket, eraseNo, leave],
  reprint: [findTicket, reprintNow, reprintReason, typeNo, moveTicket, eraseNo, leave],
  rebook: [findRebook, rebookNow, moveRebookTrip, moveRebookDate, typeNo, eraseNo, leave],
  pickup: [findPickup, collect, typeCode, movePickup, togglePickup, eraseCode, leave],
  prints: [wasPrinted, voidAndReprint, moveJob, leave],
  boarding: [openGate, moveDeparture, leave],
  gate: [board, undo, openDepart, typeShown, eraseShown, backToTrips],
  depart: [depart, backToGate],
  shift: [nextCount, closeShift, typeCount, eraseCount, previousCount, leaveShift],
  shiftClosed: [leaveShift],
  link: [leave],
};

/** Commands of everywhere, once somebody has signed in and nothing lies over the screen. */
export const GLOBAL_COMMANDS: readonly CounterCommand[] = [
  refund,
  rebook,
  pickup,
  voidScreen,
  reprint,
  prints,
  boarding,
  shift,
  link,
  language,
  palette,
  help,
];

const OVER_ALL: ReadonlySet<Mode> = new Set(['starting', 'signIn', 'problem', 'help', 'palette', 'shiftClosed']);
/** Where the language can still be switched though the screen is covered. */
const SWITCHABLE: ReadonlySet<Mode> = new Set(['signIn', 'problem', 'help', 'shiftClosed']);

export const MODES = [
  ...(Object.keys(COMMANDS) as Exclude<Mode, SaleMode>[]),
  ...(Object.keys(SALE_COMMANDS) as SaleMode[]),
];

export function modeOf(state: Counter): Mode {
  if (state.problem) return 'problem';
  if (state.overlay) return state.overlay;
  if (state.session === 'asking') return 'starting';
  if (state.session === null) return 'signIn';
  if (state.screen === 'sale') return saleModeOf(state);
  if (state.screen === 'shift' && state.shift.closed) return 'shiftClosed';
  if (state.screen !== 'boarding') return state.screen;
  if (state.boarding.step === 'trips') return 'boarding';
  return state.boarding.step;
}

/** What lies under problem, help and palette: the screen that help explains and the palette searches. */
export function modeUnder(state: Counter): Mode {
  return modeOf({ ...state, problem: null, overlay: null });
}

/** The commands of a mode alone. */
export function commandsOf(mode: Mode): readonly CounterCommand[] {
  return mode.startsWith('sale.') ? SALE_COMMANDS[mode as SaleMode] : COMMANDS[mode as Exclude<Mode, SaleMode>];
}

/** The commands of everywhere that work in a mode. */
export function globalsOf(mode: Mode): readonly CounterCommand[] {
  if (!OVER_ALL.has(mode)) return GLOBAL_COMMANDS;
  return SWITCHABLE.has(mode) ? [language] : [];
}
