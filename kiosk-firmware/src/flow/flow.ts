import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import type { PickupProof } from '@lianpiao/shared/protocol/ticketing';
import { assign, setup } from 'xstate';
import type { FlowEvent } from './flow-event.ts';
import {
  CODE_DIGITS_MAX,
  CODE_DIGITS_MIN,
  EMPTY_SESSION,
  firstChoice,
  type Health,
  type Session,
  toggled,
  turnedPage,
} from './session.ts';

/** How long each state waits, in ms. No limit runs while paper moves. */
export const IDLE_MS = 30_000;
/** WCAG 2.2.1: at least 20 s to ask for more time. */
export const STILL_MS = 20_000;
/** Longer than the agent client waits. */
export const SEARCH_MS = 15_000;
/** Longer than the shell repeats a claim. */
export const CLAIM_MS = 60_000;
/** A printer that a person has to help: so long the passenger waits at it, then at a counter. */
export const PRINTER_TROUBLE_MS = 30_000;
/** Nothing was heard of the papers at all: the loop is gone. */
export const PAPERS_SILENT_MS = 120_000;
export const TAKE_MS = 20_000;
export const THANKS_MS = 4_000;
export const ASSIST_MS = 120_000;

export type FlowContext = Session & {
  readonly health: Health;
  /** Counts passengers. */
  readonly session: number;
  /** When the state of now ends by itself. */
  readonly until: EpochMs;
};

/** What the shell does for the flow. Every other action changes the context only. */
export type Effect =
  | { readonly type: 'find'; readonly params: { readonly session: number; readonly proof: PickupProof } }
  | {
      readonly type: 'claim';
      readonly params: { readonly session: number; readonly proof: PickupProof; readonly ticketNos: readonly string[] };
    }
  /** No paper of this session that has not begun may come out any more: its passenger is sent to a counter. */
  | { readonly type: 'withdraw'; readonly params: undefined };

function effect(): void {
  // Carried out by whoever drives the flow; here it is only named.
}

const kiosk = setup({
  types: { context: {} as FlowContext, events: {} as FlowEvent },
  actions: {
    find: effect as (_: unknown, params: { session: number; proof: PickupProof }) => void,
    claim: effect as (
      _: unknown,
      params: { session: number; proof: PickupProof; ticketNos: readonly string[] },
    ) => void,
    withdraw: effect,
    /** Nothing of the passenger remains. */
    wipe: assign(({ context }) => ({ ...EMPTY_SESSION, session: context.session + 1, until: 0 })),
    limit: assign(({ event }, params: { ms: number }) => ({ until: event.at + params.ms })),
  },
  guards: {
    unfit: ({ context }) => context.health.agent !== null || context.health.printer !== null,
    fit: ({ context }) => context.health.agent === null && context.health.printer === null,
    over: ({ context, event }) => event.at >= context.until,
    leftInEnglish: ({ context, event }) => context.language !== EMPTY_SESSION.language && event.at >= context.until,
    mine: ({ context, event }) => 'session' in event && event.session === context.session,
    codeComplete: ({ context }) => context.code.length >= CODE_DIGITS_MIN,
    someChosen: ({ context }) => context.chosen.length > 0,
    settled: ({ context }) =>
      context.papers.length > 0 &&
      context.papers.every(({ state }) => state === 'printed' || state === 'unknown' || state === 'withdrawn'),
    allPrinted: ({ context }) => context.papers.length > 0 && context.papers.every(({ state }) => state === 'printed'),
    printerStuck: ({ context, event }) =>
      context.troubledAt !== null && event.at >= context.troubledAt + PRINTER_TROUBLE_MS,
  },
});

