import { expect, it } from 'vitest';
import { allLegs, legsBetween, NO_LEGS } from './legs.ts';
import {
  acknowledgeFreed,
  bestFit,
  block,
  freeElsewhere,
  grantAway,
  hold,
  isFree,
  newSeat,
  receiveGrant,
  refund,
  release,
  remaining,
  replayGrantAway,
  type SeatState,
  sell,
  sellFree,
  unblock,
} from './seats.ts';

/** Five stops, four legs. */
const WHOLE = allLegs(5);
const [FIRST, REST] = [legsBetween(0, 1), legsBetween(1, 4)];
const fresh = newSeat('07', WHOLE);
const yes = (outcome: ReturnType<typeof hold>): SeatState => {
  if (!outcome.ok) throw new Error(outcome.refusal.code);
  return outcome.value;
};
const no = (code: string) => ({ ok: false, refusal: { code, seat: '07' } });

it('sells a seat leg by leg: free again where a passenger gets off', () => {
  const sold = yes(sellFree(fresh, FIRST));
  expect(isFree(sold, WHOLE)).toBe(false);
  expect(yes(sellFree(sold, REST)).sold).toBe(WHOLE);
  expect(sellFree(sold, FIRST)).toEqual(no('seat.taken'));
});

it('takes a ticket from hold to sale to refund and leaves the seat as it was', () => {
  const held = yes(hold(fresh, FIRST));
  expect(hold(held, WHOLE)).toEqual(no('seat.taken'));
  expect(yes(release(held, FIRST))).toEqual(fresh);
  expect(yes(refund(yes(sell(held, FIRST)), FIRST))).toEqual(fresh);
  expect(yes(unblock(yes(block(fresh, REST)), REST))).toEqual(fresh);
});

it('keeps a seat that another gate must hear of claimed until that gate knows', () => {
  const freed = yes(freeElsewhere(yes(sellFree(fresh, FIRST)), FIRST));
  expect(sellFree(freed, FIRST)).toEqual(no('seat.taken'));
  expect(grantAway(freed, FIRST)).toEqual(no('seat.taken'));
  expect(yes(acknowledgeFreed(freed, FIRST))).toEqual(fresh);
});

it('undoes only what was done', () => {
  expect(release(fresh, FIRST)).toEqual(no('seat.not-held'));
  expect(sell(fresh, FIRST)).toEqual(no('seat.not-held'));
  expect(refund(yes(hold(fresh, FIRST)), FIRST)).toEqual(no('seat.not-sold'));
  expect(refund(yes(sellFree(fresh, FIRST)), WHOLE)).toEqual(no('seat.not-sold'));
  expect(freeElsewhere(fresh, FIRST)).toEqual(no('seat.not-sold'));
  expect(acknowledgeFreed(fresh, FIRST)).toEqual(no('seat.not-freed'));
  expect(unblock(fresh, FIRST)).toEqual(no('seat.not-blocked'));
  expect(() => hold(fresh, NO_LEGS)).toThrow('at least one leg');
});

it('gives legs away only while it owns them and nobody has claimed them', () => {
  const given = yes(grantAway(fresh, REST));
  expect(given.mine).toBe(FIRST);
  expect(sellFree(given, REST)).toEqual(no('seat.not-ours'));
  expect(grantAway(given, REST)).toEqual(no('seat.not-ours'));
  expect(grantAway(yes(hold(fresh, FIRST)), WHOLE)).toEqual(no('seat.taken'));
  expect(yes(receiveGrant(given, REST))).toEqual(fresh);
});

it('stops when legs arrive that are here already', () => {
  expect(receiveGrant(fresh, FIRST)).toEqual(no('seat.ownership-broken'));
});

it('settles a debt when, after a restore, legs were given away before the grant that brought them was read again', () => {
  const empty = newSeat('07', NO_LEGS);
  const owing = yes(replayGrantAway(empty, REST));
  expect([owing.mine, owing.owed]).toEqual([NO_LEGS, REST]);
  expect(sellFree(owing, REST)).toEqual(no('seat.not-ours'));
  expect(replayGrantAway(owing, REST)).toEqual(no('seat.ownership-broken'));
  expect(yes(receiveGrant(owing, REST))).toEqual(empty);
  expect(yes(receiveGrant(owing, WHOLE))).toEqual(newSeat('07', FIRST));
});

it('fills the fullest seat that fits, and of equally full ones the first of the plan', () => {
  const [a, b, c, d] = ['01', '02', '03', '04'].map((seat) => newSeat(seat, WHOLE)) as [
    SeatState,
    SeatState,
    SeatState,
    SeatState,
  ];
  const seats = [a, yes(sellFree(b, FIRST)), c, yes(sellFree(yes(sellFree(d, FIRST)), legsBetween(3, 4)))];
  const labels = (count: number, legs = legsBetween(1, 2)) => bestFit(seats, legs, count).map(({ seat }) => seat);
  expect(labels(3)).toEqual(['04', '02', '01']);
  expect(labels(9)).toEqual(['04', '02', '01', '03']);
  expect(labels(9, WHOLE)).toEqual(['01', '03']);
  expect([remaining(seats, WHOLE), remaining(seats, legsBetween(1, 3)), remaining([], WHOLE)]).toEqual([2, 4, 0]);
});
