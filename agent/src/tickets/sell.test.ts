import { aPassenger, aTrip, NOON } from '@lianpiao/shared/testing/builders';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { holdSeats } from '../seats/hold-seats.ts';
import { CLERK, call, freshAgent } from '../testing/fresh-agent.ts';
import { importTrips } from '../trips/import-trips.ts';
import { sell } from './sell.ts';

let agent: Awaited<ReturnType<typeof freshAgent>>;
beforeEach(async () => {
  agent = await freshAgent();
});
afterEach(() => agent.end());

async function held(count: number, trip = aTrip()) {
  await importTrips(agent, [trip], NOON);
  const hold = await holdSeats(agent, call(), { tripId: trip.tripId, from: 0, to: 2, count }, NOON);
  if (!hold.ok) throw new Error(hold.refusal.code);
  return hold.value;
}
const cash = { payMethod: 'cash' as const, insuranceFenEach: 0, print: true };
const adult = (index: number) => ({ ...aPassenger(index), fareType: 'full' as const });

describe('sell', () => {
  it('writes ticket, order, seat, cash, print job, audit and event together', async () => {
    const { holdId } = await held(2);
    const sold = await sell(
      agent,
      call(),
      { ...cash, holdId, passengers: [adult(1), adult(2)], receivedFen: 10000 },
      NOON,
    );
    if (!sold.ok) throw new Error(sold.refusal.code);
    expect(sold.value).toMatchObject({ totalFen: 8000, changeFen: 2000 });
    expect(sold.value.tickets.map(({ ticketNo }) => ticketNo)).toEqual([
      '33010000110010000000',
      '33010000110010000001',
    ]);
    expect(sold.value.tickets[0]).toMatchObject({ passenger: '测**', state: 'sold', seat: '01', departs: '18:00' });
    const { db, t } = agent.store.read;
    expect(await db.select().from(t.orders)).toHaveLength(1);
    expect(await db.select().from(t.printJobs)).toHaveLength(2);
    expect(await db.select({ amountFen: t.cashMoves.amountFen }).from(t.cashMoves)).toEqual([{ amountFen: 8000 }]);
    const events = await db.select({ type: t.outbox.type, lane: t.outbox.lane, seq: t.outbox.seq }).from(t.outbox);
    expect(events).toEqual([
      { type: 'trip.published', lane: 'ev', seq: 1 },
      { type: 'ticket.sold', lane: 'ev', seq: 2 },
      { type: 'ticket.sold', lane: 'ev', seq: 3 },
    ]);
  });

  it('gives the same answer to the same key and sells once, and refuses the key with another body', async () => {
    const { holdId } = await held(1);
    const once = call();
    const input = { ...cash, holdId, passengers: [adult(1)] };
    const first = await sell(agent, once, input, NOON);
    expect(await sell(agent, once, input, NOON + 1)).toEqual(first);
    expect(await sell(agent, { ...once, bodyHash: 'another' }, input, NOON)).toMatchObject({
      refusal: { code: 'call.key-reused' },
    });
    expect(await agent.store.read.db.select().from(agent.store.read.t.tickets)).toHaveLength(1);
  });

  it("refuses another caller's hold, which stays as it was", async () => {
    const { holdId } = await held(1);
    const input = { ...cash, holdId, passengers: [adult(1)] };
    const kiosk = { ...CLERK, id: 'kiosk-101', terminal: '101' };
    expect(await sell(agent, call(kiosk), input, NOON)).toMatchObject({ refusal: { code: 'hold.unknown' } });
    expect((await sell(agent, call(), input, NOON)).ok).toBe(true);
  });

  it("refuses a child's fare to whom the document shows to be an adult, and gives it to a child", async () => {
    // Synthetic numbers: 36 and 5 years old.
    const grown = aPassenger(2);
    const small = { ...aPassenger(3), idNo: '330106202103070032' };
    for (const [passengers, code] of [
      [[{ ...grown, fareType: 'half' as const }], 'passenger.not-a-child'],
      [[adult(1), { ...grown, fareType: 'freeChild' as const }], 'passenger.not-a-child'],
      [[adult(1), { ...small, fareType: 'freeChild' as const }], undefined],
    ] as const) {
      const { holdId } = await held(1);
      const sold = await sell(agent, call(), { ...cash, holdId, passengers: [...passengers] }, NOON);
      expect(sold.ok ? undefined : sold.refusal.code).toBe(code);
    }
  });

  it('gives a repeat that races its own original the same yes', async () => {
    const { holdId } = await held(1);
    const once = call();
    const tries = await Promise.all(
      [0, 1, 2].map(() => sell(agent, once, { ...cash, holdId, passengers: [adult(1)] }, NOON)),
    );
    expect(tries[0]!.ok).toBe(true);
    expect(tries).toEqual([tries[0], tries[0], tries[0]]);
  });

  it('sells each hold once when fifty callers race for it', async () => {
    const { holdId } = await held(1);
    const tries = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        sell(agent, call(), { ...cash, holdId, passengers: [adult(index)] }, NOON),
      ),
    );
    expect(tries.filter(({ ok }) => ok)).toHaveLength(1);
    expect(new Set(tries.flatMap((each) => (each.ok ? [] : [each.refusal.code])))).toEqual(new Set(['hold.ended']));
  });

  it('leaves nothing behind when it refuses: the hold stays, no number is used, no event is written', async () => {
    const { holdId } = await held(1);
    const refused = await sell(
      agent,
      call(),
      { ...cash, holdId, passengers: [{ ...adult(1), idNo: '330106199003070011' }] },
      NOON,
    );
    expect(refused.ok).toBe(false);
    const sold = await sell(agent, call(), { ...cash, holdId, passengers: [adult(1)] }, NOON);
    expect(sold).toMatchObject({ ok: true, value: { tickets: [{ ticketNo: '33010000110010000000' }] } });
  });

  it('refuses a second ticket for one document on overlapping trips', async () => {
    const first = await held(1);
    await sell(agent, call(), { ...cash, holdId: first.holdId, passengers: [adult(1)] }, NOON);
    const second = await held(1, aTrip({ tripNo: 'K106', departs: 18 * 60 + 30 }));
    expect(await sell(agent, call(), { ...cash, holdId: second.holdId, passengers: [adult(1)] }, NOON)).toMatchObject({
      refusal: { code: 'passenger.duplicate' },
    });
  });

  it('never stores a passenger readably', async () => {
    const { holdId } = await held(1);
    await sell(agent, call(), { ...cash, holdId, passengers: [adult(7)] }, NOON);
    const { db, t } = agent.store.read;
    const everything = JSON.stringify([
      await db.select().from(t.tickets),
      await db.select().from(t.outbox),
      await db.select().from(t.answers),
      await db.select().from(t.audit),
    ]);
    expect(everything).not.toContain(aPassenger(7).idNo);
    expect(everything).not.toContain(aPassenger(7).name);
  });
});