const search = kiosk.enqueueActions(({ context, enqueue }) => {
  if (context.proof) enqueue({ type: 'find', params: { session: context.session, proof: context.proof } });
});
const claim = kiosk.enqueueActions(({ context: { proof, session, chosen }, enqueue }) => {
  if (proof) enqueue({ type: 'claim', params: { session, proof, ticketNos: chosen } });
});
const takeCard = kiosk.assign(({ event }) =>
  event.type === 'card' ? { proof: { idType: event.idType, idNo: event.idNo }, code: '', cardTrouble: null } : {},
);
const takeCode = kiosk.assign(({ context }) => ({ proof: { pickupCode: context.code } }));
const takeProblem = kiosk.assign(({ event }) => ('problem' in event ? { problem: event.problem } : {}));
const takeReference = kiosk.assign(({ event }) => ('reference' in event ? { reference: event.reference } : {}));
const takePapers = kiosk.assign(({ event, context }) => {
  if (event.type === 'claimed' || event.type === 'resumed') return { papers: event.papers ?? [] };
  if (event.type !== 'papers') return {};
  const known = new Set(context.papers.map(({ jobId }) => jobId));
  const papers = event.papers.filter(({ jobId }) => known.has(jobId));
  const troubledAt = event.trouble === null ? null : (context.troubledAt ?? event.at);
  return { ...(papers.length > 0 ? { papers } : {}), printerTrouble: event.trouble, troubledAt };
});
const heardOfPapers = kiosk.assign(({ event, context }) =>
  event.type === 'papers' && JSON.stringify(event.papers) !== JSON.stringify(context.papers)
    ? { until: event.at + PAPERS_SILENT_MS }
    : {},
);
/** The proof has done its work once the claim is answered. */
const dropProof = kiosk.assign({ proof: null, code: '', choices: [], chosen: [] });

/** Any press in a session shows that somebody is there. */
const awake = { type: 'limit', params: { ms: IDLE_MS } } as const;
const speak = {
  actions: kiosk.assign(({ event }) => (event.type === 'speak' ? { language: event.language } : {})),
};
/** Between two passengers a chosen language holds for a while. */
const speakFirst = { actions: [speak.actions, awake] };
const readCard = { target: '#kiosk.session.searching', actions: takeCard } as const;

/**
 * The passenger's way through the kiosk. Pure: time comes in with each event, and what is to be done outside comes out as
 * the actions `find`, `claim` and `withdraw`.
 *
 * A claim and the papers that follow from it belong to the tickets, not to the screen: from `claiming` on, no idle time
 * and no lost device ends the session before each paper is printed, in doubt, or withdrawn.
 */
