import { expect, it } from 'vitest';
import { soon } from '../devices/soon.ts';
import { escposPrinter } from '../devices/ticket-printer/escpos/driver.ts';
import { CASE_PAGE, TEST_TIMES } from '../devices/ticket-printer/port.cases.ts';
import type { PrintOutcome, TicketPrinter } from '../devices/ticket-printer/port.ts';
import { EPSON_80MM } from '../devices/ticket-printer/printer-profile.ts';
import { simulatedPrinter } from '../devices/ticket-printer/simulator/simulated-printer.ts';
import { memoryPair } from '../devices/transport/memory.ts';
import { PRINT_JOB_STATES, type PrintJobEvent, type PrintJobState } from '../domain/print-job.ts';
import { targets } from '../domain/state-table.ts';
import { createPrintLoop, type JobStore } from './print-loop.ts';
import { processIdOf } from './process-id.ts';

const EVENTS: Readonly<Record<PrintOutcome['kind'], PrintJobEvent>> = {
  confirmed: 'confirm',
  unknown: 'loseTrack',
  failedBeforeSend: 'failBeforeSend',
};

/** Print jobs in memory, moving only along the edges of the state table. What is in `states` is committed. */
function jobsInMemory(count: number) {
  const states = new Map<string, PrintJobState>();
  for (let job = 1; job <= count; job += 1) states.set(`job-${job}`, 'queued');
  const move = (jobId: string, event: PrintJobEvent) => {
    const [to] = targets(PRINT_JOB_STATES, states.get(jobId)!, event);
    if (!to) throw new Error(`no edge ${event} from ${states.get(jobId)}`);
    states.set(jobId, to);
  };
  const store: JobStore = {
    next: async () => {
      for (const [jobId, state] of states) {
        if (state === 'queued' || state === 'sending' || state === 'failedBeforeSend') {
          return { jobId, state, page: CASE_PAGE, processId: processIdOf(Number(jobId.slice(4))) };
        }
      }
      return null;
    },
    markSending: async (jobId) => {
      if (states.get(jobId) === 'failedBeforeSend') move(jobId, 'queueAgain');
      move(jobId, 'send');
    },
    finish: async (jobId, outcome) => move(jobId, EVENTS[outcome.kind]),
  };
  return { store, add: (jobId: string) => states.set(jobId, 'queued'), all: () => [...states.values()] };
}

function aPrinter() {
  const simulated = simulatedPrinter({ id: 'p1', now: () => 0 });
  const printer = escposPrinter({
    profile: EPSON_80MM,
    times: TEST_TIMES,
    connect: () => {
      const [near, far] = memoryPair();
      simulated.attach(far);
      return near;
    },
  });
  return { simulated, printer };
}

const now = () => 1_000;

async function untilIdle(loop: { step(): Promise<string> }): Promise<string[]> {
  const results: string[] = [];
  for (let result = await loop.step(); result !== 'idle'; result = await loop.step()) results.push(result);
  return results;
}

it('prints the jobs in order, each once', async () => {
  const { simulated, printer } = aPrinter();
  const jobs = jobsInMemory(3);
  expect(await untilIdle(createPrintLoop({ jobs: jobs.store, printer, now }))).toEqual([
    'printed',
    'printed',
    'printed',
  ]);
  expect(jobs.all()).toEqual(['confirmed', 'confirmed', 'confirmed']);
  expect(simulated.tickets().map(({ processId }) => processId)).toEqual(['0003', '0002', '0001']);
});

it('commits `sending` before the first byte leaves', async () => {
  const { simulated, printer } = aPrinter();
  const jobs = jobsInMemory(1);
  const seen: string[] = [];
  simulated.onChange(() => seen.push(jobs.all()[0]!));
  await untilIdle(createPrintLoop({ jobs: jobs.store, printer, now }));
  expect(seen[0]).toBe('sending');
});

it('leaves jobs queued while the printer is in trouble, says since when, and prints when it is repaired', async () => {
  const { simulated, printer } = aPrinter();
  const jobs = jobsInMemory(2);
  const loop = createPrintLoop({ jobs: jobs.store, printer, now });
  simulated.misbehave('paper-out');
  expect(await loop.step()).toBe('trouble');
  expect(await loop.step()).toBe('trouble');
  expect(loop.trouble()).toEqual({ trouble: 'printer.out-of-paper', since: 1_000 });
  expect(jobs.all()).toEqual(['queued', 'queued']);
  simulated.misbehave('none');
  expect(await untilIdle(loop)).toEqual(['printed', 'printed']);
  expect(loop.trouble()).toBeNull();
});

