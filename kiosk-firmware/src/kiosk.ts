import type { IdReader } from '@lianpiao/shared/devices/id-reader/port';
import type { TicketPrinter } from '@lianpiao/shared/devices/ticket-printer/port';
import type { Log } from '@lianpiao/shared/log';
import { createPrintLoop } from '@lianpiao/shared/printing/print-loop';
import type { AgentClient } from './agent-client.ts';
import { choicesOf } from './choices.ts';
import { askAgent } from './claims/ask-agent.ts';
import { abandonClaim, endRefusedClaim } from './claims/end-claim.ts';
import { keepPapers } from './claims/keep-papers.ts';
import { type ClaimWish, type OpenClaim, openClaim } from './claims/open-claim.ts';
import { unfinishedClaims } from './claims/unfinished-claims.ts';
import type { Effect } from './flow/flow.ts';
import type { FlowEvent, Press, Report } from './flow/flow-event.ts';
import { firstState, step } from './flow/run-flow.ts';
import type { Health } from './flow/session.ts';
import type { KioskDesk } from './kiosk-desk.ts';
import { printJobStore, withdrawPapers } from './printing/job-store.ts';
import { papersOf } from './printing/papers-of.ts';
import type { ScreenFrame, ScreenView } from './screen/screen-view.ts';
import { screenName, show } from './screen/show.ts';
import { isCardTrouble } from './self-test.ts';

/** A claim that a crash cut off is finished while its passenger still stands there; after so long it is withdrawn, in ms. */
const RESUME_MS = 180_000;

export type KioskParts = {
  readonly desk: KioskDesk;
  readonly agent: AgentClient;
  readonly printer: TicketPrinter;
  readonly reader: IdReader | null;
  readonly province: string;
  /** What always stands on the screen, as of now. */
  readonly frame: () => ScreenFrame;
  /** Milliseconds that nobody sets. */
  readonly monotonic: () => number;
  readonly log: Log;
};

export type Kiosk = {
  /** Takes up what a crash has cut off, and begins to serve. */
  start(): Promise<void>;
  view(): ScreenView;
  onView(listener: () => void): () => void;
  /** A press on the page with this number; one on a page that is gone counts for nothing. */
  press(turn: number, press: Press): void;
  health(health: Health): void;
  /** Lets time pass: called twice a second. */
  tick(): Promise<void>;
  close(): Promise<void>;
};

