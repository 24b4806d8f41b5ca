import fc from 'fast-check';
import { expect, it } from 'vitest';
import { allLegs, intersection, type LegMask, legsBetween, meets, NO_LEGS, union } from './legs.ts';
import type { Outcome } from './outcome.ts';
import {
  acknowledgeFreed,
  bestFit,
  block,
  freeElsewhere,
  grantAway,
  hold,
  newSeat,
  receiveGrant,
  refund,
  release,
  remaining,
  type SeatRefusal,
  type SeatState,
  sell,
  sellFree,
  unblock,
} from './seats.ts';

/** Two seats and stops 0 … 5, few enough that rides meet all the time. */
const SEATS = 2;
const STOPS = 6;
const PARTIES = ['station', 'hub'] as const;
type Party = (typeof PARTIES)[number];
type Kind = 'held' | 'sold' | 'freed' | 'blocked';

/**
 * The model: stretches of seats with a first and a last stop, and the owner of each leg written out one by one. It shares
 * no code with the masks, and says for each step whether it may happen.
 */
type Stretch = { party: Party; seat: number; from: number; to: number; kind: Kind };
type Grant = { transferId: number; receiver: Party; seat: number; from: number; to: number };

const ride = fc.tuple(fc.nat(STOPS - 1), fc.nat(STOPS - 1)).filter(([from, to]) => from < to);
const where = { party: fc.constantFrom(...PARTIES), seat: fc.nat(SEATS - 1), ride };
const step = fc.oneof(
  fc.record({ do: fc.constantFrom('hold', 'sellFree', 'block'), ...where }),
  fc.record({ do: fc.constant('grant'), ...where }),
  fc.record({
    do: fc.constantFrom('release', 'sell', 'refund', 'freeElsewhere', 'acknowledge', 'unblock'),
    pick: fc.nat(30),
  }),
  // Any grant that was ever sent may arrive again at any time, and may arrive late.
  fc.record({ do: fc.constant('deliver'), pick: fc.nat(30) }),
);

const CLAIMS = { hold: [hold, 'held'], sellFree: [sellFree, 'sold'], block: [block, 'blocked'] } as const;
const LEAVES = {
  release: [release, 'held', null],
  sell: [sell, 'held', 'sold'],
  refund: [refund, 'sold', null],
  freeElsewhere: [freeElsewhere, 'sold', 'freed'],
  acknowledge: [acknowledgeFreed, 'freed', null],
  unblock: [unblock, 'blocked', null],
} as const;

class World {
  readonly states: Record<Party, SeatState[]> = {
    station: Array.from({ length: SEATS }, (_, seat) => newSeat(`0${seat + 1}`, allLegs(STOPS))),
    hub: Array.from({ length: SEATS }, (_, seat) => newSeat(`0${seat + 1}`, NO_LEGS)),
  };
  readonly owners: (Party | 'underway')[][] = Array.from({ length: SEATS }, () => Array(STOPS - 1).fill('station'));
  stretches: Stretch[] = [];
  readonly grants: Grant[] = [];
  readonly seen = new Set<number>();

  mayUse(party: Party, seat: number, from: number, to: number): boolean {
    const owned = this.owners[seat]!.slice(from, to).every((owner) => owner === party);
    return owned && !this.stretches.some((other) => other.seat === seat && from < other.to && other.from < to);
  }

  /** Does the step on the masks and checks that they answer as the model does. */
  apply(party: Party, seat: number, may: boolean, move: (state: SeatState) => Outcome<SeatState, SeatRefusal>): void {
    const before = this.states[party][seat]!;
    const after = move(before);
    expect(after.ok).toBe(may);
    if (after.ok) this.states[party][seat] = after.value;
  }

  claim(name: keyof typeof CLAIMS, party: Party, seat: number, [from, to]: [number, number]): void {
    const [move, kind] = CLAIMS[name];
    const may = this.mayUse(party, seat, from, to);
    this.apply(party, seat, may, (state) => move(state, legsBetween(from, to)));
    if (may) this.stretches.push({ party, seat, from, to, kind });
  }

  leave(name: keyof typeof LEAVES, pick: number): void {
    const [move, before, after] = LEAVES[name];
    const those = this.stretches.filter(({ kind }) => kind === before);
    const chosen = those[pick % those.length];
    if (!chosen) return;
    this.apply(chosen.party, chosen.seat, true, (state) => move(state, legsBetween(chosen.from, chosen.to)));
    this.stretches = this.stretches.filter((stretch) => stretch !== chosen);
    if (after) this.stretches.push({ ...chosen, kind: after });
  }