export const flow = kiosk.createMachine({
  id: 'kiosk',
  context: {
    ...EMPTY_SESSION,
    health: { agent: 'checking', printer: 'checking', reader: 'checking', hub: true },
    session: 0,
    until: 0,
  },
  initial: 'outOfService',
  on: {
    health: { actions: assign(({ event }) => ({ health: event.health })) },
  },
  states: {
    outOfService: {
      entry: 'wipe',
      always: { guard: 'fit', target: 'attract' },
      on: {
        speak: speakFirst,
        tick: { guard: 'leftInEnglish', target: 'outOfService', reenter: true },
        resumed: [
          { guard: ({ event }) => event.papers === null, target: 'claiming', actions: takeReference },
          { target: 'printing', actions: [takeReference, takePapers] },
        ],
      },
    },
    attract: {
      entry: 'wipe',
      always: { guard: 'unfit', target: 'outOfService' },
      on: {
        speak: speakFirst,
        start: 'session.identify',
        card: readCard,
        tick: { guard: 'leftInEnglish', target: 'attract', reenter: true },
      },
    },
    session: {
      initial: 'identify',
      entry: awake,
      always: { guard: 'unfit', target: 'outOfService' },
      on: { quit: 'attract', speak: speakFirst },
      states: {
        identify: {
          on: {
            tick: { guard: 'over', target: '#kiosk.still' },
            card: readCard,
            cardTrouble: { actions: [assign(({ event }) => ({ cardTrouble: event.code })), awake] },
            digit: {
              actions: [
                assign(({ context, event }) => ({
                  code: context.code.length < CODE_DIGITS_MAX ? context.code + event.digit : context.code,
                })),
                awake,
              ],
            },
            erase: { actions: [assign(({ context }) => ({ code: context.code.slice(0, -1) })), awake] },
            submit: { guard: 'codeComplete', target: 'searching', actions: takeCode },
            back: '#kiosk.attract',
          },
        },
        searching: {
          entry: [{ type: 'limit', params: { ms: SEARCH_MS } }, search],
          on: {
            found: [
              {
                guard: ({ context, event }) => event.session === context.session && event.choices.length > 0,
                target: 'list',
                actions: assign(({ event }) => ({
                  choices: event.choices,
                  chosen: firstChoice(event.choices),
                  page: 0,
                })),
              },
              { guard: 'mine', target: 'none' },
            ],
            notFound: { guard: 'mine', target: 'refused', actions: takeProblem },
            tick: { guard: 'over', target: 'refused', actions: assign({ problem: { code: 'agent.slow' } }) },
          },
        },
        list: {
          entry: awake,
          on: {
            tick: { guard: 'over', target: '#kiosk.still' },
            toggle: {
              actions: [
                assign(({ context, event }) =>
                  context.choices.some(({ ticket }) => ticket.ticketNo === event.ticketNo)
                    ? { chosen: toggled(context.chosen, event.ticketNo) }
                    : {},
                ),
                awake,
              ],
            },
            turn: {
              actions: [
                assign(({ context, event }) => ({
                  page: turnedPage(context.page, event.step, context.choices.length),
                })),
                awake,
              ],
            },
            collect: { guard: 'someChosen', target: '#kiosk.claiming', actions: claim },
            back: { target: 'identify', actions: [dropProof, awake] },
          },
        },
        none: {
          entry: [dropProof, awake],
          on: {
            tick: { guard: 'over', target: '#kiosk.still' },
            card: readCard,
            back: { target: 'identify', actions: awake },
          },
        },
        refused: {
          entry: [dropProof, awake],
          exit: assign({ problem: null }),
          on: {
            tick: { guard: 'over', target: '#kiosk.still' },
            card: readCard,
            back: { target: 'identify', actions: awake },
          },
        },
        before: { type: 'history' },
      },
    },
    /** Is anybody there? What is personal is off the screen from here on. */
    still: {
      entry: { type: 'limit', params: { ms: STILL_MS } },
      always: { guard: 'unfit', target: 'outOfService' },
      on: {
        stay: 'session.before',
        quit: 'attract',
        tick: { guard: 'over', target: 'attract' },
        speak,
      },
    },
    claiming: {
      entry: { type: 'limit', params: { ms: CLAIM_MS } },
      on: {
        speak,
        claimed: { guard: 'mine', target: 'printing', actions: [takeReference, takePapers] },
        claimRefused: { guard: 'mine', target: 'session.refused', actions: takeProblem },
        claimLost: { guard: 'mine', target: 'assist', actions: takeReference },
        tick: { guard: 'over', target: 'assist' },
      },
      exit: dropProof,
    },
    printing: {
      entry: { type: 'limit', params: { ms: PAPERS_SILENT_MS } },
      always: [
        { guard: 'allPrinted', target: 'take' },
        { guard: 'settled', target: 'assist' },
      ],
      on: {
        speak,
        papers: { actions: [heardOfPapers, takePapers] },
        tick: [
          { guard: 'printerStuck', target: 'assist' },
          { guard: 'over', target: 'assist' },
        ],
      },
    },
    take: {
      entry: { type: 'limit', params: { ms: TAKE_MS } },
      on: { speak, finish: 'thanks', tick: { guard: 'over', target: 'thanks' } },
    },
    thanks: {
      // The farewell is in the passenger's language and holds nothing else of him.
      entry: [
        assign(({ context }) => ({ ...EMPTY_SESSION, language: context.language })),
        { type: 'limit', params: { ms: THANKS_MS } },
      ],
      on: {
        start: { target: 'session.identify', actions: 'wipe' },
        card: { ...readCard, actions: ['wipe', takeCard] },
        tick: { guard: 'over', target: 'attract' },
      },
    },
    /** A paper is in doubt or never came: the passenger goes to a person with a short code. */
    assist: {
      entry: ['withdraw', { type: 'limit', params: { ms: ASSIST_MS } }],
      on: {
        speak,
        papers: { actions: takePapers },
        finish: 'thanks',
        tick: { guard: 'over', target: 'attract' },
      },
    },
  },
});
