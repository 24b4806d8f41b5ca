import type { AgentDesk } from '@lianpiao/agent/agent-desk';
import { departTrip } from '@lianpiao/agent/departure/depart-trip';
import { substituteVehicle } from '@lianpiao/agent/dispatch/substitute-vehicle';
import { driveExchanges } from '@lianpiao/agent/exchange/drive-exchange';
import { openExchanges } from '@lianpiao/agent/exchange/exchange-rows';
import { rebookAnywhere } from '@lianpiao/agent/exchange/rebook-anywhere';
import { settleExchange } from '@lianpiao/agent/exchange/settle-exchange';
import { hubFacts } from '@lianpiao/agent/sync/hub-facts';
import { aSale, eventsOf } from '@lianpiao/agent/testing/a-sale';
import { CLERK, freshAgent } from '@lianpiao/agent/testing/fresh-agent';
import { voidTicket } from '@lianpiao/agent/tickets/void-ticket';
import { importTrips } from '@lianpiao/agent/trips/import-trips';
import { serveStandingOrders } from '@lianpiao/agent/trips/serve-standing-orders';
import { accountBalances } from '@lianpiao/hub/ledger/account-balances';
import { trialBalance } from '@lianpiao/hub/ledger/trial-balance';
import { createOrder } from '@lianpiao/hub/orders/create-order';
import { holdSeats } from '@lianpiao/hub/orders/hold-seats';
import { stationRequests } from '@lianpiao/hub/orders/station-requests';
import { fromKilometres } from '@lianpiao/shared/domain/fare';
import { cashAccount } from '@lianpiao/shared/domain/journal';
import { fen } from '@lianpiao/shared/domain/money';
import { refuse } from '@lianpiao/shared/domain/outcome';
import { applyFact } from '@lianpiao/shared/link/facts';
import { eventsFrom } from '@lianpiao/shared/link/stream-rows';
import type { Call, Caller } from '@lianpiao/shared/store/call';
import { seatsOfTrip } from '@lianpiao/shared/store/seats/seat-rows';
import { findTicket } from '@lianpiao/shared/store/tickets/ticket-rows';
import { aPassenger, aTrip, NOON } from '@lianpiao/shared/testing/builders';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expectClean } from './expect-clean.ts';
import { WEB } from './real-timetables/channel-sales.ts';
import { openProvince, type Province, type ProvinceStation } from './real-timetables/province.ts';

const HANGZHOU = '330100001';
const SHAOXING = '330600001';
const MINUTE = 60_000;
type FreshAgent = Awaited<ReturnType<typeof freshAgent>>;
/** Two coaches of one line from two stations, the one from Shaoxing dearer. */
const from = aTrip({ origin: HANGZHOU });
const fares = { stopCount: 2, seatTypes: { seat: fromKilometres([0, 60], fen(100), fen(0)) } };
const onto = { ...aTrip({ origin: SHAOXING, tripNo: 'S9', departs: 18 * 60, stops: ['绍兴', '宁波'] }), fares };
const DEARER = 2000;

let clock: { at: number; now(): number };
let province: Province;
let home: ProvinceStation;
let there: ProvinceStation;
let keys = 0;
const call = (caller: Caller, key = `rebook-${++keys}`): Call => ({ caller, key, bodyHash: 'b' });

beforeEach(async () => {
  clock = { at: NOON, now: () => clock.at };
  province = await openProvince([HANGZHOU, SHAOXING], clock);
  [home, there] = [province.stations.get(HANGZHOU)!, province.stations.get(SHAOXING)!];
  await importTrips(home.agent, [from], NOON);
  await importTrips(there.agent, [onto], NOON);
  await province.carry();
});
afterEach(() => province.close());

const wish = (ticketNo: string) => ({ ticketNo, tripId: onto.tripId, from: 0, to: 1 });
async function ticketOfHome(): Promise<string> {
  const { tickets } = await aSale(home.agent, { trip: from, caller: home.clerk, print: false });
  await province.carry();
  return tickets[0]!.ticketNo;
}
const drawer = async ({ agent }: ProvinceStation) =>
  (await agent.store.read.db.select().from(agent.store.read.t.cashMoves)).reduce((sum, row) => sum + row.amountFen, 0);
