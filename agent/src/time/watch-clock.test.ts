import { utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { settableClock } from '@lianpiao/shared/clock';
import { aTrip, NOON } from '@lianpiao/shared/testing/builders';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { closeBoarding } from '../boarding/close-boarding.ts';
import { expireHolds } from '../seats/expire-holds.ts';
import { holdSeats } from '../seats/hold-seats.ts';
import { saleStop } from '../selling/sale-stops.ts';
import { openAgentStore } from '../store/open-agent-store.ts';
import { aSale, eventsOf } from '../testing/a-sale.ts';
import { call, freshAgent } from '../testing/fresh-agent.ts';
import { quoteRefund } from '../tickets/quote-refund.ts';
import { voidTicket } from '../tickets/void-ticket.ts';
import { StationClock } from './station-clock.ts';
import { clockState, resumeClock, watchClock } from './watch-clock.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const ROUND_TRIP_MS = 40;

/** A machine that is `offMs` wrong; `time` is the truth, as the hub knows it. */
function aMachine(offMs = 0) {
  const machine = {
    time: NOON,
    offMs,
    boot: 'boot-1',
    now: () => machine.time + machine.offMs,
    monotonic: () => machine.time - NOON + 1_000,
  };
  return machine;
}

let agent: Awaited<ReturnType<typeof freshAgent>>;
beforeEach(async () => {
  agent = await freshAgent();
});
afterEach(() => agent.end());

async function started(machine = aMachine()) {
  const clock = new StationClock(machine);
  await resumeClock(agent.store, clock);
  return { machine, clock, watch: () => watchClock(agent.store, clock) };
}
const heard = ({ clock, machine }: Pick<Awaited<ReturnType<typeof started>>, 'clock' | 'machine'>) =>
  clock.exchanged(ROUND_TRIP_MS, machine.time - ROUND_TRIP_MS / 2);
const jumps = async () => (await eventsOf(agent, 'clock.jump')).map(({ fact }) => fact);
const trip = aTrip();
const ride = { tripId: trip.tripId, from: 0, to: 2 };

describe('the time of a station', () => {
  it('is the hub’s, however the wall clock is set, once the hub was heard', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -DAY, max: DAY }),
        fc.array(fc.record({ passed: fc.nat(DAY), offMs: fc.integer({ min: -400 * DAY, max: 400 * DAY }) })),
        (offMs, steps) => {
          const machine = aMachine(offMs);
          const clock = new StationClock(machine);
          expect(clock.now()).toBe(machine.now());
          heard({ clock, machine });
          for (const step of steps) {
            machine.time += step.passed;
            machine.offMs = step.offMs;
            expect(clock.now()).toBe(machine.time);
            expect(clock.offsetMs! + machine.offMs).toBe(0);
          }
        },
      ),
    );
  });

  it('follows the hub at once when the hub’s clock was corrected, whatever the round trip', () => {
    const machine = aMachine();
    const clock = new StationClock(machine);
    clock.exchanged(2, machine.time);
    clock.exchanged(900, machine.time + HOUR - 450);
    expect(clock.now()).toBe(machine.time + HOUR);
  });

  it('moves with a demo clock that is set for the whole province, and nothing is told of it', async () => {
    const file = join(agent.folder, 'clock.json');
    const set = async (offsetMs: number, changedAt: number) => {
      await writeFile(file, JSON.stringify({ offsetMs }));
      await utimes(file, changedAt, changedAt);
    };
    await set(0, 1);
    const demo = settableClock(file);
    const clock = new StationClock(demo);
    clock.exchanged(0, demo.now());
    await watchClock(agent.store, clock);
    await set(DAY, 2);
    await vi.waitFor(() => expect(Math.abs(clock.now() - Date.now() - DAY)).toBeLessThan(1_000));
    await watchClock(agent.store, clock);
    expect(await jumps()).toEqual([]);
    expect(Math.abs(clock.offsetMs!)).toBeLessThan(1_000);
  });

  it('is known to a process that is started again on the same start of the machine, and to no other', async () => {
    const first = await started(aMachine(DAY));
    heard(first);
    await first.watch();
    first.machine.time += HOUR;
    const again = await started(first.machine);
    expect([again.clock.synced, again.clock.now()]).toEqual([true, first.machine.time]);
    first.machine.boot = 'boot-2';
    const rebooted = await started(first.machine);
    expect([rebooted.clock.synced, rebooted.clock.now()]).toEqual([false, first.machine.now()]);
  });

  it('is not taken over where a clock was set while no process ran; that is told', async () => {
    const first = await started();
    heard(first);
    await first.watch();
    first.machine.offMs = DAY;
    const again = await started(first.machine);
    expect(again.clock.synced).toBe(false);
    expect(await jumps()).toMatchObject([{ stepMs: DAY, offsetMs: null }]);
  });
});

