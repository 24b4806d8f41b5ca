import { done, refuse } from '@lianpiao/shared/domain/outcome';
import { receiveGrant } from '@lianpiao/shared/store/seats/receive-grant';
import { aTrip, NOON } from '@lianpiao/shared/testing/builders';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HUB } from '../agent.ts';
import type { LinkPort } from '../link-port.ts';
import { call, freshAgent } from '../testing/fresh-agent.ts';
import { importTrips } from '../trips/import-trips.ts';
import { giveSeats } from './give-seats.ts';
import { holdOrRecall } from './hold-or-recall.ts';
import { SeatRecalls } from './seat-recalls.ts';

const trip = aTrip({ seatCount: 4 });
const { tripId } = trip;
const wish = { tripId, from: 0, to: 2, count: 1 };
let agent: Awaited<ReturnType<typeof freshAgent>>;
let now = NOON;
beforeEach(async () => {
  now = NOON;
  agent = await freshAgent();
  await importTrips(agent, [trip], NOON);
  await giveSeats(agent, call(), { ...wish, count: 3 }, NOON);
});
afterEach(() => agent.end());

/** A hub that gives up to three seats of the whole ride back, its grants ahead of its answer. */
function aDesk(answers: 'gives' | 'has none' | 'off line') {
  const asked: object[] = [];
  const back = ['02', '03', '04'];
  const request = (async (kind: string, body: { count: number }) => {
    asked.push({ kind, ...body });
    if (answers === 'off line') return refuse({ code: 'link.offline' });
    const seats = answers === 'gives' ? back.splice(0, body.count) : [];
    await agent.store.transaction(async (tx) => {
      for (const seat of seats)
        await receiveGrant(tx, HUB, { transferId: `back-${seat}`, tripId, epoch: 1, seat, legs: 3 }, now);
    });
    return done({ granted: seats.length });
  }) as unknown as LinkPort['request'];
  const state = () => ({ online: true, lastWordAt: now, queued: 0, stopped: null });
  const desk = { agent, clock: { now: () => now }, link: { request, state } };
  const recalls = new SeatRecalls(desk);
  return { asked, hold: (changes = {}) => holdOrRecall(desk, recalls, call(), { ...wish, ...changes }) };
}

describe('a hold at a station whose own seats are sold out', () => {
  it('takes the station’s own seats without asking anybody', async () => {
    const { asked, hold } = aDesk('gives');
    expect(await hold()).toMatchObject({ ok: true, value: { seats: ['01'] } });
    expect(asked).toEqual([]);
  });

  it('recalls what is lacking and one more, and sells them', async () => {
    const { asked, hold } = aDesk('gives');
    expect(await hold({ count: 2 })).toMatchObject({ ok: true, value: { seats: ['01', '02'] } });
    expect(asked).toEqual([{ kind: 'seat.recall', tripId, from: 0, to: 2, count: 2 }]);
    expect(await hold()).toMatchObject({ ok: true, value: { seats: ['03'] } });
    expect(asked).toHaveLength(1);
  });

  it('asks once a trip and second, and is sold out when the hub has none', async () => {
    const { asked, hold } = aDesk('has none');
    await hold();
    const tries = await Promise.all(Array.from({ length: 10 }, () => hold()));
    expect(tries.every((each) => !each.ok && each.refusal.code === 'seat.sold-out')).toBe(true);
    expect(asked).toHaveLength(1);
    now += 1_000;
    await hold();
    expect(asked).toHaveLength(2);
  });

  it('is sold out at once without the link', async () => {
    const { hold } = aDesk('off line');
    await hold();
    const startedAt = performance.now();
    expect(await hold()).toMatchObject({ refusal: { code: 'seat.sold-out' } });
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });

  it('recalls nothing for chosen seats: the clerk sees who has them', async () => {
    const { asked, hold } = aDesk('gives');
    expect(await hold({ seats: ['03'] })).toMatchObject({ refusal: { code: 'seat.taken' } });
    expect(asked).toEqual([]);
  });
});