const sold = async ({ agent }: ProvinceStation, tripId: string) =>
  (await seatsOfTrip(agent.store.read, tripId)).filter(({ sold, held }) => sold !== 0 || held !== 0).length;
const stateAtHub = async (ticketNo: string) => (await findTicket(province.hub.store.read, ticketNo))?.state;

/** Everything has arrived: the books balance, and each drawer is what the books say it is. */
async function booksAgree(): Promise<void> {
  await province.carry();
  expect(await trialBalance(province.hub.store.read)).toMatchObject({ sumFen: 0 });
  const balances = new Map(
    (await accountBalances(province.hub.store.read)).map((row) => [row.account, row.balanceFen]),
  );
  for (const station of [home, there]) {
    const { code } = station.agent.station;
    expect(balances.get(cashAccount(code, station.clerk.shiftId!)) ?? 0).toBe(await drawer(station));
  }
}

describe('rebooking a ticket whose home is another station', () => {
  it('ends the old ticket at its home, sells the new seat, moves the difference through this drawer, and the books agree', async () => {
    const old = await ticketOfHome();
    const done = await rebookAnywhere(there.desk, call(there.clerk, 'once'), wish(old));
    expect(done).toMatchObject({ ok: true, value: { oldTicketNo: old, differenceFen: DEARER } });
    // The same call again gets the same ticket.
    expect(await rebookAnywhere(there.desk, call(there.clerk, 'once'), wish(old))).toEqual(done);
    expect([await sold(home, from.tripId), await sold(there, onto.tripId)]).toEqual([0, 1]);
    expect([await drawer(home), await drawer(there)]).toEqual([4000, DEARER]);
    await booksAgree();
    if (!done.ok) return;
    expect([await stateAtHub(old), await stateAtHub(done.value.ticket.ticketNo)]).toEqual(['rebooked', 'sold']);
    expect(done.value.ticket.passenger).toBe('测**');
  });

  it('gives the passenger a ride that boards at the old home’s own gate, whose orders still cost what their tickets do', async () => {
    const plain = aTrip({ origin: SHAOXING, tripNo: 'S10', departs: 18 * 60, stops: ['绍兴', '杭州', '宁波'] });
    const stops = plain.stops.map((stop, at) => (at === 1 ? { ...stop, code: HANGZHOU, station: HANGZHOU } : stop));
    const { tripId } = plain;
    await importTrips(there.agent, [{ ...plain, stops }], NOON);
    await province.carry();
    const ticketNo = await ticketOfHome();
    const done = await rebookAnywhere(there.desk, call(there.clerk), { ticketNo, tripId, from: 1, to: 2 });
    if (!done.ok) throw new Error(done.refusal.code);
    await booksAgree();
    expect(await findTicket(home.agent.store.read, done.value.ticket.ticketNo)).toMatchObject({ seller: SHAOXING });
    await expectClean(province.hub, home.agent, there.agent);
  });

  it('lets the seat go and gives the difference back when the home says no, and the home says no for good', async () => {
    const old = await ticketOfHome();
    await voidTicket(home.agent, call(home.clerk), old, NOON);
    const seen: [unknown, string | undefined][] = [];
    const desk = asking(there.desk, async (ask, body, key) => {
      seen.push([body, key]);
      return ask();
    });
    // The hub still shows the ticket as sold; its home knows better.
    expect(await rebookAnywhere(desk, call(there.clerk), wish(old))).toMatchObject({
      refusal: { code: 'ticket.ended' },
    });
    expect([await sold(there, onto.tripId), await drawer(there)]).toEqual([0, 0]);
    const [[body, key]] = seen as [[never, string]];
    const late = await stationRequests(province.hub, province.hub as never, SHAOXING)['ticket.rebook']!(body, key);
    expect(late).toMatchObject({ ok: false });
    await booksAgree();
  });

  it('goes on by itself when the answer is lost: one new ticket, once, and what is due to the passenger waits for them', async () => {
    const cheap = { ...onto, fares: { stopCount: 2, seatTypes: { seat: fromKilometres([0, 60], fen(40), fen(0)) } } };
    await importTrips(there.agent, [{ ...cheap, tripNo: 'S8', tripId: `${SHAOXING}-20261121-S8` as never }], NOON);
    await province.carry();
    const old = await ticketOfHome();
    const deaf = asking(there.desk, async (ask) => {
      await ask();
      return refuse({ code: 'link.no-answer' });
    });
    const cheaper = { ...wish(old), tripId: `${SHAOXING}-20261121-S8` };
    expect(await rebookAnywhere(deaf, call(there.clerk), cheaper)).toMatchObject({
      refusal: { code: 'exchange.under-way' },
    });
    expect(await openExchanges(there.agent.store.read)).toMatchObject({ value: [{ state: 'pinned', dueFen: 0 }] });
    await driveExchanges(there.desk, NOON + MINUTE);
    await driveExchanges(there.desk, NOON + 2 * MINUTE);
    const open = await openExchanges(there.agent.store.read);
    expect(open).toMatchObject({ value: [{ state: 'done', dueFen: 1600 }] });
    const { exchangeId } = open.value[0]!;
    const paid = call(there.clerk);
    for (let time = 0; time < 2; time += 1)
      expect(await settleExchange(there.agent, paid, exchangeId, NOON)).toMatchObject({ value: { paidFen: 1600 } });
    expect(await settleExchange(there.agent, call(there.clerk), exchangeId, NOON)).toMatchObject({
      refusal: { code: 'exchange.nothing-due' },
    });
    expect(await drawer(there)).toBe(-1600);
    await booksAgree();
  });

  it('lets the seat go when the hub has said that it never saw the question, though that word was lost', async () => {
    const old = await ticketOfHome();
    const asked: string[] = [];
    const deaf = asking(there.desk, async (_, __, key) => {
      asked.push(key!);
      return refuse({ code: 'link.no-answer' });
    });
    await rebookAnywhere(deaf, call(there.clerk), wish(old));
    const answers = stationRequests(province.hub, province.hub as never, SHAOXING);
    expect(await answers['intent.state']!({ key: asked[0]! }, 'look')).toMatchObject({
      value: { state: 'never-seen' },
    });
    await driveExchanges(there.desk, NOON + MINUTE);
    expect([await sold(home, from.tripId), await sold(there, onto.tripId)]).toEqual([1, 0]);
    await booksAgree();
  });

  it('hears the same yes again from a home that has lost its answers with its disk, and the hub its own with its', async () => {
    const old = await ticketOfHome();
    const deaf = asking(there.desk, async (ask) => {
      await ask();
      return refuse({ code: 'link.no-answer' });
    });
    await rebookAnywhere(deaf, call(there.clerk), wish(old));
    await province.carry();
    await home.agent.store.transaction((tx) => tx.db.delete(tx.t.answers));
    await province.hub.store.transaction(async (tx) => {
      await tx.db.delete(tx.t.answers);
      await tx.db.delete(tx.t.intents);
    });
    await driveExchanges(there.desk, NOON + MINUTE);
    expect(await openExchanges(there.agent.store.read)).toMatchObject({ value: [] });
    expect([await sold(home, from.tripId), await sold(there, onto.tripId)]).toEqual([0, 1]);
    await booksAgree();
  });

  it('undoes what was never asked, because the line was down, and takes nothing', async () => {
    const old = await ticketOfHome();
    await province.carry();
    const cut = asking(there.desk, async () => refuse({ code: 'link.offline' }));
    expect(await rebookAnywhere(cut, call(there.clerk), wish(old))).toMatchObject({
      refusal: { code: 'link.offline' },
    });
    expect([await sold(there, onto.tripId), await drawer(there), await sold(home, from.tripId)]).toEqual([0, 0, 1]);
    await booksAgree();
  });

  it('pays everything back without a fee when the coach has left before the home’s yes is known', async () => {
    const old = await ticketOfHome();
    const deaf = asking(there.desk, async (ask) => {
      await ask();
      return refuse({ code: 'link.no-answer' });
    });
    await rebookAnywhere(deaf, call(there.clerk), wish(old));
    clock.at = NOON + 6 * 60 * MINUTE;
    await departTrip(there.agent, call(there.clerk), { tripId: onto.tripId }, clock.at);
    await driveExchanges(there.desk, clock.at);
    const open = await openExchanges(there.agent.store.read);
    expect(open).toMatchObject({ value: [{ state: 'too-late', dueFen: 6000 }] });
    await settleExchange(there.agent, call(there.clerk), open.value[0]!.exchangeId, clock.at);
    expect(await drawer(there)).toBe(DEARER - 6000);
    expect(await sold(there, onto.tripId)).toBe(0);
    await booksAgree();
  });
});