  grant(party: Party, seat: number, [from, to]: [number, number]): void {
    const may = this.mayUse(party, seat, from, to);
    this.apply(party, seat, may, (state) => grantAway(state, legsBetween(from, to)));
    if (!may) return;
    this.owners[seat]!.fill('underway', from, to);
    const receiver = party === 'station' ? 'hub' : 'station';
    this.grants.push({ transferId: this.grants.length, receiver, seat, from, to });
  }

  deliver(pick: number): void {
    const grant = this.grants[pick % this.grants.length];
    if (!grant || this.seen.has(grant.transferId)) return;
    this.seen.add(grant.transferId);
    const { receiver, seat, from, to } = grant;
    this.apply(receiver, seat, true, (state) => receiveGrant(state, legsBetween(from, to)));
    this.owners[seat]!.fill(receiver, from, to);
  }
}

function run(steps: readonly (typeof step extends fc.Arbitrary<infer Step> ? Step : never)[]): World {
  const world = new World();
  for (const each of steps) {
    if ('ride' in each) {
      if (each.do === 'grant') world.grant(each.party, each.seat, each.ride);
      else world.claim(each.do as keyof typeof CLAIMS, each.party, each.seat, each.ride);
    } else if (each.do === 'deliver') world.deliver(each.pick);
    else world.leave(each.do as keyof typeof LEAVES, each.pick);
  }
  return world;
}

const anySteps = fc.array(step, { maxLength: 80, size: 'max' });
const maskOf = (world: World, seat: number, party: Party, kind: Kind) =>
  world.stretches
    .filter((stretch) => stretch.seat === seat && stretch.party === party && stretch.kind === kind)
    .reduce<LegMask>((mask, { from, to }) => union(mask, legsBetween(from, to)), NO_LEGS);

it('never lets two live claims share a leg, whatever holds, releases, sales, refunds, grants and duplicates come in what order', () => {
  fc.assert(
    fc.property(anySteps, (steps) => {
      const world = run(steps);
      for (let seat = 0; seat < SEATS; seat += 1) {
        const masks = PARTIES.flatMap((party) => {
          const { held, sold, freed, blocked } = world.states[party][seat]!;
          return [held, sold, freed, blocked];
        });
        for (const [index, mask] of masks.entries()) {
          for (const other of masks.slice(index + 1)) expect(meets(mask, other)).toBe(false);
        }
      }
    }),
  );
});

it('keeps exactly the stretches that a list of them keeps, and one owner for each leg', () => {
  fc.assert(
    fc.property(anySteps, (steps) => {
      const world = run(steps);
      for (let seat = 0; seat < SEATS; seat += 1) {
        const [station, hub] = [world.states.station[seat]!, world.states.hub[seat]!];
        expect(intersection(station.mine, hub.mine)).toBe(NO_LEGS);
        for (const party of PARTIES) {
          const state = world.states[party][seat]!;
          const owned = world.owners[seat]!.reduce((mask, owner, leg) => (owner === party ? mask + 2 ** leg : mask), 0);
          expect([state.mine, state.owed]).toEqual([owned, NO_LEGS]);
          for (const kind of ['held', 'sold', 'freed', 'blocked'] as const) {
            expect(state[kind]).toBe(maskOf(world, seat, party, kind));
          }
        }
      }
    }),
  );
});

it('offers as many seats as the list of stretches leaves, and only such as can be held', () => {
  fc.assert(
    fc.property(anySteps, ride, fc.constantFrom(...PARTIES), (steps, [from, to], party) => {
      const world = run(steps);
      const usable = Array.from({ length: SEATS }, (_, seat) => world.mayUse(party, seat, from, to)).filter(
        Boolean,
      ).length;
      expect(remaining(world.states[party], legsBetween(from, to))).toBe(usable);
      const offered = bestFit(world.states[party], legsBetween(from, to), SEATS);
      expect(offered).toHaveLength(usable);
      for (const state of offered) expect(hold(state, legsBetween(from, to)).ok).toBe(true);
    }),
  );
});

it('loses no leg: when all grants have arrived, each has an owner again', () => {
  fc.assert(
    fc.property(anySteps, (steps) => {
      const world = run(steps);
      for (let grant = 0; grant < world.grants.length; grant += 1) world.deliver(grant);
      for (let seat = 0; seat < SEATS; seat += 1) {
        expect(union(world.states.station[seat]!.mine, world.states.hub[seat]!.mine)).toBe(allLegs(STOPS));
      }
    }),
  );
});

it('notices a grant that is counted twice, as soon as its legs are there', () => {
  fc.assert(
    fc.property(ride, ([from, to]) => {
      const once = receiveGrant(newSeat('01', NO_LEGS), legsBetween(from, to));
      expect(once.ok && receiveGrant(once.value, legsBetween(from, to))).toMatchObject({
        refusal: { code: 'seat.ownership-broken' },
      });
    }),
  );
});
