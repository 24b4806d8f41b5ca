import type { Run } from '../province/run-state.ts';
import { buyOnLine, refundOnLine } from './channel.ts';
import { buyAtCopy, endCopy, startCopy } from './copies.ts';
import { buyAtCounter, rebookOne, refundAtCounter, voidOne } from './counter.ts';
import { mergeOne, seatOne, seatOneAtHub, substituteOne } from './dispatch.ts';
import { rebookElsewhere, settleOne } from './exchanges.ts';
import {
  changeWeather,
  crash,
  cutLine,
  fillDisk,
  healLines,
  passMoment,
  passTime,
  restartBroker,
  setClock,
  shutDown,
  startDead,
} from './faults.ts';
import { boardByOldCode, boardOne, collectOne, departOne, releaseUncertainSeats, unboardOne } from './gate.ts';
import { buyAtOldHub, meetOldHub } from './old-hub.ts';
import {
  backUp,
  loseDiskOffLine,
  loseHubAfterGrant,
  releaseSeatsOfHub,
  restoreHub,
  restoreStation,
} from './restores.ts';
import { putOnSale } from './rides.ts';

type Action = (run: Run) => void;

const PEOPLE: readonly (readonly [number, Action])[] = [
  [30, buyAtCounter],
  [22, buyOnLine],
  [6, putOnSale],
  [5, voidOne],
  [6, refundAtCounter],
  [4, refundOnLine],
  [5, rebookOne],
  [5, rebookElsewhere],
  [1, settleOne],
  [6, boardOne],
  [0.3, boardByOldCode],
  [4, departOne],
  [4, collectOne],
  [3, unboardOne],
  [2, releaseUncertainSeats],
  [1, releaseSeatsOfHub],
  [2, buyAtCopy],
  [2, buyAtOldHub],
  [2, substituteOne],
  [0.5, mergeOne],
  [2, seatOne],
  [1, seatOneAtHub],
];
const WORLD: readonly (readonly [number, Action])[] = [
  [6, changeWeather],
  [3, cutLine],
  [8, healLines],
  [1, restartBroker],
  [5, crash],
  [14, startDead],
  [2, fillDisk],
  [8, passTime],
  [6, passMoment],
  [2, shutDown],
  [1, setClock],
  [1, backUp],
  [0.05, restoreStation],
  [0.1, loseDiskOffLine],
  [0.5, startCopy],
  [1, endCopy],
  [1, meetOldHub],
  // Seldom: some histories of a restored hub still leave differences (docs/architecture.md, what this version does not do).
  [0.1, restoreHub],
  // It finds restored hubs that sell what a passenger of their lost life has: to be repaired before it has a weight.
  [0, loseHubAfterGrant],
];
/** So many callers wait at once at most. */
const CALLERS_MAX = 16;

/** What happens next: mostly somebody wants something, sometimes the world gets in the way. */
export function nextAction(run: Run): void {
  const isPeople = run.chance(0.7) && run.underWay.size < CALLERS_MAX;
  weighed(run, isPeople ? PEOPLE : WORLD)(run);
}

function weighed(run: Run, actions: readonly (readonly [number, Action])[]): Action {
  let dice = run.time.random() * actions.reduce((sum, [weight]) => sum + weight, 0);
  for (const [weight, action] of actions) {
    dice -= weight;
    if (dice < 0) return action;
  }
  return actions[0]![1];
}
