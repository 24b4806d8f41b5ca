import { createSm2KeyPair, sm2Sign } from '@lianpiao/shared/crypto/sm2';
import { encodeTicketQr } from '@lianpiao/shared/crypto/ticket-qr';
import { legsBetween } from '@lianpiao/shared/domain/legs';
import { seatsOfTrip } from '@lianpiao/shared/store/seats/seat-rows';
import { aTrip, NOON } from '@lianpiao/shared/testing/builders';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { departTrip } from '../departure/depart-trip.ts';
import { substituteVehicle } from '../dispatch/substitute-vehicle.ts';
import { aSale, eventsOf } from '../testing/a-sale.ts';
import { call, freshAgent } from '../testing/fresh-agent.ts';
import { importTrips } from '../trips/import-trips.ts';
import { boardTicket } from './board-ticket.ts';
import { unboardTicket } from './unboard-ticket.ts';

const trip = aTrip();
const { tripId } = trip;
/** The trip leaves at 18:00; boarding is open from 17:30 to 17:58. */
const GATE = NOON + 5.75 * 3600_000;
const keys = createSm2KeyPair();
let agent: Awaited<ReturnType<typeof freshAgent>>;
beforeEach(async () => {
  agent = await freshAgent();
  await agent.store.transaction(async (tx) =>
    tx.db.insert(tx.t.ticketKeys).values({ keyNo: 9, owner: 'hub', publicKey: keys.publicKey, revoked: 0 }),
  );
});
afterEach(() => agent.end());

const codeOf = (ticketNo: string, changes = {}) => {
  const fields = {
    keyNo: 9,
    ticketNo,
    tripId,
    serviceDate: trip.serviceDate,
    departs: 1080,
    fromStop: trip.stops[0]!.code,
    toStop: 'S2',
    seat: '07',
    epoch: 1,
    fareType: 'full',
    printSeq: 1,
  };
  const code = encodeTicketQr({ ...fields, ...changes }, (text) => sm2Sign(text, keys));
  if (!code.ok) throw new Error(code.refusal.code);
  return code.value;
};