describe('another coach while the home has not answered', () => {
  const deaf = () =>
    asking(there.desk, async (ask) => {
      await ask();
      return refuse({ code: 'link.no-answer' });
    });

  it('gives the new ticket the seat that the pin has in its plan', async () => {
    const old = await ticketOfHome();
    await rebookAnywhere(deaf(), call(there.clerk), wish(old));
    const coach = { tripId: onto.tripId, seats: ['1A', '1B'] };
    expect(await substituteVehicle(there.agent, call(there.clerk), coach, NOON)).toMatchObject({ ok: true });
    await driveExchanges(there.desk, NOON + MINUTE);
    const { db, t } = there.agent.store.read;
    const [ticket] = await db.select().from(t.tickets);
    expect(ticket).toMatchObject({ epoch: 2, seat: '1A', state: 'sold', rebookedFrom: old });
    await booksAgree();
    expect(await findTicket(province.hub.store.read, ticket!.ticketNo)).toMatchObject({ epoch: 2, seat: '1A' });
  });

  it('pays everything back without a fee where it has no seat for the pin', async () => {
    const old = await ticketOfHome();
    await rebookAnywhere(deaf(), call(there.clerk), wish(old));
    await aSale(there.agent, { trip: onto, from: 0, to: 1, caller: there.clerk, first: 2, print: false });
    const coach = { tripId: onto.tripId, seats: ['1A'] };
    expect(await substituteVehicle(there.agent, call(there.clerk), coach, NOON)).toMatchObject({ ok: true });
    await driveExchanges(there.desk, NOON + MINUTE);
    const open = await openExchanges(there.agent.store.read);
    expect(open).toMatchObject({ value: [{ state: 'too-late', dueFen: 6000 }] });
    expect(await sold(there, onto.tripId)).toBe(1);
    await settleExchange(there.agent, call(there.clerk), open.value[0]!.exchangeId, NOON);
    await booksAgree();
  });
});

