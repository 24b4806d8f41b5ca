import { boardCard } from './commands/boarding/board-shown.ts';
import { askPickup } from './commands/pickup/ask-pickup.ts';
import type { Card } from './counter-bodies.ts';
import { momentOf, signedIn } from './counter-state.ts';
import type { Desk } from './desk.ts';
import { layCard } from './sale/lay-card.ts';
import { firstSaleable } from './sale/trip-filter.ts';
import { modeOf } from './screens.ts';

const TICK_MS = 1000;
/** The strip must not be older than the eye notices; the agent is next door. */
const LINK_EVERY_TICKS = 2;
const BOARD_EVERY_TICKS = 5;
const KNOWN_EVERY_TICKS = 60;
const RUNNING = new Set(['queued', 'sending']);

/** Keeps true what nobody asks for: clock, link, board, destinations, print jobs, documents on the reader. The answer runs one round at once. */
export function startFeeds(desk: Desk, every: (run: () => void, ms: number) => void): () => void {
  let ticks = 0;
  let cards: (() => void) | null = null;
  const tick = () => {
    desk.change({ now: desk.now() });
    turnDay(desk);
    const session = signedIn(desk.state());
    if (ticks % LINK_EVERY_TICKS === 0 || (session && desk.state().link === null)) void askLink(desk, tick);
    if (session && cards === null) cards = desk.api.cards((card) => card && cardLaid(desk, card));
    if (!session && cards) {
      cards();
      cards = null;
    }
    // Without the agent's time nobody knows which day to ask for.
    if (session && desk.state().link) {
      if (ticks % BOARD_EVERY_TICKS === 0 || desk.state().departures === null) void askBoard(desk);
      if (ticks % KNOWN_EVERY_TICKS === 0 || desk.state().known.length === 0) void askKnown(desk);
      if (jobsMatter(desk)) void askJobs(desk);
      endHold(desk);
    }
    ticks += 1;
  };
  every(tick, TICK_MS);
  return tick;
}

/** Between two customers the date follows the day. */
function turnDay(desk: Desk): void {
  const { sale } = desk.state();
  if ((sale.step === 'idle' || sale.step === 'done') && sale.date < desk.today())
    desk.change({ sale: { ...sale, date: desk.today() } });
}

async function askLink(desk: Desk, round: () => void): Promise<void> {
  const answer = await desk.api.link();
  if (answer.ok) {
    const first = desk.state().link === null;
    desk.setTime(answer.value.now);
    desk.change({ link: answer.value, silentSince: null, now: desk.now() });
    if (first) {
      desk.change({ sale: { ...desk.state().sale, date: desk.today() } });
      round();
    }
    return;
  }
  if (answer.problem.status === 401 && signedIn(desk.state())) desk.change({ session: null });
  if (answer.problem.status === 0) desk.change({ silentSince: desk.state().silentSince ?? desk.now() });
}

async function askBoard(desk: Desk): Promise<void> {
  const { screen, sale } = desk.state();
  // While somebody chooses on the board it must not move under the cursor.
  if (screen !== 'sale' || (sale.step !== 'idle' && sale.step !== 'done' && desk.state().departures !== null)) return;
  const answer = await desk.api.departures();
  if (!answer.ok) return;
  const { departures, boardCursor, boardMoved } = desk.state();
  const chosen = boardMoved
    ? answer.value.findIndex((offer) => offer.tripId === departures?.[boardCursor]?.tripId)
    : -1;
  desk.change({
    departures: answer.value,
    boardCursor: chosen >= 0 ? chosen : firstSaleable(answer.value, momentOf(desk.state())),
  });
}

async function askKnown(desk: Desk): Promise<void> {
  const answer = await desk.api.destinations('', desk.state().sale.date);
  if (answer.ok) desk.change({ known: answer.value });
}

function jobsMatter(desk: Desk): boolean {
  const { screen, last, jobs, link } = desk.state();
  if (screen === 'prints') return true;
  const mine = last?.sold.printJobs ?? [];
  return (
    (link?.printer.unknown ?? 0) > 0 ||
    mine.some((id) => RUNNING.has(jobs?.find((job) => job.id === id)?.state ?? 'queued'))
  );
}

async function askJobs(desk: Desk): Promise<void> {
  const answer = await desk.api.printJobs();
  if (answer.ok) desk.change({ jobs: answer.value });
}

/** The owner's clock ended the hold: the seats are gone, nothing was charged, and the trips are shown again. */
function endHold(desk: Desk): void {
  const { sale } = desk.state();
  if (!sale.held || sale.money.busy || sale.held.expiresAt > desk.now()) return;
  desk.sale({ is: 'cleared', date: desk.today() });
  desk.fail({ code: 'hold.ended', facts: { seats: sale.held.seats.join('、') } });
}

function cardLaid(desk: Desk, card: Card): void {
  const mode = modeOf(desk.state());
  if (mode === 'gate') return void boardCard(desk, card);
  if (mode === 'pickup') return void askPickup(desk, { idType: card.idType, idNo: card.idNo });
  layCard(desk, card);
}
