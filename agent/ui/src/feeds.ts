import { boardCard } from './commands/boarding/board-shown.ts';
import { askPickup } from './commands/pickup/ask-pickup.ts';
import type { Card } from './counter-bodies.ts';
import { signedIn } from './counter-state.ts';
import type { Desk } from './desk.ts';
import { layCard } from './sale/lay-card.ts';
import { modeOf } from './screens.ts';

const TICK_MS = 1000;
/** The strip must not be older than the eye notices; the agent is next door. */
const LINK_EVERY_TICKS = 2;
const BOARD_EVERY_TICKS = 5;
const KNOWN_EVERY_TICKS = 60;
const RUNNING = new Set(['queued', 'sending']);

/** Keeps true what nobody asks for: clock, link, board, destinations, print jobs, documents on the reader. */
export function startFeeds(desk: Desk, every: (run: () => void, ms: number) => void): void {
  let ticks = 0;
  let cards: (() => void) | null = null;
  const tick = () => {
    desk.change({ now: desk.now() });
    const session = signedIn(desk.state());
    if (ticks % LINK_EVERY_TICKS === 0) void askLink(desk);
    if (session && cards === null) cards = desk.api.cards((card) => card && cardLaid(desk, card));
    if (!session && cards) {
      cards();
      cards = null;
    }
    if (session) {
      if (ticks % BOARD_EVERY_TICKS === 0 || desk.state().departures === null) void askBoard(desk);
      if (ticks % KNOWN_EVERY_TICKS === 0 || desk.state().known.length === 0) void askKnown(desk);
      if (jobsMatter(desk)) void askJobs(desk);
      endHold(desk);
    }
    ticks += 1;
  };
  tick();
  every(tick, TICK_MS);
}

async function askLink(desk: Desk): Promise<void> {
  const answer = await desk.api.link();
  if (answer.ok) {
    desk.setTime(answer.value.now);
    return desk.change({ link: answer.value, silentSince: null });
  }
  if (answer.problem.status === 0) desk.change({ silentSince: desk.state().silentSince ?? desk.now() });
}

async function askBoard(desk: Desk): Promise<void> {
  const { screen, sale } = desk.state();
  // While somebody chooses on the board it must not move under the cursor.
  if (screen !== 'sale' || (sale.step !== 'idle' && sale.step !== 'done' && desk.state().departures !== null)) return;
  const answer = await desk.api.departures();
  if (!answer.ok) return;
  const before = desk.state().departures?.[desk.state().boardCursor]?.tripId;
  const same = answer.value.findIndex((offer) => offer.tripId === before);
  desk.change({ departures: answer.value, boardCursor: desk.state().boardCursor === 0 ? 0 : Math.max(0, same) });
}

async function askKnown(desk: Desk): Promise<void> {
  const answer = await desk.api.destinations('', desk.state().sale.date);
  if (answer.ok) desk.change({ known: answer.value });
}

function jobsMatter(desk: Desk): boolean {
  const { screen, last, jobs, link } = desk.state();
  if (screen === 'prints') return true;
  const mine = last?.sold.printJobs ?? [];
  return (link?.printer.unknown ?? 0) > 0 || mine.some((id) => RUNNING.has(jobs?.find((job) => job.id === id)?.state ?? 'queued'));
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
  desk.fail({ code: 'hold.expired', facts: { seats: sale.held.seats.join('、') } });
}

function cardLaid(desk: Desk, card: Card): void {
  const mode = modeOf(desk.state());
  if (mode === 'gate') return void boardCard(desk, card);
  if (mode === 'pickup') return void askPickup(desk, { idType: card.idType, idNo: card.idNo });
  layCard(desk, card);
}