describe('rebooking a hub ticket at a station', () => {
  it('keeps the old seat claimed at the hub until its gate has heard, and the new ticket belongs to the station', async () => {
    await serveStandingOrders(home.agent, NOON);
    await province.carry();
    const ride = { tripId: from.tripId, from: 0, to: 2, count: 1 };
    const held = await holdSeats(province.hub, call(WEB), ride, NOON);
    if (!held.ok) throw new Error(held.refusal.code);
    // A synthetic person.
    const passengers = [{ ...aPassenger(7), fareType: 'full' as const }];
    const order = { holdId: held.value.holdId, passengers, contact: { name: '测试甲', phone: '13800000000' } };
    const ordered = await createOrder(province.hub, call(WEB), order, NOON);
    if (!ordered.ok) throw new Error(ordered.refusal.code);
    await province.payments.pay(ordered.value.payment.payUrl, 'pay');
    const { db, t } = province.hub.store.read;
    const old = (await db.select().from(t.tickets))[0]!.ticketNo;
    const done = await rebookAnywhere(there.desk, call(there.clerk), wish(old));
    expect(done).toMatchObject({ ok: true, value: { differenceFen: DEARER, ticket: { home: SHAOXING } } });
    await booksAgree();
    expect(await stateAtHub(old)).toBe('rebooked');
    expect((await findTicket(home.agent.store.read, old))?.state).toBe('rebooked');
  });
});