it('tries a job again of which no byte had left', async () => {
  const { simulated, printer } = aPrinter();
  const jobs = jobsInMemory(1);
  // The cover opens between the loop's question and the driver's own.
  const opened: TicketPrinter = {
    status: printer.status,
    print: async (page, id) => {
      simulated.misbehave('cover-open');
      return printer.print(page, id);
    },
  };
  expect(await createPrintLoop({ jobs: jobs.store, printer: opened, now }).step()).toBe('trouble');
  expect(jobs.all()).toEqual(['failedBeforeSend']);
  simulated.misbehave('none');
  expect(await untilIdle(createPrintLoop({ jobs: jobs.store, printer, now }))).toEqual(['printed']);
  expect(simulated.tickets()).toHaveLength(1);
});

it('never prints an unknown ticket again by itself, and goes on with the next', async () => {
  const { simulated, printer } = aPrinter();
  const jobs = jobsInMemory(2);
  const loop = createPrintLoop({ jobs: jobs.store, printer, now });
  simulated.misbehave('drop-mid-ticket');
  expect(await untilIdle(loop)).toEqual(['settled', 'printed']);
  expect(await untilIdle(createPrintLoop({ jobs: jobs.store, printer, now }))).toEqual([]);
  expect(jobs.all()).toEqual(['unknown', 'confirmed']);
  expect(simulated.tickets().map(({ state, processId }) => [state, processId])).toEqual([
    ['complete', '0002'],
    ['partial', null],
  ]);
});

it('may be killed at any instruction: no paper comes twice, and what was cut off is unknown', async () => {
  const calls = ['next', 'status', 'markSending', 'print', 'finish'] as const;
  for (const call of calls) {
    for (const moment of ['before', 'after'] as const) {
      const { simulated, printer } = aPrinter();
      const jobs = jobsInMemory(2);
      let dead = false;
      /** Carries out `work`, unless the program dies before it; dies after it where that is the moment. */
      const fatal =
        <Args extends unknown[], Value>(name: (typeof calls)[number], work: (...args: Args) => Promise<Value>) =>
        async (...args: Args): Promise<Value> => {
          if (name === call && moment === 'before') dead = true;
          if (dead) throw new Error('killed');
          const value = await work(...args);
          if (name === call) dead = true;
          if (dead) throw new Error('killed');
          return value;
        };
      const doomed = createPrintLoop({
        now,
        jobs: {
          next: fatal('next', jobs.store.next),
          markSending: fatal('markSending', jobs.store.markSending),
          finish: fatal('finish', jobs.store.finish),
        },
        printer: { status: fatal('status', printer.status), print: fatal('print', printer.print) },
      });
      await expect(doomed.step()).rejects.toThrow('killed');

      await untilIdle(createPrintLoop({ jobs: jobs.store, printer, now }));
      const ids = simulated.tickets().map(({ processId }) => processId);
      expect(new Set(ids).size, `killed ${moment} ${call}`).toBe(ids.length);
      expect(jobs.all()[1]).toBe('confirmed');
      const cutOff = ['after markSending', 'before print', 'after print', 'before finish'].includes(
        `${moment} ${call}`,
      );
      expect(jobs.all()[0], `killed ${moment} ${call}`).toBe(cutOff ? 'unknown' : 'confirmed');
      if (jobs.all()[0] === 'confirmed') expect(ids).toContain('0001');
    }
  }
});

it('works by itself when woken, survives a store that fails, and stops cleanly', async () => {
  const { simulated, printer } = aPrinter();
  const jobs = jobsInMemory(1);
  const errors: unknown[] = [];
  let failing = true;
  const loop = createPrintLoop({
    printer,
    now,
    onError: (error) => errors.push(error),
    jobs: {
      ...jobs.store,
      next: async () => {
        if (failing) throw new Error('the disk is full');
        return jobs.store.next();
      },
    },
  });
  loop.start();
  await soon(() => expect(errors).toHaveLength(1));
  failing = false;
  loop.wake();
  await soon(() => expect(jobs.all()).toEqual(['confirmed']));
  jobs.add('job-2');
  loop.wake();
  await soon(() => expect(jobs.all()).toEqual(['confirmed', 'confirmed']));
  await loop.stop();
  jobs.add('job-3');
  loop.wake();
  expect(simulated.tickets()).toHaveLength(2);
});
