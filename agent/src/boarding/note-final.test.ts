import { applyFact } from '@lianpiao/shared/link/facts';
import type { EventBody, EventType, TicketBody } from '@lianpiao/shared/protocol/events';
import { hubListOf } from '@lianpiao/shared/store/tickets/hub-list';
import { aTrip, NOON } from '@lianpiao/shared/testing/builders';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hubFacts } from '../sync/hub-facts.ts';
import { aSale } from '../testing/a-sale.ts';
import { freshAgent } from '../testing/fresh-agent.ts';
import { importTrips } from '../trips/import-trips.ts';
import { hubLists } from './hub-lists.ts';

const trip = aTrip();
const { tripId } = trip;
let agent: Awaited<ReturnType<typeof freshAgent>>;
beforeEach(async () => {
  agent = await freshAgent();
  await importTrips(agent, [trip], NOON);
});
afterEach(() => agent.end());

let seq = 0;
/** The hub says a fact, and the station applies it as the link does. */
const hubSays = <Type extends EventType>(type: Type, fact: EventBody<Type>) => {
  seq += 1;
  const raw = { peer: 'hub', seq, type, tv: 1, at: NOON, agg: tripId, fact: JSON.stringify(fact) };
  return agent.store.transaction((tx) => applyFact(tx, hubFacts(agent), { ...raw, person: null, personHash: null }));
};
const aHubTicket = (serial: number, seat: string, from = 0): TicketBody => ({
  ticketNo: `33000090030010000${String(serial).padStart(3, '0')}`,
  orderId: `order-${serial}`,
  tripId,
  epoch: 1,
  seat,
  legs: 3,
  from,
  to: 2,
  fareType: 'full',
  fareFen: 4000,
  insuranceFen: 0,
  payMethod: 'psp',
  channel: 'web',
  seller: 'web-demo',
  terminal: '001',
  clerk: null,
  shiftId: null,
  rules: 'national-1',
  soldAt: NOON,
  bizDate: '20261121',
  home: 'hub',
  printSeq: 0,
});
const final = (list: { tickets: number; digest: string }, boardingStop = 0) =>
  hubSays('trip.final', { tripId, boardingStop, ...list, at: NOON });
const audited = async () => {
  const { db, t } = agent.store.read;
  return (await db.select().from(t.audit)).filter(({ what }) => what === 'trip.list-differs');
};

describe('the hub’s last word about a stop', () => {
  it('is kept, and agrees when the gate knows the tickets that the hub has sold and not ended', async () => {
    await hubSays('hub-ticket.sold', aHubTicket(1, '40'));
    const list = await hubListOf(agent.store.read, tripId, 0);
    await hubSays('hub-ticket.sold', aHubTicket(2, '41'));
    const ended = { ticketNo: aHubTicket(2, '41').ticketNo, tripId, at: NOON, bizDate: '20261121', by: 'hub' };
    await hubSays('hub-ticket.freed', { ...ended, state: 'refunded' });
    await aSale(agent, { trip });
    await final(list);
    expect(await hubLists(agent, tripId)).toEqual({
      ok: true,
      value: [{ stop: 0, tickets: 1, differs: false, at: NOON }],
    });
    expect(await audited()).toEqual([]);
  });

  it('is noted as different, with both counts, when the gate knows another passenger or another seat', async () => {
    await hubSays('hub-ticket.sold', aHubTicket(1, '40'));
    const list = await hubListOf(agent.store.read, tripId, 0);
    await agent.store.transaction(async (tx) => tx.db.update(tx.t.tickets).set({ seat: '39' }));
    await final(list);
    expect(await hubLists(agent, tripId)).toMatchObject({ value: [{ differs: true }] });
    expect(await audited()).toMatchObject([{ subject: tripId, detail: '0 1/1' }]);
  });

  it('counts once: the first word about a stop stands', async () => {
    const list = await hubListOf(agent.store.read, tripId, 0);
    await final(list);
    await final({ tickets: 7, digest: '0'.repeat(64) });
    expect(await hubLists(agent, tripId)).toMatchObject({ value: [{ tickets: 0, differs: false }] });
  });

  it('is not compared at a stop without a gate, whose passengers this station is never told', async () => {
    await final({ tickets: 3, digest: '0'.repeat(64) }, 1);
    expect(await hubLists(agent, tripId)).toMatchObject({ value: [{ stop: 1, tickets: 3, differs: false }] });
  });

  it('needs no row of the trip', async () => {
    const elsewhere = '330100001-20261121-K999';
    await hubSays('trip.final', { tripId: elsewhere, boardingStop: 0, tickets: 0, digest: '0'.repeat(64), at: NOON });
    expect(await hubLists(agent, elsewhere)).toMatchObject({ refusal: { code: 'trip.unknown' } });
  });
});