describe('a station that was not told the time since its machine was started', () => {
  it('neither sells nor quotes nor voids nor forfeits, says why, and does it all once the hub was heard', async () => {
    const { tickets } = await aSale(agent, { trip, count: 2, now: NOON });
    const station = await started();
    const { ticketNo } = tickets[0]!;
    const wish = { ticketNo, channel: 'counter' as const, overrule: null };
    expect(await holdSeats(agent, call(), { ...ride, count: 1 }, NOON)).toMatchObject({
      refusal: { code: 'station.may-not-sell', why: 'clock.not-synced' },
    });
    expect(await quoteRefund(agent, wish, NOON)).toMatchObject({ refusal: { code: 'clock.not-synced' } });
    expect(await voidTicket(agent, call(), ticketNo, NOON)).toMatchObject({ refusal: { code: 'clock.not-synced' } });
    expect(await closeBoarding(agent, NOON + 6 * HOUR)).toBe(0);
    expect(await clockState(agent.store.read)).toEqual({ offsetMs: null, level: null });

    heard(station);
    await station.watch();
    expect(await saleStop(agent.store.read)).toBeNull();
    expect(await clockState(agent.store.read)).toEqual({ offsetMs: 0, level: 'good' });
    expect(await holdSeats(agent, call(), { ...ride, count: 1 }, NOON)).toMatchObject({ ok: true });
    expect(await quoteRefund(agent, wish, NOON)).toMatchObject({ ok: true });
    expect(await voidTicket(agent, call(), ticketNo, NOON)).toMatchObject({ ok: true });
    expect(await closeBoarding(agent, NOON + 6 * HOUR)).toBe(1);
  });
});

describe('a wall clock that is set', () => {
  it('is told to the hub once, and ends no hold', async () => {
    const station = await started();
    heard(station);
    await station.watch();
    await aSale(agent, { trip, now: station.clock.now() });
    await holdSeats(agent, call(), { ...ride, count: 1 }, station.clock.now());
    station.machine.offMs = DAY;
    await station.watch();
    await station.watch();
    expect(await jumps()).toEqual([{ at: NOON, wallAt: NOON + DAY, stepMs: DAY, offsetMs: -DAY }]);
    expect(await clockState(agent.store.read)).toEqual({ offsetMs: -DAY, level: 'wrong' });
    expect(await expireHolds(agent, station.clock.now())).toBe(0);
    station.machine.offMs = 0;
    await station.watch();
    expect((await jumps()).map(({ stepMs }) => stepMs)).toEqual([DAY, -DAY]);
  });

  it('is not told for a drift that grows slowly, however far, before it is far', async () => {
    const station = await started();
    heard(station);
    await station.watch();
    for (let minute = 0; minute < 100; minute += 1) {
      station.machine.offMs += 1_500;
      await station.watch();
    }
    expect(await jumps()).toEqual([]);
    expect(await clockState(agent.store.read)).toEqual({ offsetMs: -150_000, level: 'amber' });
  });

  it('is written beside each fact with what it lacked, as it read then', async () => {
    const machine = aMachine(DAY);
    const clock = new StationClock(machine);
    heard({ clock, machine });
    const store = await openAgentStore(`${agent.folder}/other.sqlite`, undefined, () => clock.stamp());
    await store.transaction((tx) =>
      tx.db.insert(tx.t.numberRanges).values({ terminal: '001', first: 0, next: 0, last: 9999 }),
    );
    await aSale({ ...agent, store }, { trip, now: clock.now() });
    machine.offMs = -HOUR;
    const rows = (await store.read.db.select().from(store.read.t.outbox)).filter(({ type }) => type === 'ticket.sold');
    expect(rows).toMatchObject([{ at: NOON, wallAt: NOON + DAY, offsetMs: -DAY, monoMs: 1_000 }]);
    await store.close();
  });
});
