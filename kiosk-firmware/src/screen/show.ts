import type { FlowContext } from '../flow/flow.ts';
import { type Choice, CODE_DIGITS_MIN, PAGE_ROWS } from '../flow/session.ts';
import type { ScreenFacts, ScreenName, ScreenView, TicketRow } from './screen-view.ts';

/** Pages on which time runs out for the passenger. */
const LIMITED: readonly ScreenName[] = ['identify', 'list', 'none', 'refused', 'still', 'take', 'assist'];
/** Pages that show tickets or papers of the passenger. All others hold none, whatever the flow still knows. */
const WITH_TICKETS: readonly ScreenName[] = ['list'];
const WITH_PAPERS: readonly ScreenName[] = ['printing', 'take', 'assist'];

/** Name of the page of a state: the innermost state's own name. */
export function screenName(value: unknown): ScreenName {
  if (typeof value === 'string') return value as ScreenName;
  return screenName(Object.values(value as object)[0]);
}

/** The page of a state of the flow. Pure: what is not on a page of `WITH_…` is not sent to the screen at all. */
export function show(state: { value: unknown; context: FlowContext }, facts: ScreenFacts): ScreenView {
  const { context } = state;
  const { agent, printer, reader, hub } = context.health;
  const screen = screenName(state.value);
  const choices = WITH_TICKETS.includes(screen) ? context.choices : [];
  const first = context.page * PAGE_ROWS;
  return {
    ...facts.frame,
    screen,
    turn: facts.turn,
    language: context.language,
    checks: { agent, printer, reader },
    hub,
    leftS: LIMITED.includes(screen) ? Math.max(0, Math.ceil((context.until - facts.at) / 1000)) : null,
    code: screen === 'identify' ? context.code : '',
    codeComplete: screen === 'identify' && context.code.length >= CODE_DIGITS_MIN,
    cardTrouble: screen === 'identify' ? context.cardTrouble : null,
    rows: choices.slice(first, first + PAGE_ROWS).map((choice) => row(choice, context.chosen)),
    found: choices.length,
    chosen: choices.length === 0 ? 0 : context.chosen.length,
    page: context.page,
    pages: Math.max(1, Math.ceil(choices.length / PAGE_ROWS)),
    papers: WITH_PAPERS.includes(screen) ? context.papers : [],
    printerTrouble: screen === 'printing' ? context.printerTrouble : null,
    problem: screen === 'refused' ? context.problem : null,
    reference: screen === 'assist' ? context.reference : null,
  };
}

function row({ ticket, departed }: Choice, chosen: readonly string[]): TicketRow {
  const { ticketNo, serviceDate, departs, fromName, toName, tripNo, seat, gate } = ticket;
  const { fareType, fareFen, passenger, idNo } = ticket;
  const ride = { ticketNo, serviceDate, departs, fromName, toName, tripNo, seat, gate, fareType, fareFen };
  return { ...ride, passenger, idNo, departed, chosen: chosen.includes(ticketNo) };
}
