import { aPassenger } from '@lianpiao/shared/testing/builders';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ScreenFacts } from '../screen/screen-view.ts';
import { screenName, show } from '../screen/show.ts';
import { aPaper, aTicket, eventsFor, FIT } from '../testing/flow-samples.ts';
import { flow, IDLE_MS, PRINTER_TROUBLE_MS, STILL_MS } from './flow.ts';
import type { FlowEvent } from './flow-event.ts';
import { type FlowState, firstState, step } from './run-flow.ts';

type Timeless = ReturnType<typeof eventsFor>[number];
const PERSON = aPassenger(1);
const DONE_BY_ITSELF = ['attract', 'outOfService'];
const facts: ScreenFacts = {
  turn: 0,
  at: 0,
  frame: {
    station: '湖州总站',
    terminal: '101',
    clock: '12:00',
    today: '20261121',
    pxPerMm: 4,
    help: { zh: '窗口', en: 'counter', phone: null },
  },
};

/** Sends events one after the other, each after the time that stands before it. */
function after(state: FlowState, ...events: (Timeless | number)[]): FlowState & { at: number } {
  let at = (state as { at?: number }).at ?? 0;
  let now = state;
  for (const event of events) {
    if (typeof event === 'number') at += event;
    else now = step(now, { ...event, at } as FlowEvent).state;
  }
  return Object.assign(now, { at });
}

const session = (state: FlowState) => state.context.session;
const name = (state: FlowState) => screenName(state.value);
const ready = () => after(firstState(), { type: 'health', health: FIT });
const twoTickets = [0, 2].map((index) => ({ ticket: aTicket(index), departed: false }));
function atList(): FlowState {
  const searching = after(ready(), { type: 'card', idType: PERSON.idType, idNo: PERSON.idNo });
  return after(searching, { type: 'found', session: session(searching), choices: twoTickets });
}
function atPrinting(): FlowState {
  const claiming = after(atList(), { type: 'collect' });
  const papers = [aPaper(0), aPaper(2)];
  return after(claiming, { type: 'claimed', session: session(claiming), reference: 'K101-0001', papers });
}
const told = (
  first: Parameters<typeof aPaper>[1],
  second: Parameters<typeof aPaper>[1],
  trouble: string | null = null,
) => ({ type: 'papers', papers: [aPaper(0, first), aPaper(2, second)], trouble }) as const;

/** Every state that the events of `eventsFor` lead to from the first one, each with one example. */
function explored(): Map<string, FlowState> {
  const seen = new Map<string, FlowState>();
  const pages = new Map<string, FlowState>();
  const queue: FlowState[] = [firstState()];
  while (queue.length > 0) {
    const state = queue.shift()!;
    const { context } = state;
    const key = JSON.stringify([
      state.value,
      context.health.agent,
      context.health.printer,
      context.code.length > 7,
      context.language,
      context.troubledAt !== null,
    ]);
    if (seen.has(key)) continue;
    seen.set(key, state);
    pages.set(name(state), pages.get(name(state)) ?? state);
    for (const event of eventsFor(context.session)) {
      const digits = event.type === 'digit' ? Array<Timeless>(8).fill(event) : [event];
      queue.push(after({ ...state } as FlowState, ...digits));
      queue.push(after({ ...state } as FlowState, 200_000, ...digits));
    }
  }
  return pages;
}