describe('the gate', () => {
  it('boards by number and by document, counts, and tells the hub', async () => {
    const { tickets } = await aSale(agent, { trip, count: 2 });
    const boarded = await boardTicket(agent, call(), { tripId, ticketNo: tickets[0]!.ticketNo }, GATE);
    expect(boarded).toMatchObject({ ok: true, value: { seat: '01', boardedCount: 1, soldCount: 2 } });
    expect(await boardTicket(agent, call(), { tripId, ticketNo: tickets[0]!.ticketNo }, GATE)).toMatchObject({
      refusal: { code: 'boarding.already' },
    });
    expect(await eventsOf(agent, 'ticket.boarded')).toHaveLength(1);
  });

  it('keeps the seat of its own ticket whose sale went with its disk, and whose passenger comes with the paper', async () => {
    await importTrips(agent, [trip], NOON);
    const qr = codeOf(`${agent.station.code}10010000007`);
    expect(await boardTicket(agent, call(), { tripId, qr }, GATE)).toMatchObject({ value: { offline: true } });
    const seat = (await seatsOfTrip(agent.store.read, tripId)).find((each) => each.seat === '07');
    expect(seat).toMatchObject({ sold: legsBetween(0, 2) });
  });

  it('translates the seat of a code through the plans since it was printed, and refers one that it cannot to the dispatcher', async () => {
    await importTrips(agent, [trip], NOON);
    const plan = (seats: readonly string[], moves: readonly { seat: string; to: string }[]) =>
      substituteVehicle(agent, call(), { tripId, seats, moves }, NOON);
    await plan(['1A', '1B'], [{ seat: '07', to: '1B' }]);
    await plan(['2A', '2B'], [{ seat: '1B', to: '2A' }]);
    const show = (ticketNo: string, changes = {}) =>
      boardTicket(agent, call(), { tripId, qr: codeOf(ticketNo, changes) }, GATE);
    expect(await show('33000090030010000001')).toMatchObject({ value: { seat: '2A', offline: true } });
    expect(await show('33000090030010000002', { seat: '08' })).toMatchObject({
      refusal: { code: 'boarding.seat-lost' },
    });
    expect(await show('33000090030010000003', { seat: '2B', epoch: 4 })).toMatchObject({
      refusal: { code: 'boarding.unknown-plan', epoch: 4 },
    });
    expect(await show('33000090030010000004', { seat: '2B', epoch: 3 })).toMatchObject({ value: { seat: '2B' } });
  });

  it('boards a ticket of the hub by its signed code before the hub has told of it', async () => {
    await importTrips(agent, [trip], NOON);
    const boarded = await boardTicket(agent, call(), { tripId, qr: codeOf('33000090030010000001') }, GATE);
    expect(boarded).toMatchObject({ ok: true, value: { seat: '07', offline: true } });
  });

  it('refuses a forged code, an unknown key, an old print and the code of another trip', async () => {
    const { tickets } = await aSale(agent, { trip });
    const ticketNo = tickets[0]!.ticketNo;
    const forged = codeOf(ticketNo).replace('.07.', '.08.');
    expect(await boardTicket(agent, call(), { tripId, qr: forged }, GATE)).toMatchObject({
      refusal: { code: 'qr.forged' },
    });
    expect(await boardTicket(agent, call(), { tripId, qr: codeOf(ticketNo, { keyNo: 8 }) }, GATE)).toMatchObject({
      refusal: { code: 'qr.unknown-key' },
    });
    expect(await boardTicket(agent, call(), { tripId, qr: codeOf(ticketNo, { printSeq: 0 }) }, GATE)).toMatchObject({
      refusal: { code: 'boarding.old-print' },
    });
    const elsewhere = codeOf('33000090030010000009', { tripId: '330100001-20261121-K999' });
    expect(await boardTicket(agent, call(), { tripId, qr: elsewhere }, GATE)).toMatchObject({
      refusal: { code: 'boarding.wrong-trip' },
    });
  });

  it('undoes a boarding before the coach leaves, and then no more', async () => {
    const { tickets } = await aSale(agent, { trip });
    const ticketNo = tickets[0]!.ticketNo;
    await boardTicket(agent, call(), { tripId, ticketNo }, GATE);
    expect(await unboardTicket(agent, call(), ticketNo, GATE)).toMatchObject({ ok: true, value: { boardedCount: 0 } });
    await boardTicket(agent, call(), { tripId, ticketNo }, GATE);
    await departTrip(agent, call(), { tripId }, GATE);
    expect((await unboardTicket(agent, call(), ticketNo, GATE)).ok).toBe(false);
  });

  it('sends no coach away before boarding opens, for the passengers of a whole trip would lose their seats', async () => {
    await aSale(agent, { trip });
    expect(await departTrip(agent, call(), { tripId }, NOON)).toMatchObject({
      refusal: { code: 'boarding.not-open-yet' },
    });
  });

  it('departs once: who is aboard has travelled, who is not is forfeited', async () => {
    const { tickets } = await aSale(agent, { trip, count: 3 });
    await boardTicket(agent, call(), { tripId, ticketNo: tickets[0]!.ticketNo }, GATE);
    expect(await departTrip(agent, call(), { tripId }, GATE)).toMatchObject({
      ok: true,
      value: { boarded: 1, forfeited: 2, fareFen: 4000 },
    });
    expect(await departTrip(agent, call(), { tripId }, GATE)).toMatchObject({ refusal: { code: 'departure.already' } });
    const types = (
      await agent.store.read.db.select({ type: agent.store.read.t.outbox.type }).from(agent.store.read.t.outbox)
    ).map(({ type }) => type);
    expect(types.slice(-3)).toEqual(['ticket.forfeited', 'ticket.forfeited', 'trip.departed']);
  });
});
