import type { PassengerInput } from '@lianpiao/shared/protocol/ticketing';
import { aChild } from '@lianpiao/shared/testing/builders';
import { aTraveller } from '../../scenarios/real-timetables/travellers.ts';
import type { Run } from '../province/run-state.ts';

/** Numbers of synthetic documents: children's are of another kind. */
const DOCUMENTS = 20_000;

/** Who travels on these seats: adults, a soldier for half the fare, and now and then a child without a seat. */
export function travellers(run: Run, seats: readonly string[]): PassengerInput[] {
  const adults = seats.map((seat): PassengerInput => {
    const fareType = run.chance(0.1) ? 'privilegeHalf' : 'full';
    return { ...aTraveller(run.next() % DOCUMENTS), fareType, seat };
  });
  return run.chance(0.15) ? [...adults, aChild(run.next())] : adults;
}
