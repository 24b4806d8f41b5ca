import type { TicketPage } from '../devices/ticket-printer/page.ts';
import type { PrinterTrouble, PrintOutcome, TicketPrinter } from '../devices/ticket-printer/port.ts';
import type { PrintJobState } from '../domain/print-job.ts';
import type { EpochMs } from '../domain/service-day.ts';

/** One paper to print, as the store hands it out. */
export type PrintJob = {
  readonly jobId: string;
  readonly state: Extract<PrintJobState, 'queued' | 'sending' | 'failedBeforeSend'>;
  readonly page: TicketPage;
  /** Four printable ASCII characters, other than those of the jobs before and after. */
  readonly processId: string;
};

/** The print jobs of one printer. Each method is durable when it resolves. */
export type JobStore = {
  /** The oldest job in one of the three open states, `sending` included; null when there is none. */
  next(): Promise<PrintJob | null>;
  /** Moves the job to `sending`. */
  markSending(jobId: string): Promise<void>;
  /** Moves a job that is `sending` to what the outcome says; `failedBeforeSend` leaves it open for another try. */
  finish(jobId: string, outcome: PrintOutcome): Promise<void>;
};

export type PrintLoop = {
  /** Works on one job. For tests and for whoever drives the loop himself; never two at a time. */
  step(): Promise<'printed' | 'settled' | 'idle' | 'trouble'>;
  /** Works by itself until `stop`. */
  start(): void;
  /** Looks for work now: a job was committed, or somebody put paper in. */
  wake(): void;
  /** Ends after the ticket that is being printed, if there is one. */
  stop(): Promise<void>;
  /** Why jobs wait, and since when; null while all is well. For the strip on the screen. */
  trouble(): { readonly trouble: PrinterTrouble; readonly since: EpochMs } | null;
};

const IDLE_MS = 500;
const RETRY_MS_MIN = 1_000;
const RETRY_MS_MAX = 30_000;

/**
 * Works off the print jobs of one printer: each ticket at most once by itself.
 *
 * `sending` is committed before the first byte leaves. A job that is found `sending` was cut off by a crash: whether it is
 * on paper, nobody here knows, so it becomes `unknown` and waits for a person. Only a job of which no byte left is tried
 * again, with growing pauses, for as long as the printer is in trouble. The loop may be killed at any instruction.
 */
export function createPrintLoop(options: {
  readonly jobs: JobStore;
  readonly printer: TicketPrinter;
  readonly now: () => EpochMs;
  /** Store faults and bugs; the loop goes on after a pause. */
  readonly onError?: (error: unknown) => void;
}): PrintLoop {
  const { jobs, printer, now, onError } = options;
  let troubled: { trouble: PrinterTrouble; since: EpochMs } | null = null;
  let running: Promise<void> | null = null;
  let stopping = false;
  let woken = false;
  let endPause: (() => void) | null = null;

  function inTrouble(trouble: PrinterTrouble): 'trouble' {
    if (troubled?.trouble !== trouble) troubled = { trouble, since: now() };
    return 'trouble';
  }

  async function step() {
    const job = await jobs.next();
    if (!job) return 'idle';
    if (job.state === 'sending') {
      await jobs.finish(job.jobId, { kind: 'unknown', trouble: 'printer.interrupted' });
      return 'settled';
    }

    // Asked first, so that a job behind an open cover stays `queued` instead of changing its state with every try.
    const status = await printer.status();
    if (!status.ready) return inTrouble(status.trouble);
    troubled = null;

    await jobs.markSending(job.jobId);
    const outcome = await printer.print(job.page, job.processId);
    await jobs.finish(job.jobId, outcome);
    if (outcome.kind === 'failedBeforeSend') return inTrouble(outcome.trouble);
    return outcome.kind === 'confirmed' ? 'printed' : 'settled';
  }

  async function run(): Promise<void> {
    let retryMs = RETRY_MS_MIN;
    while (!stopping) {
      const result = await step().catch((error: unknown) => {
        onError?.(error);
        return 'trouble' as const;
      });
      if (result === 'idle') await pause(IDLE_MS);
      if (result === 'trouble') await pause(retryMs);
      retryMs = result === 'trouble' ? Math.min(retryMs * 2, RETRY_MS_MAX) : RETRY_MS_MIN;
    }
  }

  function pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(end, ms);
      function end(): void {
        clearTimeout(timer);
        endPause = null;
        woken = false;
        resolve();
      }
      endPause = end;
      // A wake that came while the loop was busy must not be lost: its job may be younger than our last look.
      if (woken || stopping) end();
    });
  }

  return {
    step,
    start: () => {
      if (running !== null) return;
      stopping = false;
      running = run();
    },
    wake: () => {
      woken = true;
      endPause?.();
    },
    stop: async () => {
      stopping = true;
      endPause?.();
      await running;
      running = null;
    },
    trouble: () => troubled,
  };
}