describe('a coordinator that was restored from before it pinned the seat', () => {
  /** The home has said yes, and the coordinator's database is lost before it could do anything about it. */
  async function lostAfterYes(): Promise<{ old: string; restored: FreshAgent }> {
    const old = await ticketOfHome();
    const deaf = asking(there.desk, async (ask) => {
      await ask();
      return refuse({ code: 'link.no-answer' });
    });
    await rebookAnywhere(deaf, call(there.clerk), wish(old));
    await province.carry();
    const restored = await freshAgent(SHAOXING);
    await importTrips(restored, [onto], NOON);
    return { old, restored };
  }
  /** Everything that the hub said on lane `seat` comes again. */
  async function hears(restored: FreshAgent): Promise<void> {
    const same = { ...restored, persons: there.agent.persons };
    for (const row of await eventsFrom(province.hub.store.read, SHAOXING, 'seat', 1, 100))
      await restored.store.transaction((tx) => applyFact(tx, hubFacts(same), { ...row, peer: 'hub' }));
  }
  const exchangesOf = ({ store }: FreshAgent) => store.read.db.select().from(store.read.t.exchanges);

  it('makes the exchange again from the word of the old ticket’s home, once: the new ticket is good and has its seat', async () => {
    const { old, restored } = await lostAfterYes();
    await hears(restored);
    await hears(restored);
    expect(await exchangesOf(restored)).toMatchObject([
      { oldTicketNo: old, state: 'done', dueFen: 0, differenceFen: DEARER },
    ]);
    const { db, t } = restored.store.read;
    const tickets = await db.select().from(t.tickets);
    expect(tickets).toMatchObject([{ state: 'sold', rebookedFrom: old, home: SHAOXING, tripId: onto.tripId }]);
    expect(tickets[0]!.person).not.toBeNull();
    const seats = await seatsOfTrip(restored.store.read, onto.tripId);
    expect(seats.filter(({ sold }) => sold !== 0)).toMatchObject([{ seat: tickets[0]!.seat, held: 0 }]);
    expect(await eventsOf(restored, 'ticket.exchanged')).toHaveLength(1);
    await restored.end();
  });

  it('owes everything back without a fee where the seat is another passenger’s by now', async () => {
    const { old, restored } = await lostAfterYes();
    // New numbers, as a restored station has: the lost new ticket has the first of the old ones.
    const caller = { ...CLERK, id: 'counter-002', terminal: '002' };
    const [other] = (await aSale(restored, { trip: onto, now: NOON, caller, print: false })).tickets;
    await hears(restored);
    expect(await exchangesOf(restored)).toMatchObject([{ oldTicketNo: old, state: 'too-late', dueFen: 6000 }]);
    expect(await eventsOf(restored, 'ticket.refunded')).toMatchObject([{ fact: { refundFen: 6000, feeFen: 0 } }]);
    const sold = (await seatsOfTrip(restored.store.read, onto.tripId)).filter((seat) => seat.sold !== 0);
    expect(sold).toMatchObject([{ seat: other!.seat }]);
    await restored.end();
  });

  it('changes nothing at a coordinator that knows the exchange: its own loop ends it', async () => {
    await lostAfterYes().then(({ restored }) => restored.end());
    expect(await openExchanges(there.agent.store.read)).toMatchObject({ value: [{ state: 'pinned' }] });
    await driveExchanges(there.desk, NOON + MINUTE);
    expect(await openExchanges(there.agent.store.read)).toMatchObject({ value: [] });
    expect(await sold(there, onto.tripId)).toBe(1);
    await booksAgree();
  });
});

/** The station's desk with something between it and the hub. */
function asking(
  desk: AgentDesk,
  between: (ask: () => Promise<unknown>, body: unknown, key: string | undefined) => Promise<unknown>,
): AgentDesk {
  const request = (kind: string, body: unknown, key?: string) => {
    const ask = () => desk.link.request(kind as 'ticket.rebook', body as never, key);
    return kind === 'ticket.rebook' ? between(ask, body, key) : ask();
  };
  return { ...desk, link: { ...desk.link, request: request as AgentDesk['link']['request'] } };
}
