import { done, refuse } from '@lianpiao/shared/domain/outcome';
import { settleIntent } from '@lianpiao/shared/link/intents';
import type { RequestHandlers } from '@lianpiao/shared/link/request-book';
import { aTrip, NOON } from '@lianpiao/shared/testing/builders';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AskStation } from '../ask-station.ts';
import { retireStation } from '../stations/retire-station.ts';
import { enrolled, type FreshHub, freshHub, HANGZHOU, onSale, says, WEB } from '../testing/fresh-hub.ts';
import { serveWaiting } from './serve-waiting.ts';
import { stationRequests } from './station-requests.ts';

const NINGBO = '330200001';
const SHAOXING = '330600001';
const stops = aTrip({ stops: ['杭州', '绍兴', '宁波'] }).stops.map((stop, index) =>
  index === 1 ? { ...stop, code: SHAOXING, station: SHAOXING } : stop,
);
const trip = { ...aTrip({ stops: ['杭州', '绍兴', '宁波'] }), stops };
const { tripId } = trip;
const ticketNo = `${HANGZHOU}10010000001`;
const moved = { ticketNo, tripId, at: NOON, bizDate: '20261121', by: 'cut-off' };
const body = { ticketNo, quoteId: 'of the old home', payer: NINGBO };

let hub: FreshHub;
let ask: RequestHandlers;
let asked: { station: string; kind: string; body: Record<string, unknown>; key: string | undefined }[];
/** Which station calls the ticket its own, and what became of the refund there. */
let homeNow: string;
let ended: Map<string, unknown>;
let reachable: boolean;

/** Homes as stations keep them: each refuses what is another's, knows its own quotes only, and answers one key one way. */
async function atHome(station: string, kind: string, wish: Record<string, unknown>, key?: string) {
  asked.push({ station, kind, body: wish, key });
  if (!reachable) return refuse({ code: 'link.offline' });
  const kept = ended.get(key ?? '');
  if (kept) return done(kept);
  if (station !== homeNow)
    return refuse({ code: 'ticket.other-home', ticketNo, home: station === HANGZHOU ? SHAOXING : HANGZHOU });
  if (kind === 'ticket.quote') return done({ quoteId: `of ${station}`, ticketNo });
  if (wish.quoteId !== `of ${station}`) return refuse({ code: 'refund.unknown-quote' });
  if (ended.size > 0) return refuse({ code: 'ticket.ended', ticketNo });
  ended.set(key!, { ticketNo, refundFen: 3600, feeFen: 400, payout: 'pending' });
  return done(ended.get(key!));
}

/** The link keeps what became of a mutating request. */
const stations = (async (station: string, kind: string, wish: Record<string, unknown>, key?: string) => {
  const answer = await atHome(station, kind, wish, key);
  if (key) await settleIntent(hub.store, key, answer.ok ? 'yes' : 'no', answer.ok ? answer.value : null);
  return answer;
}) as unknown as AskStation;

beforeEach(async () => {
  [asked, ended, reachable, homeNow] = [[], new Map(), true, 'under way'];
  hub = await freshHub(stations);
  await enrolled(hub, SHAOXING);
  await onSale(hub, trip, 1);
  const ride = { tripId, epoch: 1, seat: '02', legs: 2, from: 1, to: 2 };
  const money = { fareType: 'full' as const, fareFen: 4000, insuranceFen: 0, payMethod: 'cash' as const };
  const sale = { channel: 'counter' as const, seller: HANGZHOU, terminal: '001', clerk: 'u1', shiftId: 's1' };
  const kept = { rules: 'national-1', soldAt: NOON, bizDate: '20261121', home: HANGZHOU, printSeq: 0 };
  await says(hub, HANGZHOU, 'ticket.sold', { ticketNo, orderId: 'o1', ...ride, ...money, ...sale, ...kept });
  ask = stationRequests(hub, { forStation: async () => [] }, NINGBO);
});
afterEach(() => hub.end());

const refund = (id: string, wish = body) => ask['ticket.refund']!(wish, id);

