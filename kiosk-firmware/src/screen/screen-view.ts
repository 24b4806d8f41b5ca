import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import type { Language, Paper, PartState, Trouble } from '../flow/session.ts';

/** A state of the flow, as the screen names its pages. */
export type ScreenName =
  | 'outOfService'
  | 'attract'
  | 'identify'
  | 'searching'
  | 'list'
  | 'none'
  | 'refused'
  | 'still'
  | 'claiming'
  | 'printing'
  | 'take'
  | 'thanks'
  | 'assist';

/** A ticket as a row of the list. The agent has masked the passenger. */
export type TicketRow = {
  readonly ticketNo: string;
  readonly chosen: boolean;
  readonly departed: boolean;
  readonly serviceDate: string;
  readonly departs: string;
  readonly fromName: string;
  readonly toName: string;
  readonly tripNo: string;
  readonly seat: string;
  readonly gate: string;
  readonly fareType: string;
  readonly fareFen: number;
  readonly passenger: string;
  readonly idNo: string;
};

/** What always stands on the screen, whoever is there. */
export type ScreenFrame = {
  readonly station: string;
  readonly terminal: string;
  /** `14:32` in the station's zone, and the service date of now. */
  readonly clock: string;
  readonly today: string;
  readonly pxPerMm: number;
  readonly help: { readonly zh: string; readonly en: string; readonly phone: string | null };
};

/** Everything that the screen shows. It holds no document number but the agent's masked ones, and nothing of a passenger who has left. */
export type ScreenView = ScreenFrame & {
  readonly screen: ScreenName;
  /** Number of the page: a press that was made on another page does not count. */
  readonly turn: number;
  readonly language: Language;
  readonly checks: { readonly agent: PartState; readonly printer: PartState; readonly reader: PartState };
  readonly hub: boolean;
  /** Seconds until this page ends by itself; null where nothing runs out. */
  readonly leftS: number | null;
  readonly code: string;
  readonly codeComplete: boolean;
  readonly cardTrouble: string | null;
  readonly rows: readonly TicketRow[];
  readonly found: number;
  readonly chosen: number;
  readonly page: number;
  readonly pages: number;
  readonly papers: readonly Paper[];
  readonly printerTrouble: string | null;
  readonly problem: Trouble | null;
  readonly reference: string | null;
};

/** What the frame is made from at each look. */
export type ScreenFacts = { readonly frame: ScreenFrame; readonly turn: number; readonly at: EpochMs };
