import type { Connect } from '../transport/transport.ts';
import type { IdReader, IdReaderEvent, IdReaderTrouble } from './port.ts';
import { type CardReading, checkModule, readCard } from './read-card.ts';
import { SamSession } from './session.ts';

export type SamTimes = {
  /** Between two looks for a card. */
  readonly pollMs: number;
  readonly reconnectMsMin: number;
  readonly reconnectMsMax: number;
  /** Divides the protocol's own time limits; more than 1 in tests only. */
  readonly hurry: number;
};

export const USUAL_SAM_TIMES: SamTimes = { pollMs: 400, reconnectMsMin: 500, reconnectMsMax: 30_000, hurry: 1 };

/** So many "no card" in a row end a card: a single one happens when a card lies badly, and must not tell it twice. */
const MISSES_OF_REMOVAL = 3;

/** So many failures in a row, and the person at the counter has to do something. */
const FAILURES_OF_FAULT = 3;

/**
 * Second-generation ID-card reader with a security module, over any transport. Looks for a card again and again, tells
 * each card once, and the same card again only after the reader had stopped offering it. Connects again by itself, with growing pauses.
 */
export function samReader(options: { readonly connect: Connect; readonly times?: SamTimes }): IdReader {
  const { connect, times = USUAL_SAM_TIMES } = options;
  const listeners = new Set<(event: IdReaderEvent) => void>();
  let state: ReturnType<IdReader['state']> = 'connecting';
  let running: Promise<void> | null = null;
  let closing = false;
  let endPause: (() => void) | null = null;
  let session: SamSession | null = null;

  /** Number of the card that was told, `''` for one that could not be understood, null for none. */
  let present: string | null = null;
  let misses = 0;
  let failures = 0;
  let silences = 0;

  const tell = (event: IdReaderEvent) => {
    if (closing) return;
    for (const listener of listeners) listener(event);
  };

  function fault(code: IdReaderTrouble): void {
    if (state === code) return;
    state = code;
    tell({ kind: 'fault', code });
  }

  function ready(): void {
    if (state === 'ready') return;
    state = 'ready';
    tell({ kind: 'ready' });
  }

  function forget(): void {
    if (present !== null) tell({ kind: 'removed' });
    present = null;
    misses = 0;
  }

  /** True as long as the connection is good for another look. */
  function take(reading: CardReading): boolean {
    silences = reading.kind === 'trouble' && reading.code === 'id-reader.silent' ? silences + 1 : 0;
    failures = reading.kind === 'failed' ? failures + 1 : 0;
    if (reading.kind === 'none') {
      misses += 1;
      if (present === null) ready();
      else if (misses >= MISSES_OF_REMOVAL) {
        forget();
        state = 'ready';
      }
    } else if (reading.kind === 'card') {
      misses = 0;
      if (present !== reading.card.idNo) {
        forget();
        present = reading.card.idNo;
        tell({ kind: 'card', card: reading.card });
      }
      state = 'card';
    } else if (reading.kind === 'failed') {
      misses = 0;
      if (failures >= FAILURES_OF_FAULT) {
        fault('id-reader.replace-card');
        present ??= '';
      }
    } else {
      return trouble(reading.code);
    }
    return true;
  }

  function trouble(code: IdReaderTrouble): boolean {
    if (code === 'id-reader.unknown-card' || code === 'id-reader.unreadable-card') {
      misses = 0;
      if (present !== '') forget();
      present = '';
      fault(code);
      return true;
    }
    if (code === 'id-reader.silent' && silences < FAILURES_OF_FAULT) return true;
    forget();
    fault(code);
    return code !== 'id-reader.unplugged';
  }

  async function run(): Promise<void> {
    let waitMs = times.reconnectMsMin;
    while (!closing) {
      session = await SamSession.open(connect, times.hurry).catch(() => null);
      if (session) {
        if (await serve(session)) waitMs = times.reconnectMsMin;
        await session.close();
        session = null;
      } else {
        fault('id-reader.unreachable');
      }
      if (!closing) await pause(waitMs);
      waitMs = Math.min(waitMs * 2, times.reconnectMsMax);
    }
  }

  /** Works on one connection until it ends; true when it was ever of use. */
  async function serve(current: SamSession): Promise<boolean> {
    let useful = false;
    silences = 0;
    while (!closing && !useful) {
      const wrong = await checkModule(current);
      if (wrong === null) useful = true;
      else if (!take({ kind: 'trouble', code: wrong })) return false;
      else await pause(times.pollMs);
    }
    if (!useful) return false;
    ready();
    while (!closing && take(await readCard(current))) await pause(times.pollMs);
    return true;
  }

  function pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      if (closing) return resolve();
      const timer = setTimeout(end, ms);
      function end(): void {
        clearTimeout(timer);
        endPause = null;
        resolve();
      }
      endPause = end;
    });
  }

  return {
    onEvent: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    start: () => {
      if (running === null) running = run();
    },
    state: () => state,
    close: async () => {
      closing = true;
      endPause?.();
      await session?.close();
      await running;
    },
  };
}
