import { done, refuse } from '@lianpiao/shared/domain/outcome';
import { settleIntent, writeIntent } from '@lianpiao/shared/link/intents';
import type { RequestHandlers } from '@lianpiao/shared/link/request-book';
import { aPassenger, aTrip, NOON } from '@lianpiao/shared/testing/builders';
import { eq } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AskStation } from '../ask-station.ts';
import { acknowledges, anOrder, type FreshHub, freshHub, HANGZHOU, onSale, pay, says } from '../testing/fresh-hub.ts';
import { stationRequests } from './station-requests.ts';

const trip = aTrip();
const NINGBO = '330200001';
const STATION_TICKET = `${HANGZHOU}10010000001`;
const bizDate = '20261121';

let hub: FreshHub;
let ask: RequestHandlers;
let asked: { station: string; kind: string; key: string | undefined }[];
let answers: AskStation;
let ticketNo: string;
let pickupCode: string;

beforeEach(async () => {
  asked = [];
  answers = async () => refuse({ code: 'link.offline' });
  hub = await freshHub(((station: string, kind: string, body: never, key?: string) => {
    asked.push({ station, kind, key });
    return answers(station, kind as never, body, key);
  }) as AskStation);
  await onSale(hub, trip, 2);
  const { payment } = await anOrder(hub, trip);
  await pay(hub, payment.payUrl);
  const { db, t } = hub.store.read;
  ticketNo = (await db.select().from(t.tickets))[0]!.ticketNo;
  pickupCode = (await db.select().from(t.orders))[0]!.pickupCode!;
  const { sealed } = hub.persons.seal(aPassenger(5), bizDate);
  const legs = { tripId: trip.tripId, epoch: 1, seat: '02', legs: 3, from: 0, to: 2 };
  const money = { fareType: 'full' as const, fareFen: 4000, insuranceFen: 0, payMethod: 'cash' as const };
  const sale = {
    channel: 'counter' as const,
    seller: HANGZHOU,
    terminal: '001',
    clerk: 'u1',
    shiftId: 's1',
    rules: 'national-1',
  };
  await says(
    hub,
    HANGZHOU,
    'ticket.sold',
    {
      ticketNo: STATION_TICKET,
      orderId: 'o1',
      ...legs,
      ...money,
      ...sale,
      soldAt: NOON,
      bizDate,
      home: HANGZHOU,
      printSeq: 0,
    },
    sealed,
  );
  const monthKeys = { forStation: async () => [{ keyNo: 202611, secret: 'x'.repeat(43) }] };
  ask = stationRequests(hub, monthKeys, NINGBO);
});
afterEach(() => hub.end());

describe('what a station asks about tickets of the hub', () => {
  it('finds them by document and by pickup code, masked', async () => {
    const who = aPassenger(0);
    expect(await ask['person.find']!({ idType: who.idType, idNo: who.idNo }, 'i1')).toMatchObject({
      ok: true,
      value: [{ ticketNo, passenger: '测**', home: 'hub' }],
    });
    expect(await ask['order.find']!({ pickupCode }, 'i2')).toMatchObject({
      value: { state: 'ticketed', tickets: [{ ticketNo }] },
    });
    expect(await ask['order.find']!({ pickupCode: '0000000000' }, 'i3')).toMatchObject({
      refusal: { code: 'pickup.unknown' },
    });
    expect(await ask['ticket.view']!({ ticketNo: STATION_TICKET }, 'i4')).toMatchObject({ value: { home: HANGZHOU } });
  });

  it('lets no station guess pickup codes without end, and stops no code that it has shown to be right', async () => {
    expect((await ask['order.find']!({ pickupCode }, 'i0')).ok).toBe(true);
    for (let tried = 0; tried < 100; tried += 1)
      await ask['order.find']!({ pickupCode: String(1_000_000_000 + tried * 10_000_019) }, `g${tried}`);
    const guess = await ask['order.find']!({ pickupCode: '9999999999' }, 'g100');
    expect(guess).toMatchObject({ refusal: { code: 'pickup.too-many-tries', until: NOON + 5 * 60_000 } });
    const body = { ticketNos: [ticketNo], proof: { pickupCode: '9999999998' }, terminal: '101' };
    expect(await ask['ticket.collect']!(body, 'c0')).toMatchObject({ refusal: { code: 'pickup.too-many-tries' } });
    expect((await ask['ticket.collect']!({ ...body, proof: { pickupCode } }, 'c1')).ok).toBe(true);
  });

  it('hands paper out once, with a signed code, and tells the gate its print number', async () => {
    const body = { ticketNos: [ticketNo], proof: { pickupCode }, terminal: '101' };
    const first = await ask['ticket.collect']!(body, 'c1');
    expect(first).toMatchObject({
      ok: true,
      value: { papers: [{ ticketNo, printSeq: 1, qr: expect.stringMatching(/^LP1\.1\./) }] },
    });
    expect(await ask['ticket.collect']!(body, 'c1')).toMatchObject({
      ok: true,
      value: { papers: [{ ticketNo, printSeq: 1 }] },
    });
    expect(await ask['ticket.collect']!(body, 'c2')).toMatchObject({ refusal: { code: 'pickup.not-found' } });
    const { db, t } = hub.store.read;
    const told = await db.select().from(t.outbox).where(eq(t.outbox.type, 'hub-ticket.collected'));
    expect(told.map(({ peer, fact }) => [peer, JSON.parse(fact).printSeq])).toEqual([[HANGZHOU, 1]]);
  });

  it('quotes and refunds them from the asking drawer, and from no other', async () => {
    const quote = await ask['ticket.quote']!({ ticketNo }, 'q1');
    if (!quote.ok) throw new Error(quote.refusal.code);
    const { quoteId } = quote.value;
    expect(await ask['ticket.refund']!({ ticketNo, quoteId, payer: HANGZHOU }, 'r0')).toMatchObject({
      refusal: { code: 'refund.payer-is-another' },
    });
    await acknowledges(hub);
    const pending = await ask['ticket.refund']!({ ticketNo, quoteId, payer: NINGBO }, 'r1');
    expect(pending).toMatchObject({ value: { payout: 'pending', refundFen: 3600 } });
    expect(await ask['intent.state']!({ key: 'r1' }, 'i9')).toMatchObject({
      value: { state: 'yes', answer: { ticketNo, payout: 'pending' } },
    });
    await acknowledges(hub);
    expect(await ask['ticket.refund']!({ ticketNo, quoteId, payer: NINGBO }, 'r2')).toMatchObject({
      value: { payout: 'paid' },
    });
    expect(await ask['intent.state']!({ key: 'r2' }, 'i9')).toMatchObject({
      value: { state: 'yes', answer: { payout: 'paid' } },
    });
  });

  it('burns a key that was never seen, so that a late original changes nothing', async () => {
    expect(await ask['intent.state']!({ key: 'lost' }, 'i1')).toEqual({ ok: true, value: { state: 'never-seen' } });
    const body = { ticketNos: [ticketNo], proof: { pickupCode }, terminal: '101' };
    expect(await ask['ticket.collect']!(body, 'lost')).toMatchObject({ refusal: { code: 'call.key-reused' } });
    expect(await ask['ticket.collect']!(body, 'new')).toMatchObject({ ok: true });
  });
});

