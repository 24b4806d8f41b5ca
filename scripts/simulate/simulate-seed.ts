import { repeatNotices } from './actions/channel.ts';
import { endCopy } from './actions/copies.ts';
import { startDead } from './actions/faults.ts';
import { nextAction } from './actions/next-action.ts';
import { endOldHub } from './actions/old-hub.ts';
import { putOnSale } from './actions/rides.ts';
import { checkExchanges } from './checks/exchange-checks.ts';
import { checkFsck } from './checks/fsck-checks.ts';
import { checkBalance, checkBooks } from './checks/money-checks.ts';
import { checkBurntKeys } from './checks/request-checks.ts';
import { restlessness } from './checks/rest.ts';
import { checkSeats } from './checks/seat-checks.ts';
import { checkStreams } from './checks/stream-checks.ts';
import { checkPassengers, checkSameTickets, checkTold } from './checks/ticket-checks.ts';
import { images } from './province/images.ts';
import { Journal, type Violation } from './province/journal.ts';
import { freshFolder, Run, reasonOf } from './province/run-state.ts';
import { isKilled } from './world/life.ts';

export type SeedResult = {
  readonly seed: number;
  readonly steps: number;
  readonly digest: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly violations: readonly Violation[];
  /** The last lines of the run. */
  readonly trace: readonly string[];
};

const WHOLE_EVERY = 500;
/** Share of the steps in which somebody does something or the world gets in the way. In the others the loops turn. */
const ACTS = 0.25;
/** After a run everything comes to rest in so many rounds of so many ms. */
const REST_ROUNDS = 400;
const REST_MS = 500;
/** Loops turn slower while nobody wants anything. */
const REST_STRETCH = 10;
const ENDS_AT_ROUND = 8;
const HOUR_MS = 3_600_000;
const DAY_AND_HOUR_MS = 25 * HOUR_MS;
const ROUNDS_MIN = 20;

/** One run: the same seed and steps give the same run, to the last line. */
export async function simulateSeed(seed: number, steps: number, traceLines: number): Promise<SeedResult> {
  const folder = freshFolder();
  const run = new Run(seed, folder, await images(folder), new Journal(traceLines));
  const stray = (cause: unknown) => {
    if (!isKilled(cause)) run.journal.violated('nobody caught it', reasonOf(cause));
  };
  process.on('unhandledRejection', stray);
  let step = 0;
  try {
    await openDay(run);
    for (step = 1; step <= steps && run.journal.violations.length === 0; step += 1) await oneStep(run, step);
    if (run.journal.violations.length === 0) await comeToRest(run);
  } catch (cause) {
    run.journal.violated('the simulator failed', reasonOf(cause));
  } finally {
    process.off('unhandledRejection', stray);
    run.close();
  }
  const { violations, lines, counts } = run.journal;
  return {
    seed,
    steps: Math.min(step, steps),
    digest: run.journal.digest(),
    counts: Object.fromEntries(counts),
    violations,
    trace: lines,
  };
}

/** All processes are up and every station has a coach on sale before anything goes wrong. */
async function openDay(run: Run): Promise<void> {
  startDead(run);
  await run.time.advance(3_000, 5);
  for (let time = 0; time < 6; time += 1) putOnSale(run);
  await run.time.advance(2_000, 5);
}

/** One action of a person or of the world, or the next instant at which a loop turns or a message arrives, or a while in which nobody wants anything. */
async function oneStep(run: Run, step: number): Promise<void> {
  if (run.chance(ACTS)) nextAction(run);
  if (run.lullMs > 0) await run.time.lull(run.lullMs, REST_STRETCH);
  else await run.time.next(run.stretch);
  run.lullMs = 0;
  run.journal.note(`${step} ${stateOf(run)}`);
  checkTouched(run);
  if (step % WHOLE_EVERY === 0) checkWhole(run);
}

/** The rules hold over what this step has changed. */
function checkTouched(run: Run): void {
  // A transaction may be committed a step later than its statements.
  const touched = run.nodes.flatMap(({ life }) => [...life.touchedTrips]);
  const trips = new Set([...touched, ...run.touchedBefore]);
  run.touchedBefore = touched;
  if (trips.size > 0)
    checkSeats(
      run,
      run.trips.filter(({ tripId }) => trips.has(tripId)),
    );
  if (run.nodes.some(({ life }) => life.touchedStreams)) checkStreams(run);
  for (const { life } of run.nodes) {
    life.touchedTrips.clear();
    life.touchedStreams = false;
  }
}

function stateOf(run: Run): string {
  const nodes = run.nodes.map(({ life }) => (life.dead ? 'dead' : life.statements)).join(' ');
  return `at ${run.time.wall} statements ${nodes} messages ${run.broker.delivered} waiting ${run.underWay.size}`;
}

function checkWhole(run: Run): void {
  checkSeats(run, run.trips);
  checkTold(run);
  checkBurntKeys(run);
  checkExchanges(run);
  checkBalance(run);
}

/** Everything heals and nobody wants anything more: then all parties agree. */
async function comeToRest(run: Run): Promise<void> {
  run.journal.note('everything heals');
  run.broker.calm();
  run.payer.unreachable = 0;
  for (const { life } of run.nodes) {
    life.crashAt(Number.POSITIVE_INFINITY, true);
    life.commitsToFail = 0;
  }
  for (const { clock } of run.nodes) clock.skewMs = 0;
  endCopy(run);
  endOldHub(run);
  startDead(run);
  if (run.mistimed.has(run.hub.name)) repeatNotices(run);
  let restless = ['just begun'];
  for (let round = 0; round < REST_ROUNDS && restless.length > 0; round += 1) {
    startDead(run);
    // What began before may still have broken a line.
    run.broker.calm();
    await run.time.advance(REST_MS, REST_STRETCH);
    // Holds, payments and refunds that nobody sees to end by the clock, also by one that was a day ahead.
    if (round === ENDS_AT_ROUND) run.time.wallOffsetMs += run.mistimed.size > 0 ? DAY_AND_HOUR_MS : HOUR_MS;
    restless = round < ROUNDS_MIN ? ['holds and payments have not ended'] : restlessness(run);
  }
  if (restless.length > 0) run.journal.violated('it does not come to rest', restless);
  checkWhole(run);
  checkPassengers(run);
  checkSameTickets(run);
  await checkBooks(run);
  await checkFsck(run);
  run.journal.note(`at rest ${stateOf(run)}`);
}
