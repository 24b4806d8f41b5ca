import type { Run } from '../province/run-state.ts';

const MOMENT_MS = 2_000;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How late repeated work runs: mostly on time. */
const STRETCHES = [1, 1, 3, 10];

/** Few messages are very late, or many so late that who asked has just begun to ask what became of the question. */
const STRAGGLING = [
  { share: 0.03, ms: 20_000 },
  { share: 0.03, ms: 20_000 },
  { share: 0.4, ms: 6_000 },
];

/** The lines get worse or better, and the machines slower or faster. */
export function changeWeather(run: Run): void {
  const storm = run.chance(0.5);
  run.broker.weather = storm
    ? { loss: run.upTo(30) / 100, duplication: run.upTo(20) / 100, delayMsMax: 1 + run.upTo(400) }
    : { loss: 0, duplication: 0, delayMsMax: 2 };
  run.broker.straggling = storm ? run.pick(STRAGGLING)! : { share: 0, ms: 0 };
  run.payer.unreachable = run.chance(0.3) ? 0.4 : 0;
  run.stretch = run.pick(STRETCHES)!;
  run.journal.note(`weather ${JSON.stringify(run.broker.weather)}`);
}

export function cutLine(run: Run): void {
  const node = run.pick(run.nodes)!;
  const noticed = run.chance(0.5);
  run.broker.cut(node.name, noticed);
  run.journal.note(`line of ${node.name} breaks${noticed ? '' : ' unnoticed'}`);
}

/** So long nothing happens, in ms, that those who gave up for a while try again. */
const LULL_MS = 30_000;

export function healLines(run: Run): void {
  for (const { name } of run.nodes) run.broker.heal(name);
  run.journal.note('all lines are whole');
  if (run.chance(0.3)) run.lullMs = run.upTo(LULL_MS);
}

export function restartBroker(run: Run): void {
  run.broker.restart();
  run.journal.note('another broker');
}

/** A process dies at one of its next statements, or now. */
export function crash(run: Run): void {
  const node = run.pick(run.nodes.filter(({ life }) => !life.dead));
  if (!node) return;
  run.journal.count('crashes');
  if (run.chance(0.2)) {
    node.kill();
    run.journal.note(`${node.name} is killed`);
    return;
  }
  const statement = 1 + run.upTo(60);
  const before = run.chance(0.5);
  node.life.crashAt(statement, before);
  run.journal.note(`${node.name} dies ${before ? 'before' : 'behind'} its statement ${statement}`);
}

export function startDead(run: Run): void {
  for (const node of run.nodes) {
    if (!node.life.dead) continue;
    node.start();
    run.journal.note(`${node.name} starts`);
  }
}

/** An operator stops a process in order; it is started again as a dead one is. */
export function shutDown(run: Run): void {
  const node = run.pick(run.nodes.filter(({ isUp }) => isUp));
  if (!node) return;
  run.journal.count('shutdowns');
  run.begin(`shutdown of ${node.name}`, async () => {
    await node.shutDown();
    return 'done';
  });
}

/** Somebody sets the clock of one machine, wrong or right. */
export function setClock(run: Run): void {
  const wrong = run.nodes.find(({ clock }) => Math.abs(clock.skewMs) >= HOUR);
  const node = wrong ?? run.pick(run.nodes)!;
  node.clock.skewMs = wrong ? 0 : run.pick([HOUR, -HOUR, DAY, -DAY])!;
  run.mistimed.add(node.name);
  run.journal.count('clocks set');
  run.journal.note(`the clock of ${node.name} is ${node.clock.skewMs / MINUTE} minutes off`);
}

export function fillDisk(run: Run): void {
  const node = run.pick(run.nodes)!;
  node.life.commitsToFail = 1 + run.upTo(3);
  run.journal.note(`the disk of ${node.name} is full`);
}

/** For a moment nobody wants anything. */
export function passMoment(run: Run): void {
  run.lullMs = run.upTo(MOMENT_MS);
}

/** Minutes pass on the wall clock, and on all of them at once. */
export function passTime(run: Run): void {
  const minutes = 1 + run.upTo(12);
  run.time.wallOffsetMs += minutes * MINUTE;
  run.journal.note(`${minutes} minutes pass`);
}