describe('what a station asks about tickets of another station', () => {
  it('goes to their home under one key, and its refusal comes back', async () => {
    expect(await ask['ticket.quote']!({ ticketNo: STATION_TICKET }, 'q1')).toMatchObject({
      refusal: { code: 'link.offline' },
    });
    answers = (async () =>
      done({ ticketNo: STATION_TICKET, refundFen: 3600, feeFen: 400, payout: 'paid' })) as unknown as AskStation;
    const body = { ticketNo: STATION_TICKET, quoteId: 'q', payer: NINGBO };
    expect(await ask['ticket.refund']!(body, 'r1')).toMatchObject({ value: { payout: 'paid' } });
    expect(asked.slice(1)).toEqual([
      { station: HANGZHOU, kind: 'ticket.refund', key: expect.stringMatching(/^.{40}\/330100001$/) },
    ]);
  });

  it('is told as it was answered there, or as unknown while nobody knows', async () => {
    const body = { ticketNo: STATION_TICKET, quoteId: 'q', payer: NINGBO };
    answers = async () => refuse({ code: 'link.no-answer' });
    expect(await ask['ticket.refund']!(body, 'r1')).toMatchObject({ refusal: { code: 'link.no-answer' } });
    expect(await ask['intent.state']!({ key: 'r1' }, 'i1')).toMatchObject({ refusal: { code: 'link.no-answer' } });
    await settleIntent(hub.store, asked[0]!.key!, 'yes', { ticketNo: STATION_TICKET, payout: 'paid' });
    expect(await ask['intent.state']!({ key: 'r1' }, 'i2')).toMatchObject({
      value: { state: 'yes', answer: { payout: 'paid' } },
    });
  });

  it('was never seen there when nothing could be sent, and may be asked again', async () => {
    const body = { ticketNo: STATION_TICKET, quoteId: 'q', payer: NINGBO };
    expect(await ask['ticket.refund']!(body, 'r1')).toMatchObject({ refusal: { code: 'link.offline' } });
    expect(await ask['ticket.refund']!(body, 'r1')).toMatchObject({ refusal: { code: 'link.offline' } });
    expect(await ask['intent.state']!({ key: 'r1' }, 'i1')).toMatchObject({ value: { state: 'never-seen' } });
  });

  it('stays unknown when its home cannot be asked again, and stands once the home has said yes', async () => {
    const body = { ticketNo: STATION_TICKET, quoteId: 'q', payer: NINGBO };
    answers = (async (peer, method, sent, key = '') => {
      await writeIntent(hub.store, { key, peer, method, body: JSON.stringify(sent) }, NOON);
      return refuse({ code: 'link.no-answer' });
    }) as AskStation;
    expect(await ask['ticket.refund']!(body, 'r1')).toMatchObject({ refusal: { code: 'link.no-answer' } });
    answers = async () => refuse({ code: 'link.offline' });
    expect(await ask['ticket.refund']!(body, 'r1')).toMatchObject({ refusal: { code: 'link.no-answer' } });
    await settleIntent(hub.store, asked[0]!.key!, 'yes', { ticketNo: STATION_TICKET, payout: 'paid' });
    expect(await ask['ticket.refund']!(body, 'r1')).toMatchObject({ value: { payout: 'paid' } });
  });

  it('is not passed on under a burnt key', async () => {
    await ask['intent.state']!({ key: 'lost' }, 'i1');
    const body = { ticketNo: STATION_TICKET, quoteId: 'q', payer: NINGBO };
    expect(await ask['ticket.refund']!(body, 'lost')).toMatchObject({ refusal: { code: 'link.wish-expired' } });
    expect(asked).toEqual([]);
  });

  it('gives the paper of those homes that answer', async () => {
    const body = { ticketNos: [STATION_TICKET, ticketNo], proof: { pickupCode }, terminal: '101' };
    const collected = await ask['ticket.collect']!(body, 'c1');
    expect(collected).toMatchObject({ ok: true, value: { papers: [{ ticketNo }] } });
    expect(asked).toMatchObject([{ station: HANGZHOU, kind: 'ticket.collect' }]);
  });
});