describe('a request that meets a home under way', () => {
  it('waits with its time, and its key finds the answer of the home that has arrived', async () => {
    expect(await refund('r1')).toMatchObject({ refusal: { code: 'request.pending' } });
    expect(await serveWaiting(hub)).toBe(0);
    expect(await refund('r1')).toMatchObject({ refusal: { code: 'request.pending' } });
    expect(await ask['intent.state']!({ key: 'r1' }, 'i1')).toMatchObject({ refusal: { code: 'request.pending' } });

    await says(hub, HANGZHOU, 'ticket.homeGiven', { ...moved, home: SHAOXING });
    hub.clock.at += 3_600_000;
    homeNow = SHAOXING;
    expect(await serveWaiting(hub)).toBe(1);
    const quoted = asked.find(({ kind }) => kind === 'ticket.quote');
    expect(quoted).toMatchObject({ station: SHAOXING, body: { askedAt: NOON } });
    const answer = { ok: true, value: { ticketNo, refundFen: 3600, payout: 'pending' } };
    expect(await refund('r1')).toMatchObject(answer);
    expect(await serveWaiting(hub)).toBe(0);
    expect(ended.size).toBe(1);
  });

  it('is carried out once, though the hub dies between the answer of the home and its own note', async () => {
    await refund('r1');
    homeNow = SHAOXING;
    await serveWaiting(hub);
    await hub.store.transaction((tx) => tx.db.update(tx.t.waitingRequests).set({ state: 'waiting' }));
    expect(await serveWaiting(hub)).toBe(1);
    expect(await refund('r1')).toMatchObject({ value: { refundFen: 3600 } });
    expect(ended.size).toBe(1);
  });

  it('waits on while the new home is off line, and another wish under its key is refused', async () => {
    await refund('r1');
    reachable = false;
    expect(await serveWaiting(hub)).toBe(0);
    expect(await refund('r1')).toMatchObject({ refusal: { code: 'request.pending' } });
    expect(await refund('r1', { ...body, quoteId: 'other' })).toMatchObject({
      refusal: { code: 'call.key-reused' },
    });
  });

  it('is refused by the home that has arrived, and says so again', async () => {
    await refund('r1');
    homeNow = SHAOXING;
    ended.set('somebody else', {});
    expect(await serveWaiting(hub)).toBe(1);
    expect(await refund('r1')).toMatchObject({ refusal: { code: 'ticket.ended' } });
    expect(await ask['intent.state']!({ key: 'r1' }, 'i1')).toMatchObject({ value: { state: 'never-seen' } });
  });

  it('gets no quote meanwhile, for a quote is the promise of a home', async () => {
    expect(await ask['ticket.quote']!({ ticketNo }, 'q1')).toMatchObject({
      refusal: { code: 'ticket.home-under-way' },
    });
  });
});

describe('a station that an operator retires', () => {
  it('has its homes at the hub, which serves what waited for them, at the tier of the time when it was asked', async () => {
    await refund('r1');
    hub.clock.at += 2 * 3_600_000;
    expect(await retireStation(hub.store, WEB, HANGZHOU, hub.clock.now())).toMatchObject({
      ok: true,
      value: { code: HANGZHOU, homes: 1 },
    });
    expect(await serveWaiting(hub)).toBe(1);
    expect(await refund('r1')).toMatchObject({ value: { refundFen: 3600, feeFen: 400 } });
    const { db, t } = hub.store.read;
    expect(await db.select().from(t.tickets)).toMatchObject([{ ticketNo, home: 'hub', state: 'refunded' }]);
    expect((await db.select().from(t.audit)).map(({ what }) => what)).toContain('station.retired');
  });

  it('is not retired while it is at work, nor twice', async () => {
    const { store, clock } = hub;
    const heard = (at: number | null) => store.transaction((tx) => tx.db.update(tx.t.stations).set({ lastWordAt: at }));
    await heard(clock.now() - 1000);
    const retire = () => retireStation(store, WEB, HANGZHOU, clock.now());
    expect(await retire()).toMatchObject({ refusal: { code: 'station.at-work' } });
    await heard(null);
    expect(await retire()).toMatchObject({ ok: true });
    expect(await retire()).toMatchObject({ refusal: { code: 'station.retired-already' } });
  });
});