/** Drives the flow: carries out its effects, and feeds it with presses, cards, answers and papers. */
export function createKiosk(parts: KioskParts): Kiosk {
  const { desk, agent, reader, log, monotonic } = parts;
  const listeners = new Set<() => void>();
  const closing = new AbortController();
  const running = new Set<Promise<void>>();
  let state = firstState();
  let turn = 0;
  /** Of the passenger who is here: what `withdraw` and the list of papers refer to. */
  let claimId: string | null = null;

  const prints = createPrintLoop({
    jobs: printJobStore(desk, parts.province, () => inBackground(tellPapers())),
    printer: parts.printer,
    now: () => desk.clock.now(),
    onError: (cause) => log.failed('print.failed', cause),
  });

  function send(event: Press | Report): void {
    const before = screenName(state.value);
    const sessionBefore = state.context.session;
    const next = step(state, { ...event, at: monotonic() } as FlowEvent);
    state = next.state;
    const screen = screenName(state.value);
    if (screen !== before || state.context.session !== sessionBefore) turn += 1;
    if (screen !== before) log('screen.changed', { screen, from: before });
    if (screen === 'attract' || screen === 'outOfService') claimId = null;
    for (const effect of next.effects) inBackground(carryOut(effect));
    for (const listener of listeners) listener();
  }

  /** The job edge: what fails here is told, and the flow's own limits go on from there. */
  function inBackground(work: Promise<void>): void {
    const done = work.catch((cause: unknown) => log.failed('kiosk.failed', cause)).finally(() => running.delete(done));
    running.add(done);
  }

  async function carryOut(effect: Effect): Promise<void> {
    const { language } = state.context;
    if (effect.type === 'find') {
      const { session, proof } = effect.params;
      const answer = await agent.find(proof, language);
      if (answer.kind === 'yes')
        return send({ type: 'found', session, choices: choicesOf(answer.value, desk.clock.now()) });
      return send({ type: 'notFound', session, problem: answer.problem });
    }
    if (effect.type === 'claim') {
      const { session, proof, ticketNos } = effect.params;
      return claim(session, await openClaim(desk, { proof, ticketNos }));
    }
    if (claimId !== null) {
      await withdrawPapers(desk, claimId, prints.trouble()?.trouble ?? 'print.withdrawn');
      await tellPapers();
    }
  }

  async function claim(session: number, open: OpenClaim): Promise<void> {
    const { reference } = open;
    if (state.context.session === session) claimId = open.claimId;
    const answer = await askAgent(agent, open, state.context.language, { monotonic, signal: closing.signal });
    if (answer.kind === 'stopped') return;
    log('claim.answered', { answer: answer.kind, reference, tickets: open.wish.ticketNos.length });
    if (answer.kind === 'no') {
      await endRefusedClaim(desk, open.claimId);
      return send({ type: 'claimRefused', session, problem: answer.problem });
    }
    if (answer.kind === 'lost') {
      await abandonClaim(desk, open);
      return send({ type: 'claimLost', session, reference });
    }
    const papers = await keepPapers(desk, open, answer.papers);
    send({ type: 'claimed', session, reference, papers });
    // The flow has given up meanwhile and sent the passenger to a person: these papers must not come out behind his back.
    if (screenName(state.value) !== 'printing') return withdrawPapers(desk, open.claimId, 'print.withdrawn');
    prints.wake();
  }

  async function tellPapers(): Promise<void> {
    const told = claimId;
    if (told === null) return;
    const papers = await papersOf(desk.store, told);
    if (told === claimId && papers.length > 0)
      send({ type: 'papers', papers, trouble: prints.trouble()?.trouble ?? null });
  }

  async function resume(): Promise<void> {
    const [newest, ...older] = await unfinishedClaims(desk);
    const whole = newest && (newest.wish === null || newest.wish.ticketNos.length > 0);
    const young = whole && desk.clock.now() - newest.askedAt < RESUME_MS ? newest : null;
    for (const left of young ? older : newest ? [newest, ...older] : []) {
      log('claim.given-up', { reference: left.reference });
      if (left.wish) await abandonClaim(desk, { ...left, wish: left.wish });
      else await withdrawPapers(desk, left.claimId, 'printer.interrupted');
    }
    if (!young) return;
    log('claim.resumed', { reference: young.reference, answered: young.wish === null });
    const { reference } = young;
    claimId = young.claimId;
    if (young.wish) {
      send({ type: 'resumed', reference, papers: null });
      inBackground(claim(state.context.session, { ...young, wish: young.wish as ClaimWish }));
    } else {
      send({ type: 'resumed', reference, papers: await papersOf(desk.store, young.claimId) });
    }
  }

  return {
    start: async () => {
      await resume();
      reader?.onEvent((event) => {
        if (event.kind === 'card') send({ type: 'card', idType: event.card.idType, idNo: event.card.idNo });
        if (event.kind === 'fault' && isCardTrouble(event.code)) send({ type: 'cardTrouble', code: event.code });
        if (event.kind === 'fault') log('id-reader.troubled', { code: event.code });
      });
      reader?.start();
      prints.start();
    },
    view: () => show(state, { frame: parts.frame(), turn, at: monotonic() }),
    onView: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    press: (pressedOn, press) => {
      if (pressedOn === turn) send(press);
    },
    health: (health) => {
      // Somebody has put paper in: what waits need not wait for the loop's next try.
      if (health.printer === null && state.context.printerTrouble !== null) prints.wake();
      send({ type: 'health', health });
    },
    tick: async () => {
      const screen = screenName(state.value);
      if (screen === 'printing' || screen === 'assist') await tellPapers();
      send({ type: 'tick' });
    },
    close: async () => {
      closing.abort();
      await prints.stop();
      await reader?.close();
      await Promise.all(running);
    },
  };
}