describe('the flow as a whole', () => {
  it('has every state reached, and none that a passenger or his leaving cannot end', () => {
    const pages = explored();
    const declared = Object.entries(flow.root.states).flatMap(([each, node]) =>
      Object.keys(node.states).length > 0 ? Object.keys(node.states).filter((inner) => inner !== 'before') : [each],
    );
    expect([...pages.keys()].sort()).toEqual(declared.sort());
    for (const [page, state] of pages) {
      // Nobody touches anything any more and no answer comes: time alone brings the kiosk back.
      let left = after({ ...state } as FlowState, { type: 'health', health: FIT });
      for (let hour = 0; hour < 8 && name(left) !== 'attract'; hour += 1)
        left = after(left, 3_600_000, { type: 'tick' });
      expect(name(left), `left alone at ${page}`).toBe('attract');
    }
  });

  it('keeps nothing of a passenger when nobody is there, whatever happened before, and never shows a whole document number', () => {
    const anyStep = fc.tuple(fc.nat(1_000), fc.constantFrom(100, 5_000, 31_000, 130_000));
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 40 }), (steps) => {
        let state = after(firstState(), { type: 'health', health: FIT });
        for (const [pick, ms] of steps) {
          const events = eventsFor(session(state));
          state = after(state, ms, events[pick % events.length]!);
          const shown = JSON.stringify(show(state, facts));
          expect(shown).not.toContain(PERSON.idNo);
          if (!DONE_BY_ITSELF.includes(name(state))) continue;
          const { proof, code, choices, chosen, papers, problem, reference } = state.context;
          expect({ proof, code, choices, chosen, papers, problem, reference }).toEqual({
            proof: null,
            code: '',
            choices: [],
            chosen: [],
            papers: [],
            problem: null,
            reference: null,
          });
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('finding tickets', () => {
  it('goes from a card on the attract page straight to the search, and asks once', () => {
    const { state, effects } = step(ready(), { type: 'card', idType: PERSON.idType, idNo: PERSON.idNo, at: 0 });
    expect(name(state)).toBe('searching');
    expect(effects).toEqual([
      { type: 'find', params: { session: session(state), proof: { idType: PERSON.idType, idNo: PERSON.idNo } } },
    ]);
  });

  it('searches for a pickup code only when it is long enough', () => {
    const digit: Timeless = { type: 'digit', digit: '8' };
    const typed = after(ready(), { type: 'start' }, ...Array<Timeless>(7).fill(digit));
    expect(name(after(typed, { type: 'submit' }))).toBe('identify');
    const { state, effects } = step(after(typed, digit), { type: 'submit', at: 0 });
    expect(name(state)).toBe('searching');
    expect(effects).toMatchObject([{ type: 'find', params: { proof: { pickupCode: '88888888' } } }]);
  });

  it('gives no passenger the answer to the one before', () => {
    const first = after(ready(), { type: 'card', idType: PERSON.idType, idNo: PERSON.idNo });
    const second = after(first, { type: 'quit' }, { type: 'card', ...aPassenger(2) } as Timeless);
    expect(name(after(second, { type: 'found', session: session(first), choices: twoTickets }))).toBe('searching');
  });

  it('chooses what still leaves and drops nothing that was taken out by hand', () => {
    const list = atList();
    expect(list.context.chosen).toEqual([aTicket(0).ticketNo, aTicket(2).ticketNo]);
    const less = after(list, { type: 'toggle', ticketNo: aTicket(0).ticketNo });
    expect(less.context.chosen).toEqual([aTicket(2).ticketNo]);
    expect(name(after(less, { type: 'toggle', ticketNo: aTicket(2).ticketNo }, { type: 'collect' }))).toBe('list');
  });
});

describe('idle time', () => {
  it('asks after 30 seconds, hides what is personal while it asks, and wipes after 20 more', () => {
    const still = after(atList(), IDLE_MS, { type: 'tick' });
    expect(name(still)).toBe('still');
    expect(show(still, facts).rows).toEqual([]);
    expect(show(still, { ...facts, at: still.at }).leftS).toBe(20);
    expect(name(after(still, STILL_MS, { type: 'tick' }))).toBe('attract');
  });

  it('goes on where it was when the passenger is still there, any number of times', () => {
    let state: FlowState = atList();
    for (let turn = 0; turn < 5; turn += 1) {
      state = after(state, IDLE_MS, { type: 'tick' }, { type: 'stay' });
      expect(name(state)).toBe('list');
      expect(state.context.chosen).toHaveLength(2);
    }
  });

  it('does not run while papers are printed', () => {
    expect(
      name(after(atPrinting(), 60_000, { type: 'tick' }, told('printing', 'waiting'), 60_000, { type: 'tick' })),
    ).toBe('printing');
  });

  it('returns to Chinese when a visitor chose English and left', () => {
    const english = after(ready(), { type: 'speak', language: 'en' });
    expect(after(english, 29_000, { type: 'tick' }).context.language).toBe('en');
    expect(after(english, IDLE_MS, { type: 'tick' }).context.language).toBe('zh');
  });
});

describe('claim and papers', () => {
  it('claims the chosen tickets once and forgets the document when the claim is answered', () => {
    const { state, effects } = step(atList(), { type: 'collect', at: 0 });
    expect(effects).toMatchObject([
      { type: 'claim', params: { ticketNos: [aTicket(0).ticketNo, aTicket(2).ticketNo] } },
    ]);
    expect(step(state, { type: 'collect', at: 0 }).effects).toEqual([]);
    expect(atPrinting().context).toMatchObject({ proof: null, choices: [], chosen: [] });
  });

  it('sends the passenger to take the tickets only when each is printed', () => {
    expect(name(after(atPrinting(), told('printed', 'waiting')))).toBe('printing');
    expect(name(after(atPrinting(), told('printed', 'printed')))).toBe('take');
    expect(name(after(atPrinting(), told('printed', 'unknown')))).toBe('assist');
  });

  it('is not ended by a lost agent, printer or reader', () => {
    const lost: Timeless = {
      type: 'health',
      health: { agent: 'agent.offline', printer: 'printer.offline', reader: 'id-reader.silent', hub: false },
    };
    expect(name(after(after(atList(), { type: 'collect' }), lost))).toBe('claiming');
    expect(name(after(atPrinting(), lost, told('printed', 'printed')))).toBe('take');
    expect(name(after(atList(), lost))).toBe('outOfService');
  });

  it('waits at a printer in trouble, then withdraws what has not begun and sends the passenger to a person', () => {
    const stuck = after(atPrinting(), told('printed', 'waiting', 'printer.out-of-paper'));
    expect(name(after({ ...stuck } as FlowState, PRINTER_TROUBLE_MS - 1_000, { type: 'tick' }))).toBe('printing');
    const { state, effects } = step(stuck, { type: 'tick', at: stuck.at + PRINTER_TROUBLE_MS });
    expect(name(state)).toBe('assist');
    expect(effects).toMatchObject([{ type: 'withdraw' }]);
    expect(show(state, facts).reference).toBe('K101-0001');
  });

  it('goes on after a restart: with the claim that has no answer, or with the papers', () => {
    expect(name(after(firstState(), { type: 'resumed', reference: 'K101-0001', papers: null }))).toBe('claiming');
    const printing = after(firstState(), { type: 'resumed', reference: 'K101-0001', papers: [aPaper(0), aPaper(2)] });
    expect(name(after(printing, told('printed', 'printed')))).toBe('take');
  });
});
