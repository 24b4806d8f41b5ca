import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import type { PickupProof, TicketView } from '@lianpiao/shared/protocol/ticketing';

export type Language = 'zh' | 'en';

/** What a part of the kiosk lacks, as a code, or null while it works. `checking` until it was asked for the first time. */
export type PartState = 'checking' | (string & {}) | null;

/** The last self-test. Without agent or printer nothing can be handed out; without reader there is the pickup code. */
export type Health = {
  readonly agent: PartState;
  readonly printer: PartState;
  readonly reader: PartState;
  /** False while the station has lost the hub: only the station's own tickets can be collected. */
  readonly hub: boolean;
};

/** A ticket that can be collected. `departed`: its coach has left; it is offered, but not chosen by itself. */
export type Choice = { readonly ticket: TicketView; readonly departed: boolean };

/** A paper of this session and how far it is. `withdrawn` came to no paper and never will by itself. */
export type Paper = {
  readonly jobId: string;
  readonly ticketNo: string;
  readonly seat: string;
  readonly toName: string;
  readonly departs: string;
  readonly state: 'waiting' | 'printing' | 'printed' | 'unknown' | 'withdrawn';
};

/** Why a step came to nothing. `title` and `hint` are the agent's own words, for codes that the screen has none for. */
export type Trouble = { readonly code: string; readonly title?: string; readonly hint?: string };

/** Everything the kiosk knows of one passenger. `EMPTY_SESSION` is what remains between two of them. */
export type Session = {
  readonly language: Language;
  readonly proof: PickupProof | null;
  /** Digits of the pickup code as typed. */
  readonly code: string;
  /** Why the card on the reader could not be read. */
  readonly cardTrouble: string | null;
  readonly choices: readonly Choice[];
  readonly chosen: readonly string[];
  readonly page: number;
  readonly papers: readonly Paper[];
  /** What stops the printer while papers wait, and since when. */
  readonly printerTrouble: string | null;
  readonly troubledAt: EpochMs | null;
  readonly problem: Trouble | null;
  /** Short code that passenger and clerk tell each other. */
  readonly reference: string | null;
};

export const EMPTY_SESSION: Session = {
  language: 'zh',
  proof: null,
  code: '',
  cardTrouble: null,
  choices: [],
  chosen: [],
  page: 0,
  papers: [],
  printerTrouble: null,
  troubledAt: null,
  problem: null,
  reference: null,
};

/** Shape of a pickup code: the agent's contract. */
export const CODE_DIGITS_MIN = 8;
export const CODE_DIGITS_MAX = 12;
/** Papers of one claim: the agent's contract. */
export const CHOSEN_MAX = 10;
/** Rows of a page of tickets: as many as stand on the smaller screen without scrolling. */
export const PAGE_ROWS = 4;

/** What is chosen when the list opens: all that still leave, as far as one claim goes. */
export function firstChoice(choices: readonly Choice[]): string[] {
  return choices
    .filter(({ departed }) => !departed)
    .slice(0, CHOSEN_MAX)
    .map(({ ticket }) => ticket.ticketNo);
}

/** Chooses the ticket, or takes it back out. A full choice takes no more. */
export function toggled(chosen: readonly string[], ticketNo: string): readonly string[] {
  if (chosen.includes(ticketNo)) return chosen.filter((each) => each !== ticketNo);
  return chosen.length < CHOSEN_MAX ? [...chosen, ticketNo] : chosen;
}

/** The page `step` further, within the pages there are. */
export function turnedPage(page: number, step: 1 | -1, rows: number): number {
  return Math.min(Math.max(page + step, 0), Math.max(Math.ceil(rows / PAGE_ROWS) - 1, 0));
}
